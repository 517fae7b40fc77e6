import type { BulkRun } from '../../../schemas/index.ts'
import { isoMicroseconds } from '../../db/database.ts'
import { isSameActor, type Viewer } from '../../host/viewer.ts'
import { showPrincipal, showText } from '../event.ts'
import type { Scope } from '../scope.ts'
import { showFate } from './fate.ts'
import type { BulkRunRow } from './rows.ts'

/** A run as this viewer may see it. Its outcomes, including waiting jobs, add up to `eligible`. */
export function showRun(run: BulkRunRow, { viewer, kit }: Scope): BulkRun {
  const subject = { type: 'bulk', id: run.id }
  return {
    id: run.id,
    action: run.action,
    status: run.status,
    actor: showPrincipal(run.actor, viewer, 'view_jobs', subject),
    reason: showText('reason', run.reason, viewer, 'view_jobs', subject),
    total: run.total,
    eligible: run.eligible,
    notEligible: run.not_eligible,
    outcomes: { ...run.outcomes, ...waitingOf(run) },
    createdAt: isoMicroseconds(run.created_at),
    startedAt: run.started_at === null ? undefined : isoMicroseconds(run.started_at),
    finishedAt: run.finished_at === null ? undefined : isoMicroseconds(run.finished_at),
    abortedBy: run.aborted_by ? showPrincipal(run.aborted_by, viewer, 'view_jobs', subject) : undefined,
    chosen: showChosen(run, viewer),
    fate: showFate(kit, run),
    asOf: kit.now().toISOString(),
  }
}

/** The eligible jobs that have no outcome yet. */
export function waitingOf({ eligible, outcomes }: Pick<BulkRunRow, 'eligible' | 'outcomes'>): { waiting?: number } {
  const counted = Object.values(outcomes).reduce((sum, count) => sum + count, 0)
  return eligible > counted ? { waiting: eligible - counted } : {}
}

/** Filters that say no more than the queues of the run, which a viewer of the run may see. */
const plain = ['state', 'queue', 'time', 'from', 'to']

function showChosen({ selection, actor }: BulkRunRow, viewer: Viewer): BulkRun['chosen'] {
  if (!selection) return undefined
  const own = viewer.principal !== null && isSameActor(viewer.principal, actor)
  const { filter, ids, bulk } = selection
  return { ids, bulk, filter: filter && Object.fromEntries(Object.entries(filter).filter(([name]) => own || plain.includes(name))) }
}
