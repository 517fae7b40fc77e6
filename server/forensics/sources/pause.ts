import type { Scope } from '../../operations/scope.ts'
import { nothing, type Source } from '../source.ts'
import { findEvent, type Trail } from '../trail.ts'

/** A pause whose event the viewer may not see, or that has none, is told from our record of the pause instead. */
export const pauseSource: Source = {
  key: 'queue',
  async collect(scope, { queue, trail }) {
    if (!queue?.paused?.at) return nothing
    const { at, by, reason, eventId } = queue.paused
    if (eventId !== undefined && (await isInLog(scope, eventId, trail))) return nothing
    const label = `${by?.label ?? 'An unknown actor'} paused the queue`
    return {
      items: [{ id: `pause ${at}`, at, label, detail: reason, source: 'queue', provenance: 'durable', actor: by, ref: { type: 'queue', id: queue.name }, lane: 'changes', mark: 'change' }],
      gaps: [],
      withheld: [],
    }
  },
}

/** The page that was read may end before it. */
async function isInLog(scope: Scope, id: string, { events, withheld }: Trail): Promise<boolean> {
  return !withheld.length && (events.some((event) => event.id === id) || (await findEvent(scope, id)) !== null)
}
