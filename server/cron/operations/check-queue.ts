import type { FieldErrors } from '../field-errors.ts'
import type { ActingScope } from '../../operations/scope.ts'

/**
 * Checks that the queue exists. An engine that knows all of its queues refuses a missing one, since no job could be created in it.
 * If the engine knows queues only by their jobs, the result is a caution. Inside a transaction, only an engine that shares it is
 * queried.
 */
export async function checkQueue({ kit: { engine }, locking }: ActingScope, queue: string, errors: FieldErrors): Promise<string[]> {
  if (locking && !engine.transactional) return []
  try {
    if (engine.missingQueues) {
      const [missing] = await engine.missingQueues([queue])
      if (missing !== undefined) errors.add('input.queue', `got '${queue}'; ${engine.name} has no queue of that name, so no job could be created; expected an existing queue`)
      return []
    }
    if (locking || !engine.capabilities.keepsFinishedJobs || (await engine.readQueue(queue))) return []
    return [`${engine.name} does not currently know a queue '${queue}'; jobs created for it may never run.`]
  } catch {
    return [`${engine.name} is not answering, so it is unknown whether it has a queue '${queue}'.`]
  }
}
