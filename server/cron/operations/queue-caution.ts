import type { ActingScope } from '../../operations/scope.ts'

/** Said before confirming, while it is only looked at: an entry on a queue that is not there makes no job. */
export async function cautionOfQueue({ kit: { engine }, locking }: ActingScope, queue: string): Promise<string[]> {
  if (locking || !engine.missingQueues) return []
  const [missing] = await engine.missingQueues([queue])
  return missing === undefined ? [] : [`${engine.name} has no queue ${missing} now; until it has, no job can be made.`]
}
