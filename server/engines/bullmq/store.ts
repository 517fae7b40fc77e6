import type { StoredJob } from './job.ts'
import type { BullBackend, BullQueue, BullRecord, BullType } from './queue.ts'

/**
 * Reads jobs by the means of each backend. BullMQ's own getters parse the data and, on PostgreSQL, run one query per job; the
 * backend below them gives access to the stored text, in which long numbers are still exact.
 */

/** The PostgreSQL backend exposes its pool. */
interface PostgresBackend extends BullBackend {
  connection: { pool: { query(text: string, values: unknown[]): Promise<{ rows: Record<string, unknown>[] }> }; schema: string }
}

/** The Redis backend exposes its client. */
interface RedisBackend extends BullBackend {
  client: Promise<{ zscore(key: string, member: string): Promise<string | null> }>
  toKey(type: string): string
}

export async function loadJobs(queue: BullQueue, ids: string[], type?: BullType): Promise<StoredJob[]> {
  const backend = queue.getBackend()
  if (!ids.length) return []
  if (isPostgres(backend)) return loadRows(queue, backend, ids)
  const [active = []] = type ? [] : await backend.getRanges(['active'], 0, -1)
  const running = new Set(active)
  const stateOf = (record: BullRecord) => (type ? stateName(type) : findState(backend, record, running))
  return (await Promise.all(ids.map((id) => loadOne(queue, id, stateOf)))).filter((job) => job !== undefined)
}

type StateOf = (record: BullRecord) => string | Promise<string>

async function loadOne(queue: BullQueue, id: string, stateOf: StateOf): Promise<StoredJob | undefined> {
  const backend = queue.getBackend()
  const stored = await findRecord(backend, id)
  if (!stored) return undefined
  const record = { ...stored, id }
  const state = await stateOf(record)
  const job = { queue: queue.name, state, record }
  return state === 'delayed' ? { ...job, dueAt: await findDueAt(backend, id) } : job
}

/**
 * In Redis, jobs share a namespace with BullMQ's own keys, such as `meta` and `wait`: a request for a job with such an id must
 * neither read that key nor, later, remove it. Every job has a creation time; a key that holds no hash is not a job at all.
 */
async function findRecord(backend: BullBackend, id: string): Promise<BullRecord | undefined> {
  try {
    const stored = await backend.getJobData(id)
    return stored && Number.isFinite(stored.timestamp) ? stored : undefined
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('WRONGTYPE')) return undefined
    throw error
  }
}

/**
 * BullMQ's own lookup walks the list of all waiting jobs, which costs 4 ms of Redis per job when 200,000 are waiting. Instead
 * the other sets are checked, the likely ones first; a job that is in none of them and not running is waiting.
 */
async function findState(backend: BullBackend, { id, finishedOn }: BullRecord, running: Set<string>): Promise<string> {
  if (running.has(id)) return 'active'
  const ended = ['completed', 'failed']
  const open = ['delayed', 'prioritized', 'waiting-children']
  for (const state of finishedOn ? [...ended, ...open] : [...open, ...ended]) {
    if (await backend.isJobInState(state, id)) return state
  }
  return 'waiting'
}

export function stateName(type: BullType): string {
  return type === 'wait' ? 'waiting' : type
}

/** In Redis, the score of a delayed job holds its due time: milliseconds, followed by 12 bits for the order. */
async function findDueAt(backend: BullBackend, id: string): Promise<number | undefined> {
  if (!isRedis(backend)) return undefined
  const client = await backend.client
  const score = await client.zscore(backend.toKey('delayed'), id)
  return score === null ? undefined : Math.floor(Number(score) / 0x1000)
}

async function loadRows({ name }: BullQueue, backend: PostgresBackend, ids: string[]): Promise<StoredJob[]> {
  await backend.waitUntilReady()
  const { pool, schema } = backend.connection
  const { rows } = await pool.query(
    `select j.id, j.name, j.opts, j.priority, j.delay_ms, j.attempts_made, j.attempts_started, j.progress, j.failed_reason,
       j.processed_by, j.added_at_ms, j.process_at_ms, j.processed_at_ms, j.finished_at_ms, j.stalled_count, j.dedup_id,
       j.scheduler_id, j.parent_queue, j.parent_id, j.parent_key, j.state::text as word, j.data::text as data_text,
       j.return_value::text as return_text, j.stacktrace::text as trace_text
     from unnest($2::text[]) with ordinality as wanted(id, place)
     join "${schema.replaceAll('"', '""')}".job j on j.queue = $1 and j.id = wanted.id order by place`,
    [name, ids],
  )
  return rows.map((row) => {
    const state = row.word === 'waiting' && Number(row.priority) > 0 ? 'prioritized' : String(row.word)
    return { queue: name, state, record: asRecord(row), dueAt: state === 'delayed' ? asNumber(row.process_at_ms) : undefined }
  })
}

function asRecord(row: Record<string, unknown>): BullRecord {
  return {
    id: String(row.id),
    name: String(row.name),
    data: String(row.data_text),
    opts: (row.opts ?? {}) as BullRecord['opts'],
    attemptsMade: Number(row.attempts_made),
    attemptsStarted: Number(row.attempts_started),
    timestamp: Number(row.added_at_ms),
    delay: asNumber(row.delay_ms),
    processedOn: asNumber(row.processed_at_ms),
    finishedOn: asNumber(row.finished_at_ms),
    priority: asNumber(row.priority),
    failedReason: asText(row.failed_reason),
    stacktrace: asText(row.trace_text),
    returnvalue: asText(row.return_text),
    parent: row.parent_id === null ? undefined : { id: String(row.parent_id), queueKey: String(row.parent_queue) },
    parentKey: asText(row.parent_key),
    repeatJobKey: asText(row.scheduler_id),
    deduplicationId: asText(row.dedup_id),
    processedBy: asText(row.processed_by),
    progress: row.progress ?? undefined,
    stalledCounter: asNumber(row.stalled_count),
  }
}

const asNumber = (value: unknown): number | undefined => (value === null || value === undefined ? undefined : Number(value))
const asText = (value: unknown): string | undefined => (value === null || value === undefined ? undefined : String(value))

function isPostgres(backend: BullBackend): backend is PostgresBackend {
  const { connection } = backend as Partial<PostgresBackend>
  return typeof connection?.pool?.query === 'function' && typeof connection.schema === 'string'
}

function isRedis(backend: BullBackend): backend is RedisBackend {
  return 'client' in backend && typeof (backend as Partial<RedisBackend>).toKey === 'function'
}

/**
 * Ids `from` to `to` of a set, counted from its old end. The backends differ in which sets they can read in both directions:
 * PostgreSQL reads waiting and active jobs only newest first, and parents only oldest first. So each set is read in the
 * direction that both support.
 */
export async function idsOf(queue: BullQueue, type: BullType, from: number, to: number, size: number): Promise<string[]> {
  const last = Math.min(to, size) - 1
  if (last < from) return []
  const newestFirst = type === 'wait' || type === 'active'
  const [start, end] = newestFirst ? [size - 1 - last, size - 1 - from] : [from, last]
  const [ids = []] = await queue.getBackend().getRanges([type], start, end, !newestFirst)
  return newestFirst ? ids.toReversed() : ids
}

/** How many jobs each set holds. While a queue is paused, one backend counts its waiting jobs under another name. */
export async function sizesOf(queue: BullQueue, types: BullType[]): Promise<Map<BullType, number>> {
  if (!types.length) return new Map()
  const counts = await queue.getJobCounts(...types, ...(types.includes('wait') ? ['paused'] : []))
  return new Map(types.map((type) => [type, (counts[type] ?? 0) + (type === 'wait' ? (counts.paused ?? 0) : 0)]))
}
