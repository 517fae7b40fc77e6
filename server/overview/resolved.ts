import type { AuditEvent } from '../../schemas/index.ts'
import { showListed } from '../audit/list.ts'
import type { Scope } from '../operations/scope.ts'
import type { RecentEvents } from './changes.ts'

const maxShown = 3

/** Pauses lifted and incidents resolved in the last day. */
export interface Resolved {
  count: number
  /** True if there may be more. */
  capped: boolean
  /** The newest, as examples. */
  newest: AuditEvent[]
  /** How many of them are incidents. */
  incidents: number
  onlyQueues: boolean
}

export const resolvingTypes = ['cron.resumed', 'queue.resumed', 'incident.resolved']

/** Counts events and shows three, so only those go through the display policy. */
export function resolvedIn({ viewer }: Scope, { rows, more }: RecentEvents): Resolved {
  const ended = rows.filter(({ event_type }) => resolvingTypes.includes(event_type))
  return {
    count: ended.length,
    capped: more,
    newest: ended.slice(0, maxShown).map((row) => showListed(row, viewer)),
    incidents: ended.filter(({ subject_type }) => subject_type === 'incident').length,
    onlyQueues: ended.every(({ subject_type }) => subject_type === 'queue'),
  }
}
