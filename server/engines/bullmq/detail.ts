import { asEngineJob, asFoundJob, attemptsOf, firstDue, parseText, type StoredJob } from './job.ts'
import { dateAt } from '../date.ts'
import { limitDepth } from '../exact-json.ts'
import { type BullQueue, parsePublicId, publicId } from './queue.ts'
import { loadJobs } from './store.ts'
import type { EngineJobDetail, FoundJob, JobRef } from '../engine.ts'

/** A parent's children beyond this number are not listed. */
const maxChildren = 100

export async function findDetail(queues: BullQueue[], id: string): Promise<EngineJobDetail | null> {
  const key = parsePublicId(id)
  const queue = queues.find(({ name }) => name === key.queue)
  const [stored] = queue ? await loadJobs(queue, [key.id]) : []
  if (!queue || !stored) return null
  const dependencies = await listChildren(queues, queue, key.id)
  return {
    ...asEngineJob(stored),
    meta: metaOf(stored),
    output: stored.state === 'completed' && stored.record.returnvalue ? parseText(stored.record.returnvalue) : undefined,
    attempts: attemptsOf(stored),
    parent: parentOf(stored),
    dependencies,
    retries: retriesOf(stored),
    waiting: await explainWaiting(queue, stored, dependencies),
  }
}

/** A host can also name a back-off of its own; what that does, only its workers know. */
function retriesOf({ record: { opts } }: StoredJob): EngineJobDetail['retries'] {
  if ((opts.attempts ?? 1) <= 1) return undefined
  const { type, delay } = typeof opts.backoff === 'number' ? { type: 'fixed', delay: opts.backoff } : ((opts.backoff ?? { type: 'fixed', delay: 0 }) as { type?: unknown; delay?: unknown })
  if (type !== 'fixed' && type !== 'exponential') return undefined
  return { afterSeconds: Number(delay ?? 0) / 1_000, grows: type === 'exponential' }
}

/** Everything else that BullMQ stores with a job; its options determine how it is retried and when it is removed. */
function metaOf({ record }: StoredJob): unknown {
  const { attempts: _attempts, jobId: _jobId, parent: _parent, ...options } = record.opts
  const { progress, deduplicationId, repeatJobKey: scheduler, stalledCounter: stalled } = record
  const meta = { options, progress: progress || undefined, deduplicationId, scheduler, stalled: stalled || undefined }
  return JSON.parse(JSON.stringify(limitDepth(meta)))
}

/** A queue's key ends with its name, which contains no colon; on Redis a prefix precedes it. */
function parentOf({ record: { parent } }: StoredJob): JobRef | undefined {
  if (!parent?.id) return undefined
  const queue = parent.queueKey.slice(parent.queueKey.lastIndexOf(':') + 1)
  return { queue, id: publicId(queue, parent.id) }
}

async function listChildren(queues: BullQueue[], queue: BullQueue, id: string): Promise<FoundJob[]> {
  const backend = queue.getBackend()
  const { unprocessed = [], failed = [], processed = {}, ignored = {} } = await backend.getDependencies(id, {})
  const keys = [...unprocessed, ...failed, ...Object.keys(ignored), ...Object.keys(processed)].slice(0, maxChildren)
  const unfinished = new Set(unprocessed)
  return Promise.all(
    keys.map(async (key) => {
      const { queueName, id: childId } = backend.parseNodeKey(key)
      const child = queues.find(({ name }) => name === queueName)
      const [stored] = child ? await loadJobs(child, [childId]) : []
      if (stored) return asFoundJob(stored)
      // Its queue was not passed in, or it has been removed since; the parent still records whether it has ended.
      const ended = key in processed ? 'completed' : 'discarded'
      const state = unfinished.has(key) ? 'available' : ended
      return { queue: queueName, id: publicId(queueName, childId), state, engineState: 'unknown' }
    }),
  )
}

type Reasons = EngineJobDetail['waiting']

async function explainWaiting(queue: BullQueue, job: StoredJob, children: FoundJob[]): Promise<Reasons> {
  const { state, record } = job
  const attempts = Math.max(1, record.opts.attempts ?? 1)
  switch (state) {
    case 'waiting-children': {
      const open = children.filter(({ state: child }) => child !== 'completed').length
      return [{ reason: 'waits_for_dependency', detail: `Waiting for ${open} of its ${children.length} children.` }]
    }
    case 'failed':
      if (record.attemptsMade < attempts) return []
      return [{ reason: 'attempts_used_up', detail: `Attempts made: ${record.attemptsMade} of ${attempts}.` }]
    case 'delayed':
      return [explainDelay(job), ...(await explainQueue(queue, { startsNow: false }))]
    case 'waiting':
    case 'prioritized':
      return explainQueue(queue, { startsNow: true })
    default:
      return []
  }
}

function explainDelay({ record, dueAt = firstDue(record) }: StoredJob): Reasons[number] {
  const detail = dueAt === undefined ? 'It is delayed.' : `It is due at ${dateAt(dueAt).toISOString()}.`
  return { reason: 'scheduled_until', detail }
}

async function explainQueue(queue: BullQueue, { startsNow }: { startsNow: boolean }): Promise<Reasons> {
  const reasons: Reasons = []
  const [paused, maxed, pause, workers] = await Promise.all([
    queue.isPaused(),
    queue.isMaxed(),
    queue.getRateLimitTtl(),
    countWorkers(queue),
  ])
  if (paused) reasons.push({ reason: 'queue_paused', detail: 'Its queue is paused in BullMQ.' })
  if (startsNow && maxed) {
    reasons.push({ reason: 'concurrency_limit', detail: 'Its queue is already running as many jobs as its global concurrency allows.' })
  }
  if (startsNow && pause > 0) {
    reasons.push({ reason: 'rate_limit', detail: `Its queue is over its rate limit for another ${Math.ceil(pause / 1000)} s.` })
  }
  if (workers === 0) reasons.push({ reason: 'no_executor', detail: 'No worker is connected to its queue.' })
  return reasons
}

/** null if the store does not list its clients; BullMQ then returns a single made-up client. */
export async function countWorkers(queue: BullQueue): Promise<number | null> {
  const workers = await queue.getWorkers()
  return workers.some(({ name }) => name !== queue.name) ? null : workers.length
}
