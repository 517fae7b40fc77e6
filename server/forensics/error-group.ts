import { type Bundle, countOf, errorFingerprint, type ErrorGroupDetail, type NextPath } from '../../schemas/index.ts'
import { OpsError } from '../error.ts'
import { getErrorGroup } from '../errors/detail.ts'
import { pageOf } from '../host/auth.ts'
import type { Scope } from '../operations/scope.ts'
import { type Asked, rangeWindow } from './asked.ts'
import { assemble, judge } from './assemble.ts'
import { followUpOf } from './audit-event.ts'
import { auditPath, externalPaths, forensicsHref, nativePaths, unknownBundle } from './bundle.ts'
import { adviceForErrors } from './runbooks/error-group.ts'
import { runbookOf } from './runbooks/runbook.ts'
import { listTrail } from './trail.ts'

const usualRange = '24h'
/** Failures are counted by the minute for a week. */
const maxRangeMs = 7 * 86_400_000

/** The evidence about a group of errors: when it failed, where, and what was done and deployed meanwhile. */
export async function errorGroupBundle(scope: Scope, fingerprint: string, asked: Asked): Promise<Bundle> {
  const subject = { type: 'error_group', id: fingerprint }
  const { allowed } = await scope.viewer.can('view_jobs', pageOf('view_jobs'))
  if (!allowed) return unknownBundle(scope, subject, 'You may not see jobs.', ['jobs'])
  const window = rangeWindow(asked, scope.now, usualRange)
  const errorGroup = await findGroup(scope, fingerprint, window)
  if (!errorGroup) return unknownBundle(scope, subject, 'Supply the fingerprint of a group of errors that you may see.')
  const trail = await listTrail(scope, 'error_group', fingerprint, asked)
  const since = new Date(Date.parse(errorGroup.firstSeenAt) - 3_600_000)
  const { chronology, shared } = await assemble(scope, { subject, since, trail, errorGroup, about: { fingerprint } }, window, asked, ['attempts', 'deploys'])
  const diagnosis = diagnose(errorGroup)
  const examples = errorGroup.total > errorGroup.examples.length ? [`Of ${countOf(errorGroup.total, 'failure')} the last ${errorGroup.examples.length} are kept as examples; the others are counted by the minute.`] : []
  const completeness = judge({ reasons: examples, gaps: chronology.gaps, complete: 'Every failure of it is kept.' })
  return {
    subject: { ...subject, label: errorGroup.title },
    diagnosis,
    evidence: errorGroup.sample === undefined ? undefined : { error: errorGroup.sample },
    completeness,
    ...shared,
    linkedResources: [{ type: 'queue', id: errorGroup.queue, label: `queue ${errorGroup.queue}`, href: forensicsHref(scope, 'queue', errorGroup.queue) }],
    nextPaths: await pathsOf(scope, errorGroup),
    runbook: runbookOf(scope, adviceForErrors(errorGroup, `${diagnosis.title} ${diagnosis.detail}`), { key: 'error_group', subject, completeness }),
    followUp: followUpOf(trail.events),
    asOf: errorGroup.asOf,
  }
}

async function findGroup(scope: Scope, fingerprint: string, { from, to }: { from: Date; to: Date }): Promise<ErrorGroupDetail | null> {
  if (!errorFingerprint.safeParse(fingerprint).success) return null
  const start = new Date(Math.max(from.getTime(), to.getTime() - maxRangeMs + 1))
  try {
    return (await getErrorGroup(scope, fingerprint, { from: start.toISOString(), to: to.toISOString() })) as ErrorGroupDetail
  } catch (error) {
    if (error instanceof OpsError && error.code === 'not_found') return null
    throw error
  }
}

function diagnose({ title, queue, worker, total, lastSeenAt, firstSeenAt, perMinute, resolved }: ErrorGroupDetail): Bundle['diagnosis'] {
  const place = worker === queue ? queue : `${worker} in ${queue}`
  return {
    status: resolved ? 'resolved' : 'needs_review',
    title: `${countOf(total, 'failure')} of ${place}: ${title}`,
    detail: `First at ${firstSeenAt}, last at ${lastSeenAt}${perMinute > 0 ? `, now ${perMinute.toFixed(1)} a minute` : ''}.`,
    provenance: 'durable',
  }
}

async function pathsOf(scope: Scope, { fingerprint, operations }: ErrorGroupDetail): Promise<NextPath[]> {
  const subject = { type: 'error_group', id: fingerprint }
  const native = nativePaths(subject, operations)
  const jobs: NextPath = {
    order: native.length + 1,
    ownership: 'powertools_native',
    ownershipLabel: 'Powertools-native',
    posture: 'Audited action',
    label: 'View its jobs',
    detail: 'They can be retried together from there.',
    href: `${scope.kit.base}/list?${new URLSearchParams({ errorGroup: fingerprint })}`,
  }
  return [...native, jobs, auditPath(scope, subject, native.length + 2), ...(await externalPaths(scope, native.length + 3, 'the owners of the worker'))]
}
