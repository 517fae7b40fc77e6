import { type Bundle, countOf, type ExecutorDetail, type NextPath, type OperatorStatus, subjectPath } from '../../schemas/index.ts'
import { OpsError } from '../error.ts'
import { getShownExecutor } from '../executors/detail.ts'
import { pageOf } from '../host/auth.ts'
import type { Scope } from '../operations/scope.ts'
import { type Asked, rangeWindow } from './asked.ts'
import { assemble, judge } from './assemble.ts'
import { externalPaths, forensicsHref, unknownBundle } from './bundle.ts'
import { adviceForExecutor } from './runbooks/executor.ts'
import { runbookOf } from './runbooks/runbook.ts'
import { listTrail } from './trail.ts'

const usualRange = '24h'

/** The evidence about a worker process: its beats, what it has in hand, and what was deployed and wrong while it ran. */
export async function executorBundle(scope: Scope, id: string, asked: Asked): Promise<Bundle> {
  const subject = { type: 'executor', id }
  const { allowed } = await scope.viewer.can('view_queues', pageOf('view_queues'))
  if (!allowed) return unknownBundle(scope, subject, 'You may not see executors.', ['executors'])
  const executor = await findExecutor(scope, id)
  if (!executor) return unknownBundle(scope, subject, 'Supply the id of an executor that reported itself within the last days.')
  const since = executor.startedAt ? new Date(executor.startedAt) : new Date(0)
  const trail = await listTrail(scope, 'executor', id, asked)
  const { chronology, shared } = await assemble(scope, { subject, since, trail, executor, about: { executor: executor.name } }, rangeWindow(asked, scope.now, usualRange, since), asked, ['beats', 'deploys'])
  const diagnosis = diagnose(executor)
  const unread = executor.jobs === null ? ['The engine does not answer, so what it has in hand is not known.'] : []
  const completeness = judge({ reasons: unread, gaps: chronology.gaps, complete: 'It reported itself the whole time.' })
  return {
    subject: { ...subject, label: executor.name, href: `${scope.kit.base}${subjectPath('executor', id)}` },
    diagnosis,
    completeness,
    ...shared,
    linkedResources: [
      ...executor.queues.slice(0, 3).map(({ name }) => ({ type: 'queue', id: name, label: `queue ${name}`, href: forensicsHref(scope, 'queue', name) })),
      ...(executor.jobs ?? []).slice(0, 5).map((job) => ({ type: 'job', id: job.id, label: `in hand: ${job.worker ?? job.queue}`, href: forensicsHref(scope, 'job', job.id) })),
    ],
    nextPaths: await pathsOf(scope, executor),
    runbook: runbookOf(scope, adviceForExecutor(executor, `${diagnosis.title} ${diagnosis.detail}`), { key: 'executor', subject, completeness }),
    asOf: executor.asOf,
  }
}

async function findExecutor(scope: Scope, id: string): Promise<ExecutorDetail | null> {
  return getShownExecutor(scope, id).catch((error: unknown) => {
    if (error instanceof OpsError && error.code === 'not_found') return null
    throw error
  })
}

function diagnose(executor: ExecutorDetail): Bundle['diagnosis'] {
  const { health, host, version, beatAt, endedAt, held, name } = executor
  const titles: Record<ExecutorDetail['health'], string> = {
    healthy: `${name} is healthy.`,
    late: `${name} is late: its last heartbeat came at ${beatAt}.`,
    missing: `${name} is missing: no heartbeat since ${beatAt}.`,
    unknown: `It is not known how ${name} is: it does not report itself.`,
    ended: `${name} signed off at ${endedAt}.`,
  }
  const statuses: Record<ExecutorDetail['health'], OperatorStatus> = { healthy: 'runnable', late: 'waiting', missing: 'needs_review', unknown: 'needs_review', ended: 'resolved' }
  const inHand = held === null ? 'what it has in hand is not known' : `${countOf(held, 'job')} in hand`
  return { status: statuses[health], title: titles[health], detail: `On ${host}${version === null ? '' : `, version ${version}`}; ${inHand}.`, provenance: health === 'unknown' ? 'unknown' : 'durable' }
}

async function pathsOf(scope: Scope, { jobs, queues }: ExecutorDetail): Promise<NextPath[]> {
  const ours = { ownership: 'powertools_native', ownershipLabel: 'Powertools-native', posture: 'Audited action' } as const
  const [queue] = queues
  const looks: NextPath[] = queue
    ? [{ ...ours, order: 1, label: `View what executes in ${queue.name}`, detail: jobs?.length ? 'Jobs of an executor that is missing can be rescued from there.' : undefined, href: `${scope.kit.base}/list?${new URLSearchParams({ queue: queue.name, state: 'executing' })}` }]
    : []
  return [...looks, ...(await externalPaths(scope, looks.length + 1, 'the owners of the workers'))]
}
