import { type EntryWithStatus, listEntryStatuses } from '../cron/list-status.ts'
import { showPrincipal, showText } from '../operations/event.ts'
import type { Scope } from '../operations/scope.ts'

/** An entry as the overview needs it. */
export interface EntryGlance {
  name: string
  status: EntryWithStatus['status']['status']
  attention: string
  /** The instant that `attention` is about. */
  at?: string
  /** Lower is worse. */
  rank: number
  partial: boolean
}

/** With more entries, the figures are capped and say so. */
export const maxEntries = 2_000

/** Every entry visible to this viewer, with the reason why it deserves attention. */
export async function listEntryGlances(scope: Scope): Promise<{ glances: EntryGlance[]; capped: boolean }> {
  const { entries, capped } = await listEntryStatuses(scope, maxEntries)
  return { glances: entries.map((each) => ({ name: each.entry.name, status: each.status.status, ...glance(scope, each) })), capped }
}

type Glance = Omit<EntryGlance, 'name' | 'status'>

function glance(scope: Scope, { entry, status }: EntryWithStatus): Glance {
  switch (status.diagnosis) {
    case 'paused':
      return pausedGlance(scope, entry)
    case 'enqueue_failed': {
      const error = showText('job_error', entry.lastError, scope.viewer, 'view_overview', { type: 'cron_entry', id: entry.name })
      return { attention: `its job could not be created: ${error}`, rank: 10, partial: false }
    }
    case 'missed_fire':
      return { attention: 'missed a run although a scheduler was alive', at: status.missedAt.toISOString(), rank: 20, partial: false }
    case 'scheduler_down':
      return { attention: 'missed a run; no scheduler was on record', at: status.missedAt.toISOString(), rank: 20, partial: true }
    case 'retired':
      return { attention: 'removed from the code', rank: 60, partial: false }
    case 'ready':
      if (!entry.nextSlotAt) return { attention: 'has no next run', rank: 60, partial: false }
      return { attention: 'next run', at: entry.nextSlotAt.toISOString(), rank: 70, partial: false }
  }
}

function pausedGlance(scope: Scope, { name, pausedAt, pausedBy, pauseReason, resumeAt }: EntryWithStatus['entry']): Glance {
  const subject = { type: 'cron_entry', id: name }
  const by = pausedBy ? ` by ${showPrincipal(pausedBy, scope.viewer, 'view_overview', subject).label}` : ''
  const reason = showText('reason', pauseReason, scope.viewer, 'view_overview', subject)
  const until = resumeAt ? `, resumes ${resumeAt.toISOString()}` : ''
  return { attention: `paused${by}${until}${reason ? `: “${reason}”` : ''}`, at: pausedAt?.toISOString(), rank: 40, partial: false }
}
