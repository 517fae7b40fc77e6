import type { DisplayKind } from '../../host/display.ts'
import { OpsError } from '../../error.ts'
import type { BridgeVisit } from '../bridge.ts'
import type { BoardQueues, RouteMatch } from './pages.ts'

interface ShowContext {
  visit: BridgeVisit
  queues: BoardQueues
}

type Json = Record<string, unknown>

/** Bull Board's answer as the viewer may see it. Unknown routes are refused. */
export async function showBody({ route, params }: RouteMatch, body: unknown, context: ShowContext): Promise<unknown> {
  const show = bodies[route]
  if (!show) throw new OpsError('not_found', `Bull Board bridge has no such page.`)
  return show(body, params, context)
}

type ShowBody = (body: unknown, params: Record<string, string>, context: ShowContext) => unknown

const unchanged: ShowBody = (body) => body

const bodies: Record<string, ShowBody> = {
  '/api/queues/:queueName/metrics': unchanged,
  '/api/queues/:queueName/workers': unchanged,
  '/api/queues/:queueName/rate-limit': unchanged,
  '/api/queues/:queueName/job-data-schema': unchanged,
  '/api/queues/:queueName/default-job-options': (body, _params, { visit }) => asObject(visit.show('job_meta', body)),

  async '/api/queues'(body, _params, { visit }) {
    const { queues } = body as { queues: (Json & { name: string; jobs: Json[] })[] }
    const shown = queues.map(async (queue) => ({ ...queue, jobs: await showJobs(queue.name, queue.jobs, visit) }))
    return { queues: await Promise.all(shown) }
  },

  async '/api/queues/:queueName/:jobId'(body, { queueName }, { visit }) {
    const { job, ...rest } = body as { job: Json }
    // One of BullMQ's own keys, e.g. `meta`: every real job has a creation time.
    if (!Number.isFinite(job.timestamp)) throw new OpsError('not_found', 'Bull Board bridge has no such job.')
    const [shown] = await showJobs(queueName!, [job], visit)
    if (!shown) throw notAllowed()
    return { ...rest, job: shown }
  },

  async '/api/queues/:queueName/:jobId/logs'(body, params, context) {
    await requireJob(params, context)
    return (body as unknown[]).map((line) => asText(context.visit.show('job_output', line)))
  },

  async '/api/queues/:queueName/:jobId/flow'(body, params, context) {
    await requireJob(params, context)
    const { flowRoot, ...rest } = body as { flowRoot: FlowNode | null }
    return { ...rest, flowRoot: flowRoot && (await showNode(flowRoot, context.visit)) }
  },

  async '/api/job-schedulers'(body, _params, { visit }) {
    const { schedulers } = body as { schedulers: (Json & { queueName: string; id: string; template?: Json })[] }
    const shown = schedulers.map(async ({ template, ...scheduler }) => {
      const allowed = await mayView(visit, { queue: scheduler.queueName, id: String(scheduler.id), worker: scheduler.name })
      if (!allowed) return []
      if (!template) return [scheduler]
      const shownTemplate = { data: visit.show('job_args', template.data), opts: visit.show('job_meta', template.opts) }
      return [{ ...scheduler, template: shownTemplate }]
    })
    return { schedulers: (await Promise.all(shown)).flat() }
  },
}

/** Fields of a job that contain none of its data. */
const plainFields = [
  'id',
  'name',
  'timestamp',
  'processedOn',
  'processedBy',
  'finishedOn',
  'attempts',
  'attemptsStarted',
  'delay',
  'priority',
  'stalledCounter',
  'isFailed',
]

const shownFields: Record<string, DisplayKind> = {
  data: 'job_args',
  opts: 'job_meta',
  progress: 'job_meta',
  returnValue: 'job_output',
}

const shownTexts: Record<string, DisplayKind> = {
  failedReason: 'job_error',
  deferredFailure: 'job_error',
  deduplicationId: 'job_meta',
}

async function showJobs(queue: string, jobs: Json[], visit: BridgeVisit): Promise<Json[]> {
  const allowed = await Promise.all(jobs.map(({ id, name }) => mayView(visit, { queue, id: String(id), worker: name })))
  return jobs.filter((_job, index) => allowed[index]).map((job) => showJob(job, visit))
}

function showJob(job: Json, visit: BridgeVisit): Json {
  const shown: Json = {}
  for (const field of plainFields) if (job[field] !== undefined) shown[field] = job[field]
  for (const [field, kind] of Object.entries(shownFields)) {
    if (job[field] !== undefined) shown[field] = visit.show(kind, job[field])
  }
  for (const [field, kind] of Object.entries(shownTexts)) {
    if (job[field] !== undefined) shown[field] = asText(visit.show(kind, job[field]))
  }
  const traces = Array.isArray(job.stacktrace) ? job.stacktrace : []
  return { ...shown, opts: asObject(shown.opts), stacktrace: traces.map((trace) => asText(visit.show('job_error', trace))) }
}

interface FlowNode extends Json {
  id: string
  queueName: string
  name: string
  children: FlowNode[]
  ignoredChildFailureReasons?: Json
}

/** A node that may not be viewed keeps its place in the tree and nothing else. */
async function showNode(node: FlowNode, visit: BridgeVisit): Promise<Json> {
  const { id, name, state, queueName, progress, children, ignoredChildFailureReasons, ...rest } = node
  const shownChildren = await Promise.all(children.map((child) => showNode(child, visit)))
  const place = { id, queueName, state, children: shownChildren }
  if (!(await mayView(visit, { queue: queueName, id, worker: name }))) return { ...place, name: '[hidden]', progress: 0 }
  const failures = Object.entries(ignoredChildFailureReasons ?? {})
  const reasons = failures.map(([key, reason]) => [key, asText(visit.show('job_error', reason))])
  return {
    ...place,
    name,
    progress: visit.show('job_meta', progress),
    ...(reasons.length && { ignoredChildFailureReasons: Object.fromEntries(reasons) as Json }),
    ...(rest.dependencies !== undefined && { dependencies: rest.dependencies }),
    ...(rest.truncated !== undefined && { truncated: rest.truncated }),
  }
}

function mayView(visit: BridgeVisit, { queue, id, worker }: { queue: string; id: string; worker: unknown }): Promise<boolean> {
  const workerName = typeof worker === 'string' ? worker : undefined
  return visit.can('view_jobs', { type: 'job', id: `${queue}:${id}`, queue, worker: workerName, tags: [] })
}

async function requireJob({ queueName, jobId }: Record<string, string>, { visit, queues }: ShowContext): Promise<void> {
  const job = await queues.get(queueName!)?.getJob(jobId!)
  if (!job || !(await mayView(visit, { queue: queueName!, id: jobId!, worker: job.name }))) throw notAllowed()
}

function notAllowed(): OpsError {
  return new OpsError('forbidden', 'This job is not shown here: your account may not view it.')
}

/** The dashboard expects text here, but a policy may return anything. */
function asText(value: unknown): unknown {
  return value === null || value === undefined || typeof value === 'string' ? value : JSON.stringify(value)
}

function asObject(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? value : value === undefined ? {} : { hidden: value }
}
