/** Why the demo cannot start, in one sentence; shown without a stack trace. */
export class StartError extends Error {
  override readonly name = 'StartError'
}
