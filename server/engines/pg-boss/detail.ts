import type { EngineAttempt, EngineJob, EngineJobDetail, FoundJob } from '../engine.ts'
import { parseExact } from '../exact-json.ts'
import { engineJob, foundColumns, foundJob, isJobId, jobColumns, maxStack, textOf } from './rows.ts'
import type { PgBossTables } from './table.ts'
import { instantText, type Row } from '../sql.ts'

const detailColumns = `${jobColumns}, j.output::text as output, j.policy, j.singleton_key, j.group_id, j.group_tier, j.retry_delay,
  j.retry_backoff, j.retry_delay_max, j.expire_seconds, j.heartbeat_seconds, ${instantText('j.heartbeat_on')} as heartbeat,
  j.deletion_seconds, ${instantText('j.keep_until')} as keep_until, j.dead_letter, j.blocked, j.start_after > now() as later,
  ${instantText('j.start_after')} as due_text, j.source_name, j.source_id::text as source_id,
  case when j.state <> 'completed' then left(j.output ->> 'stack', ${maxStack}) end as whole_stack`

export async function findDetail(tables: PgBossTables, id: string): Promise<EngineJobDetail | null> {
  if (!isJobId(id)) return null
  const { rows } = await tables.db.executeSql(
    `select ${detailColumns} from ${tables.queues} queue cross join lateral (
       select * from ${tables.jobs} job where job.name = queue.name and job.id = $1::uuid limit 1
     ) j`,
    [id],
  )
  const [row] = rows
  if (!row) return null
  const job = engineJob(row)
  const dependencies = await listDependencies(tables, job)
  return {
    ...job,
    meta: metaOf(row),
    output: job.state === 'completed' && row.output !== null ? parseExact(String(row.output)) : undefined,
    attempts: lastAttempt(row, job),
    retryOf: row.source_id === null ? undefined : { queue: String(row.source_name), id: String(row.source_id) },
    dependencies,
    retries: retriesOf(row, job),
    keptUntil: job.finishedAt && row.deletion_seconds !== null ? new Date(job.finishedAt.getTime() + Number(row.deletion_seconds) * 1_000) : undefined,
    waiting: await explainWaiting(tables, row, job, dependencies),
  }
}

function retriesOf(row: Row, { maxAttempts }: EngineJob): EngineJobDetail['retries'] {
  if (maxAttempts === 1) return undefined
  return { afterSeconds: Number(row.retry_delay ?? 0), grows: row.retry_backoff === true, ...(row.retry_delay_max !== null && { maxSeconds: Number(row.retry_delay_max) }) }
}

function metaOf(row: Row): unknown {
  const fields = {
    policy: row.policy,
    singletonKey: row.singleton_key,
    group: row.group_id === null ? null : { id: row.group_id, tier: row.group_tier },
    retryDelay: row.retry_delay,
    retryBackoff: row.retry_backoff,
    retryDelayMax: row.retry_delay_max,
    expireInSeconds: row.expire_seconds,
    heartbeatSeconds: row.heartbeat_seconds,
    heartbeatAt: row.heartbeat,
    deadLetter: row.dead_letter,
    keepUntil: row.keep_until,
    deleteAfterSeconds: row.deletion_seconds,
  }
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
}

/** pg-boss overwrites each attempt with the next, so only the last one is known. */
function lastAttempt(row: Row, job: EngineJob): EngineAttempt[] {
  if (!job.startedAt) return []
  const outcomes: Record<string, EngineAttempt['outcome']> = { active: 'executing', completed: 'completed', cancelled: 'cancelled' }
  const failed = row.output !== null && (row.state === 'retry' || row.state === 'failed')
  const outcome = failed ? 'failed' : (outcomes[String(row.state)] ?? 'unknown')
  // While an attempt is running, the row still contains the error of the previous one.
  const failure = outcome === 'executing' ? {} : { error: job.error, stack: textOf(row.whole_stack) }
  return [{ number: job.attempt, startedAt: job.startedAt, endedAt: job.finishedAt, outcome, ...failure }]
}

async function listDependencies(tables: PgBossTables, { queue, id }: EngineJob): Promise<FoundJob[]> {
  const { rows } = await tables.db.executeSql(
    `select ${foundColumns} from ${tables.dependencies} dependency
     join ${tables.jobs} j on j.name = dependency.parent_name and j.id = dependency.parent_id
     where dependency.child_name = $1 and dependency.child_id = $2::uuid order by j.created_on, j.id limit 100`,
    [queue, id],
  )
  return rows.map(foundJob)
}

type Waiting = EngineJobDetail['waiting']

async function explainWaiting(tables: PgBossTables, row: Row, job: EngineJob, dependencies: FoundJob[]): Promise<Waiting> {
  if (row.state === 'failed' && job.attempt >= job.maxAttempts!) {
    return [{ reason: 'attempts_used_up', detail: `All ${job.maxAttempts} attempts were made.` }]
  }
  if (row.state !== 'created' && row.state !== 'retry') return []
  const waiting: Waiting = []
  if (row.blocked === true) {
    const open = dependencies.filter(({ state }) => state !== 'completed').length
    waiting.push({ reason: 'waits_for_dependency', detail: `Waiting for ${open} of the ${dependencies.length} jobs it depends on.` })
  }
  if (row.later === true) waiting.push({ reason: 'scheduled_until', detail: `It is due at ${String(row.due_text)}.` })
  if (await isKeptBack(tables, row)) {
    waiting.push({ reason: 'concurrency_limit', detail: `Another job holds the slot that the policy '${String(row.policy)}' of its queue allows.` })
  }
  return waiting
}

/** By policy: the states of another job with the same key that keep this one from starting. */
const keepsBack: Record<string, string> = {
  singleton: `= 'active'`,
  stately: `= 'active'`,
  key_strict_fifo: `in ('active', 'retry', 'failed')`,
}

async function isKeptBack(tables: PgBossTables, row: Row): Promise<boolean> {
  const states = keepsBack[String(row.policy)]
  if (!states) return false
  const key = row.policy === 'key_strict_fifo' ? `j.singleton_key = $2` : `coalesce(j.singleton_key, '') = coalesce($2, '')`
  const { rows } = await tables.db.executeSql(
    `select exists (
       select from ${tables.jobs} j
       where j.name = $1 and ${key} and j.policy = '${String(row.policy)}' and j.state ${states} and j.id <> $3::uuid
     ) as kept_back`,
    [row.queue, row.singleton_key, row.id],
  )
  return rows[0]!.kept_back === true
}
