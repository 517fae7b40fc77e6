import { asEngineJob, asFoundJob, attemptsOf, parseText, type StoredJob } from './bullmq-job.ts'
import { type BullQueue, parsePublicId, publicId } from './bullmq-queue.ts'
import { loadJobs } from './bullmq-store.ts'
import type { EngineJobDetail, FoundJob, JobRef } from './engine.ts'

/** Of a parent with more children than this, so many are named. */
const mostChildren = 100

export async function readDetail(queues: BullQueue[], id: string): Promise<EngineJobDetail | null> {
  const key = parsePublicId(id)
  const queue = queues.find(({ name }) => name === key.queue)
  const [stored] = queue ? await loadJobs(queue, [key.id]) : []
  if (!queue || !stored) return null
  const dependencies = await readChildren(queues, queue, key.id)
  return {
    ...asEngineJob(stored),
    meta: metaOf(stored),
    output: stored.state === 'completed' && stored.record.returnvalue ? parseText(stored.record.returnvalue) : undefined,
    attempts: attemptsOf(stored),
    parent: parentOf(stored),
    dependencies,
    waiting: await explainWaiting(queue, stored, dependencies),
  }
}

/** What else BullMQ keeps of a job; its options say how it is retried and when it is removed. */
function metaOf({ record: { opts, progress, deduplicationId, repeatJobKey, stalledCounter } }: StoredJob): unknown {
  const { attempts: _attempts, jobId: _jobId, parent: _parent, ...options } = opts
  return JSON.parse(JSON.stringify({ options, progress: progress || undefined, deduplicationId, scheduler: repeatJobKey, stalled: stalledCounter || undefined }))
}

/** The key of a queue ends in its name, which has no colon; on Redis a prefix comes before it. */
function parentOf({ record: { parent } }: StoredJob): JobRef | undefined {
  if (!parent?.id) return undefined
  const queue = parent.queueKey.slice(parent.queueKey.lastIndexOf(':') + 1)
  return { queue, id: publicId(queue, parent.id) }
}

async function readChildren(queues: BullQueue[], queue: BullQueue, id: string): Promise<FoundJob[]> {
  const backend = queue.getBackend()
  const { unprocessed = [], failed = [], processed = {}, ignored = {} } = await backend.getDependencies(id, {})
  const keys = [...unprocessed, ...failed, ...Object.keys(ignored), ...Object.keys(processed)].slice(0, mostChildren)
  const unfinished = new Set(unprocessed)
  return Promise.all(
    keys.map(async (key) => {
      const { queueName, id: childId } = backend.parseNodeKey(key)
      const child = queues.find(({ name }) => name === queueName)
      const [stored] = child ? await loadJobs(child, [childId]) : []
      if (stored) return asFoundJob(stored)
      // Of a queue that was not passed in, or removed since; its parent still tells whether it has ended.
      const ended = key in processed ? 'completed' : 'discarded'
      return { queue: queueName, id: publicId(queueName, childId), state: unfinished.has(key) ? 'available' : ended, engineState: 'unknown' }
    }),
  )
}

async function explainWaiting(queue: BullQueue, { state, record, dueAt }: StoredJob, children: FoundJob[]): Promise<EngineJobDetail['waiting']> {
  if (state === 'waiting-children') {
    const open = children.filter(({ state: child }) => child !== 'completed').length
    return [{ reason: 'waits_for_dependency', detail: `Waits for ${open} of its ${children.length} children.` }]
  }
  if (state === 'failed' && record.attemptsMade >= (record.opts.attempts ?? 1)) {
    return [{ reason: 'attempts_used_up', detail: `All of its ${Math.max(1, record.opts.attempts ?? 1)} attempts were made.` }]
  }
  if (state !== 'waiting' && state !== 'prioritized' && state !== 'delayed') return []
  const reasons: EngineJobDetail['waiting'] = []
  if (state === 'delayed') {
    const due = dueAt ?? (record.attemptsMade ? undefined : record.timestamp + (record.opts.delay ?? 0))
    const until = due === undefined ? 'It is delayed.' : `It is due at ${new Date(due).toISOString()}.`
    reasons.push({ reason: 'scheduled_until', detail: until })
  }
  const [paused, maxed, pause, workers] = await Promise.all([
    queue.isPaused(),
    queue.isMaxed(),
    queue.getRateLimitTtl(),
    countWorkers(queue),
  ])
  if (paused) reasons.push({ reason: 'queue_paused', detail: 'Its queue is paused in BullMQ.' })
  if (state !== 'delayed' && maxed) reasons.push({ reason: 'concurrency_limit', detail: 'Its queue runs as many jobs as its global concurrency allows.' })
  if (state !== 'delayed' && pause > 0) reasons.push({ reason: 'rate_limit', detail: `Its queue has reached its rate limit for another ${Math.ceil(pause / 1000)} s.` })
  if (workers === 0) reasons.push({ reason: 'no_executor', detail: 'No worker of its queue is connected.' })
  return reasons
}

/** null where the store does not list its clients, which BullMQ answers with one made-up client. */
export async function countWorkers(queue: BullQueue): Promise<number | null> {
  const workers = await queue.getWorkers()
  return workers.some(({ name }) => name !== queue.name) ? null : workers.length
}
