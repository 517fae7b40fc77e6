import type { FieldErrors } from '../field-errors.ts'
import type { ActingScope } from '../../operations/scope.ts'

/**
 * Is there a queue to make jobs in? Where the engine knows all of its queues, one that is missing is refused, since no job
 * could be made. Where it knows queues by their jobs, the answer is a caution. Inside a transaction only an engine that shares it is asked.
 */
export async function checkQueue({ kit: { engine }, locking }: ActingScope, queue: string, wrong: FieldErrors): Promise<string[]> {
  if (locking && !engine.transactional) return []
  try {
    if (engine.missingQueues) {
      const [missing] = await engine.missingQueues([queue])
      if (missing !== undefined) wrong.add('input.queue', `got '${queue}'; ${engine.name} has no queue of that name, so no job could be created; expected an existing queue`)
      return []
    }
    if (locking || !engine.capabilities.keepsFinishedJobs || (await engine.readQueue(queue))) return []
    return [`${engine.name} does not currently know a queue '${queue}'; jobs created for it may never run.`]
  } catch {
    return [`${engine.name} is not answering, so it is unknown whether it has a queue '${queue}'.`]
  }
}
