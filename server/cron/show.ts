import { type CronEntry, type OperationOn, operationsOn, type Permission, type RecentSlot, type Slot } from '../../schemas/index.ts'
import { showPrincipal, showText } from '../operations/event.ts'
import type { Scope } from '../operations/scope.ts'
import { diagnose } from './diagnosis.ts'
import { describe, upcomingTexts } from './expression.ts'
import type { Glance } from './glances.ts'
import { type ClassifiedSlot, classifyRow } from './history.ts'
import { type Entry, resourceOf } from './rows.ts'
import type { EntryStatus } from './status.ts'

const comingSlots = 12
const nextRuns = 5

export interface Shown extends Pick<Glance, 'skipped' | 'lastRun' | 'unfinishedJobs'> {
  /** Newest first. */
  recent: ClassifiedSlot[]
  /** Whether the upcoming slots are shown, besides the next runs. */
  coming: boolean
  status: EntryStatus
}

/** An entry as this viewer may see it. */
export async function showEntry(scope: Scope, entry: Entry, glance: Shown): Promise<CronEntry> {
  const { name, source, queue, expression, timezone, overlap, catchUp, maxCatchUp, version } = entry
  const subject = { type: 'cron_entry', id: name }
  const wanted = glance.coming ? comingSlots : nextRuns + glance.skipped.length
  const coming = entry.retiredAt ? [] : comingOf(entry, glance.skipped, scope.now, wanted)
  const runs = entry.pausedAt ? [] : coming.filter(({ skipped }) => !skipped).slice(0, nextRuns)
  return {
    name, source, queue, expression, timezone, overlap, catchUp, maxCatchUp, version,
    worker: entry.worker ?? undefined,
    args: scope.viewer.show('cron_args', entry.args, 'view_cron', subject),
    description: describe(expression),
    ...diagnose(entry, glance.status, (text) => showText('job_error', text, scope.viewer, 'view_cron', subject) ?? ''),
    pause: showPause(scope, entry),
    retiredAt: entry.retiredAt?.toISOString(),
    lastRun: glance.lastRun && showSlot(classifyRow(glance.lastRun)),
    nextRuns: runs.map(({ at }) => at),
    recent: glance.recent.map(showRecent).toReversed(),
    coming: glance.coming ? coming : [],
    unfinishedJobs: glance.unfinishedJobs,
    definitionLocked: source === 'runtime' ? undefined : 'This entry is declared in code; change it there.',
    permissions: await permissionsOn(scope, entry, operationsOn('cron_entry')),
    createdAt: entry.createdAt.toISOString(),
    updatedAt: entry.updatedAt.toISOString(),
  }
}

/** Written out field by field for speed: a list shows thousands of slots. */
function showRecent({ at, outcome, lateSeconds, jobState, note }: ClassifiedSlot): RecentSlot {
  return { at: at.toISOString(), outcome, lateSeconds, jobState, note }
}

export function showSlot({ at, outcome, claimedAt, lateSeconds, jobId, jobState, finishedAt, note }: ClassifiedSlot): Slot {
  return {
    at: at.toISOString(),
    outcome,
    claimedAt: claimedAt?.toISOString(),
    lateSeconds,
    jobId,
    jobState,
    finishedAt: finishedAt?.toISOString(),
    note,
  }
}

function comingOf(entry: Entry, marked: Date[], now: Date, count: number): CronEntry['coming'] {
  const skipped = new Set(marked.map((at) => at.toISOString()))
  return upcomingTexts(entry, now, count).map((at) => ({ at, skipped: skipped.has(at) }))
}

export function showPause({ viewer }: Scope, { name, pausedAt, pausedBy, pauseReason, resumeAt }: Entry): CronEntry['pause'] {
  if (!pausedAt) return undefined
  const subject = { type: 'cron_entry', id: name }
  return {
    at: pausedAt.toISOString(),
    by: pausedBy ? showPrincipal(pausedBy, viewer, 'view_cron', subject) : undefined,
    reason: showText('reason', pauseReason, viewer, 'view_cron', subject),
    resumeAt: resumeAt?.toISOString(),
  }
}

/** What the host allows this actor to do; whether it is possible now is checked by the operation. */
export async function permissionsOn<Action extends OperationOn<'cron_entry'>>({ viewer }: Scope, entry: Entry, actions: readonly Action[]): Promise<Record<Action, Permission>> {
  const nameless: Permission = { allowed: false, reason: 'Your account can view but not change anything, because it cannot be named in evidence.' }
  const resource = resourceOf(entry)
  const answers = await Promise.all(actions.map((action) => (viewer.principal ? viewer.can(action, resource) : nameless)))
  return Object.fromEntries(actions.map((action, index) => [action, answers[index]!])) as Record<Action, Permission>
}
