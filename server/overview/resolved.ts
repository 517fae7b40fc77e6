import type { AuditEvent } from '../../schemas/index.ts'
import { findEventRows, showListed } from '../audit/list.ts'
import type { Scope } from '../operations/scope.ts'

const maxEvents = 400
const maxShown = 3

/** Pauses lifted and incidents resolved in the last day. */
export interface Resolved {
  /** Counted up to a limit, never over the whole log. */
  count: number
  capped: boolean
  /** The newest, as examples. */
  newest: AuditEvent[]
  /** How many of them are incidents. */
  incidents: number
  onlyQueues: boolean
}

export const noResolved: Resolved = { count: 0, capped: false, newest: [], incidents: 0, onlyQueues: true }

/** Counts hundreds of events and shows three, so only those go through the display policy. */
export async function listResolved(scope: Scope, eventTypes: string[]): Promise<Resolved> {
  const from = new Date(scope.now.getTime() - 86_400_000).toISOString()
  const { items, next } = await findEventRows(scope, { outcome: 'succeeded', from }, { limit: maxEvents, types: eventTypes })
  return {
    count: items.length,
    capped: next !== undefined,
    newest: items.slice(0, maxShown).map((row) => showListed(row, scope.viewer)),
    incidents: items.filter(({ subject_type }) => subject_type === 'incident').length,
    onlyQueues: items.every(({ subject_type }) => subject_type === 'queue'),
  }
}
