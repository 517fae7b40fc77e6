import { bulkOutcomes, type BulkRun, type Bundle, countOf, type EvidenceGap, formatCount, leftOverOutcomes, type NextPath, operationActions, subjectPath } from '../../schemas/index.ts'
import { OpsError } from '../error.ts'
import { pageOf } from '../host/auth.ts'
import { getRun } from '../operations/bulk/read.ts'
import { showRun } from '../operations/bulk/show.ts'
import type { Scope } from '../operations/scope.ts'
import { type Asked, lifeWindow } from './asked.ts'
import { assemble, judge } from './assemble.ts'
import { auditPath, externalPaths, unknownBundle } from './bundle.ts'
import { adviceForBulk } from './runbooks/bulk.ts'
import { runbookOf } from './runbooks/runbook.ts'
import { listTrail, type Trail } from './trail.ts'

/** The evidence about a bulk run: its frozen set, the outcomes of its jobs, and one event for each batch. */
export async function bulkBundle(scope: Scope, id: string, asked: Asked): Promise<Bundle> {
  const subject = { type: 'bulk', id }
  const { allowed } = await scope.viewer.can('view_jobs', pageOf('view_jobs'))
  if (!allowed) return unknownBundle(scope, subject, 'You may not see jobs.', ['jobs'])
  const run = await findRun(scope, id)
  if (!run) return unknownBundle(scope, subject, 'Supply the id of a bulk run that was confirmed.')
  const trail = await listTrail(scope, 'bulk', id, asked)
  const completeness = completenessOf(run, trail)
  const { shared } = await assemble(scope, { subject, since: new Date(run.createdAt), trail, about: {} }, lifeWindow(asked, run.createdAt, run.finishedAt ?? scope.now.toISOString()), asked, ['changes'])
  const href = `${scope.kit.base}${subjectPath('bulk', id)}`
  return {
    subject: { ...subject, label: `${operationActions[run.action].label}, ${countOf(run.total, 'job')}`, href },
    diagnosis: diagnose(run),
    completeness,
    ...shared,
    linkedResources: [],
    nextPaths: await pathsOf(scope, run, href),
    runbook: runbookOf(scope, adviceForBulk(run, diagnose(run).title), { key: 'bulk', subject, completeness }),
    asOf: scope.now.toISOString(),
  }
}

async function findRun(scope: Scope, id: string): Promise<BulkRun | null> {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) return null
  try {
    return showRun(await getRun(scope, id), scope)
  } catch (error) {
    if (error instanceof OpsError && error.code === 'not_found') return null
    throw error
  }
}

function diagnose({ status, outcomes, eligible }: BulkRun): Bundle['diagnosis'] {
  const counts = Object.entries(outcomes).filter(([, count]) => count).map(([outcome, count]) => `${formatCount(count)} ${bulkOutcomes[outcome as keyof typeof bulkOutcomes]}`)
  const detail = `Of ${countOf(eligible, 'eligible job')}: ${counts.length ? counts.join(', ') : 'none reached yet'}.`
  if (status === 'queued' || status === 'running') return { status: 'runnable', title: 'It is in progress.', detail, provenance: 'durable' }
  if (status === 'aborted') return { status: 'resolved', title: 'It was aborted; changes already made remain.', detail, provenance: 'durable' }
  const left = leftOverOutcomes.some((outcome) => outcomes[outcome])
  return { status: left ? 'needs_review' : 'resolved', title: left ? 'It ended, but not every job was changed.' : 'It is done.', detail, provenance: 'durable' }
}

function completenessOf({ status, outcomes }: BulkRun, trail: Trail): Bundle['completeness'] {
  const gaps: EvidenceGap[] = [
    ...(outcomes.unconfirmed ? [{ source: 'engine' as const, reason: `What happened to ${countOf(outcomes.unconfirmed, 'job')} is unknown: the engine did not answer` }] : []),
    ...trail.gaps,
  ]
  const unended = status === 'queued' || status === 'running' ? ['It has not ended yet.'] : []
  return judge({ reasons: unended, gaps, complete: 'Each batch was committed together with its event, and every job has an outcome.' })
}

async function pathsOf(scope: Scope, run: BulkRun, href: string): Promise<NextPath[]> {
  return [
    {
      order: 1,
      ownership: 'powertools_native',
      ownershipLabel: 'Powertools-native',
      posture: 'Audited action',
      label: 'View its jobs and their outcomes',
      detail: 'Jobs that were left over can be tried again from there.',
      href,
    },
    auditPath(scope, { type: 'bulk', id: run.id }, 2),
    ...(await externalPaths(scope, 3, 'the owners of the workers')),
  ]
}
