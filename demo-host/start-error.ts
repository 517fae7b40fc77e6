/** The demo cannot start, for a reason that one sentence explains; shown without a stack. */
export class StartError extends Error {
  override readonly name = 'StartError'
}
