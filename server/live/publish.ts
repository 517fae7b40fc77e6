import type { PublishedHint } from '../db/hint.ts'
import type { Hub } from './hub.ts'

/**
 * Passes notifications on to the streams. With a replica, `mark` finds where the change is in the log of the database, so that what a
 * reader reads because of a hint includes it; all that arrive meanwhile share the next mark.
 */
export function openPublisher(hub: Hub, mark?: () => Promise<string | undefined>): (payload: string | undefined) => void {
  let waiting: string[] = []
  let marking = false
  const publishWaiting = async (marked: NonNullable<typeof mark>): Promise<void> => {
    marking = true
    while (waiting.length) {
      const payloads = waiting
      waiting = []
      const after = await marked()
      for (const payload of payloads) publish(hub, payload, after)
    }
    marking = false
  }
  return (payload = '') => {
    // A stream that opens later begins with a mark of its own.
    if (!mark || !hub.size) return publish(hub, payload)
    waiting.push(payload)
    if (!marking) void publishWaiting(mark)
  }
}

function publish(hub: Hub, payload: string, after?: string): void {
  try {
    const { topic, measuredAt, ...rest } = JSON.parse(payload) as Partial<PublishedHint> & { measuredAt?: unknown }
    if (typeof measuredAt === 'string') hub.beat(measuredAt)
    else if (typeof topic === 'string') hub.publish({ topic, ...rest, after }, payload.length + (after?.length ?? 0))
  } catch {
    // a foreign notification on our channel
  }
}
