import { type AuditEvent, type Bundle, jobStates, type NextPath, operationActions } from '../../schemas/index.ts'
import type { JobAction } from '../engines/engine.ts'
import type { JobFacts } from '../jobs/detail.ts'
import { jobActions, legalStates, operationOf } from '../jobs/legality.ts'
import type { Scope } from '../operations/scope.ts'
import { auditPath, foreignPaths, forensicsHref } from './bundle.ts'

const says: Record<JobAction, string> = {
  retry: 'The engine runs it again as soon as it can.',
  cancel: 'It does not run, or is told to stop; it can be retried later.',
  discard: 'It does not run any more.',
  restore: 'It becomes what it was before it was discarded here.',
  rescue: 'It is taken from an executor that is gone, and runs again.',
}

/** What this product can do in the job's state, then its evidence, then what belongs to others. */
export async function pathsOfJob(scope: Scope, job: JobFacts): Promise<NextPath[]> {
  const { base } = scope.kit
  const native = jobActions.filter((action) => legalStates[action].includes(job.state)).map((action, index): NextPath => {
    const operation = operationOf(action)
    return {
      ...ours(index + 1),
      label: `${operationActions[operation]}: ${job.worker ?? job.queue}`,
      detail: says[action],
      operation: { action: operation, subject: { type: 'job', id: job.id }, ...(job.operations[operation] ?? { allowed: false }) },
    }
  })
  const order = native.length + 1
  return [
    ...native,
    { ...ours(order), label: `Look at the queue ${job.queue}`, detail: 'Depth, throughput, and whether it is paused.', href: `${base}/queues?${new URLSearchParams({ queue: job.queue })}` },
    auditPath(scope, { type: 'job', id: job.id }, order + 1),
    ...(await foreignPaths(scope, order + 2, 'the people who own the worker')),
  ]
}

function ours(order: number): Pick<NextPath, 'order' | 'ownership' | 'ownershipLabel' | 'posture'> {
  return { order, ownership: 'powertools_native', ownershipLabel: 'Powertools-native', posture: 'Audited action' }
}

export function linksOfJob(scope: Scope, job: JobFacts, events: AuditEvent[]): Bundle['linkedResources'] {
  const { cronEntry, parent, retryOf } = job.origin
  const link = (type: string, id: string, label: string) => ({ type, id, label, href: forensicsHref(scope, type, id) })
  return [
    link('queue', job.queue, `queue ${job.queue}`),
    ...(cronEntry === undefined ? [] : [link('cron_entry', cronEntry, `made by ${cronEntry}`)]),
    ...(parent ? [link('job', parent.id, 'its parent')] : []),
    ...(retryOf ? [link('job', retryOf.id, 'the job it is a copy of')] : []),
    ...job.dependencies.slice(0, 5).map(({ id, state }) => link('job', id, `waits for it${state ? `, ${jobStates[state]}` : ''}`)),
    ...events.slice(0, 5).map(({ id, eventType }) => ({ type: 'audit_event', id, label: eventType, href: `${scope.kit.base}/audit?event=${id}` })),
  ]
}
