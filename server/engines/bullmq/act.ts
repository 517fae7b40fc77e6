import type { JobState } from '../../../schemas/index.ts'
import { canonicalState, versionOf } from './job.ts'
import { type BullJob, type BullQueue, parsePublicId, publicId } from './queue.ts'
import { loadJobs } from './store.ts'
import type { JobAction, JobOutcome, SeenJob, SelectedJob } from '../engine.ts'

/** How many jobs are changed concurrently. */
const concurrency = 32

/** BullMQ's error codes. */
const missing = -1
const notInState = -3
const belongsToScheduler = -8

export async function actOnJobs(queues: BullQueue[], action: JobAction, jobs: SeenJob[]): Promise<JobOutcome[]> {
  const outcomes: JobOutcome[] = []
  for (let start = 0; start < jobs.length; start += concurrency) {
    const chunk = jobs.slice(start, start + concurrency)
    const states = await findStates(queues, chunk)
    outcomes.push(...(await Promise.all(chunk.map((job) => actOnJob(states.get(job.id), action, job)))))
  }
  return outcomes
}

interface Found {
  queue: BullQueue
  state: string
}

async function findStates(queues: BullQueue[], jobs: SeenJob[]): Promise<Map<string, Found>> {
  const keys = jobs.map(({ id }) => parsePublicId(id))
  const found = queues.map(async (queue) => {
    const loaded = await loadJobs(queue, keys.filter((key) => key.queue === queue.name).map(({ id }) => id))
    return loaded.map(({ record, state }): [string, Found] => [publicId(queue.name, record.id), { queue, state }])
  })
  return new Map((await Promise.all(found)).flat())
}

/**
 * Comparing the version and making the change are two separate calls to BullMQ. A retry itself checks, atomically, that the job
 * is still in the state it starts from. A removal only checks that the job is not running and, on Redis, also reports success
 * for a job that was already gone; with one change at a time, the comparison of versions catches that.
 */
async function actOnJob(found: Found | undefined, action: JobAction, seen: SeenJob): Promise<JobOutcome> {
  const { id, queue: name } = seen
  const job = await found?.queue.getJob(parsePublicId(id).id)
  if (!found || !job) return { id, queue: name, outcome: 'missing' }
  const { state } = found
  if (versionOf(state, job) !== seen.version) return { id, queue: name, outcome: 'changed', state: canonicalState(state, job) }
  try {
    return { id, queue: name, ...(await change(action, job, state)) }
  } catch (error) {
    const result = explain(error)
    // On PostgreSQL, BullMQ also reports a missing job as locked.
    const nowMissing = result.outcome === 'locked' && !(await found.queue.getJob(parsePublicId(id).id))
    return { id, queue: name, ...(nowMissing ? { outcome: 'missing' } : result) }
  }
}

/** BullMQ would also remove a completed job and promote one that has never started; neither is a cancel or a retry. */
const startsFrom: Partial<Record<JobAction, readonly JobState[]>> = {
  retry: ['retryable', 'completed', 'discarded'],
  cancel: ['scheduled', 'available', 'retryable'],
}

type ActResult = Omit<JobOutcome, 'id' | 'queue'>

async function change(action: JobAction, job: BullJob, state: string): Promise<ActResult> {
  const refusal = refuses(action, { state: canonicalState(state, job) })
  if (refusal) return { outcome: 'refused', detail: refusal }
  if (!startsFrom[action]?.includes(canonicalState(state, job))) {
    return { outcome: 'refused', detail: `BullMQ cannot do this to a job that is ${state}.` }
  }
  if (action === 'retry') {
    if (state === 'delayed') await job.promote()
    else await job.retry(state === 'completed' ? 'completed' : 'failed')
    return { outcome: 'done', state: 'available' }
  }
  await job.remove({ removeChildren: false })
  return { outcome: 'done', detail: 'The job was removed: BullMQ does not keep cancelled jobs.' }
}

/** BullMQ's error messages can contain anything that the host put into an id, so they are not passed on. */
function explain(error: unknown): ActResult {
  const { code, message } = error as { code?: unknown; message?: unknown }
  if (code === missing) return { outcome: 'missing' }
  if (code === notInState) return { outcome: 'changed' }
  if (code === belongsToScheduler) {
    return { outcome: 'refused', detail: 'The job belongs to a BullMQ job scheduler; remove the scheduler instead.' }
  }
  if (String(message).includes('locked by another worker')) return { outcome: 'locked' }
  if (typeof code === 'number') return { outcome: 'failed', detail: `BullMQ refused the change with error code ${code}.` }
  throw error
}

export function refuses(action: JobAction, { state }: Pick<SelectedJob, 'state'>): string | undefined {
  if (action === 'cancel' && state === 'executing') {
    return 'A running BullMQ job can only be stopped from inside its own worker (worker.cancelJob), not from here.'
  }
  if (action === 'discard') return lacks.discard_job
  if (action === 'restore') return lacks.restore_job
  if (action === 'rescue') return lacks.rescue_job
  return undefined
}

export const removes = {
  cancel: 'BullMQ does not keep cancelled jobs, so the job is removed for good. This cannot be undone.',
} as const

export const lacks = {
  discard_job: 'In BullMQ, only the worker running a job can fail it for good. Cancelling a job that is not running removes it.',
  restore_job: 'BullMQ keeps nothing of a removed job.',
  rescue_job: 'BullMQ recovers the jobs of a lost worker itself: another worker picks them up once their lock has expired.',
  filter_tag: 'BullMQ jobs have no tags.',
} as const
