import { type Bundle, jobStates, type NextPath, operationActions, operationsOn, subjectPath } from '../../schemas/index.ts'
import type { JobFacts } from '../jobs/detail.ts'
import { isLegal, type JobOperation } from '../jobs/legality.ts'
import type { Scope } from '../operations/scope.ts'
import { auditPath, externalPaths, forensicsHref } from './bundle.ts'

const descriptions: Partial<Record<JobOperation, string>> = {
  retry_job: 'The engine runs it again as soon as it can.',
  cancel_job: 'It will not run, or is told to stop; it can be retried later.',
  discard_job: 'It will not run again.',
  restore_job: 'It returns to the state it was in before it was discarded here.',
  rescue_job: 'It is taken from an executor that is gone and runs again.',
}

/** Operations that are legal in the job's state, then its evidence, then paths outside this product. */
export async function pathsOfJob(scope: Scope, job: JobFacts): Promise<NextPath[]> {
  const { base } = scope.kit
  const native = operationsOn('job').filter((operation) => isLegal(operation, job.state)).map((operation, index): NextPath => {
    return {
      ...nativePath(index + 1),
      label: `${operationActions[operation].label}: ${job.worker ?? job.queue}`,
      detail: descriptions[operation],
      operation: { action: operation, subject: { type: 'job', id: job.id }, ...(job.operations[operation] ?? { allowed: false }) },
    }
  })
  const order = native.length + 1
  return [
    ...native,
    { ...nativePath(order), label: `View queue ${job.queue}`, detail: 'Depth, throughput, and whether it is paused.', href: `${base}${subjectPath('queue', job.queue)}` },
    auditPath(scope, { type: 'job', id: job.id }, order + 1),
    ...(await externalPaths(scope, order + 2, 'the owners of the worker')),
  ]
}

function nativePath(order: number): Pick<NextPath, 'order' | 'ownership' | 'ownershipLabel' | 'posture'> {
  return { order, ownership: 'powertools_native', ownershipLabel: 'Powertools-native', posture: 'Audited action' }
}

export function linksOfJob(scope: Scope, job: JobFacts): Bundle['linkedResources'] {
  const { cronEntry, parent, retryOf } = job.origin
  const link = (type: string, id: string, label: string) => ({ type, id, label, href: forensicsHref(scope, type, id) })
  return [
    link('queue', job.queue, `queue ${job.queue}`),
    ...(cronEntry === undefined ? [] : [link('cron_entry', cronEntry, `created by ${cronEntry}`)]),
    ...(parent ? [link('job', parent.id, 'its parent job')] : []),
    ...(retryOf ? [link('job', retryOf.id, 'the job it was copied from')] : []),
    ...job.dependencies.slice(0, 5).map(({ id, state }) => link('job', id, `dependency${state ? `, ${jobStates[state]}` : ''}`)),
  ]
}
