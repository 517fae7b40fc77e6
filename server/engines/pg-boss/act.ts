import { sqlState } from '../../db/sqlstate.ts'
import { codeOf } from '../../describe-failure.ts'
import type { JobAction, JobOutcome, SeenJob, SqlExecutor } from '../engine.ts'
import { changeJobs, type PgBossActs, retrySimpleJobs } from './change.ts'
import { attended, canonical, isExclusive, isHeld, isJobId, isLost, isUntimely, versionColumn } from './rows.ts'
import type { PgBossTables } from './table.ts'
import { inSavepoint, type Row } from '../sql.ts'

/** pg-boss's states from which an action is possible. */
const startsFrom: Record<JobAction, readonly string[]> = {
  retry: ['retry', 'failed', 'cancelled', 'completed'],
  cancel: ['created', 'retry', 'active'],
  discard: ['created', 'retry', 'active'],
  restore: ['failed'],
  rescue: ['active'],
}

/** A job whose row we hold locked until the transaction ends. */
export interface LockedJob {
  id: string
  queue: string
  state: string
  version: string
  /** The policy of its queue limits how many jobs like it there may be, so a change of state can violate a unique index. */
  exclusive: boolean
  /** It is not due yet, or pg-boss would delete it before it runs. */
  needsTime: boolean
  /** Its worker has not reported in time. */
  lost: boolean
}

/** `joined`: is `tx` an open transaction? Only then can a single job's failure be rolled back on its own. */
export async function actOnJobs(
  boss: PgBossActs,
  tables: PgBossTables,
  { action, jobs, tx, joined }: { action: JobAction; jobs: SeenJob[]; tx: SqlExecutor; joined: boolean },
): Promise<JobOutcome[]> {
  const results = new Map<string, ActResult>()
  if (action === 'retry' && jobs.length >= minFastRetry) {
    for (const id of await retrySimpleJobs(tables, jobs, tx)) results.set(id, { outcome: 'done', state: 'retryable' })
  }
  const left = jobs.filter(({ id }) => !results.has(id))
  const locked = await lockJobs(tables, left, tx, joined)
  const eligible: LockedJob[] = []
  for (const seen of left) {
    const job = locked.found.get(seen.id.toLowerCase())
    const refusal = job ? refuse(action, seen, job) : ({ outcome: locked.busy.has(seen.id.toLowerCase()) ? 'locked' : 'missing' } as const)
    if (refusal) results.set(seen.id, refusal)
    else eligible.push(job!)
  }
  const change = (some: LockedJob[]) => changeJobs(boss, tables, action, some, tx)
  await change(eligible.filter(({ exclusive }) => !exclusive))
  for (const job of eligible.filter(({ exclusive }) => exclusive)) {
    const refusal = await tryAlone(() => change([job]), tx, joined)
    if (refusal) results.set(job.id, refusal)
  }
  const states = await statesAfter(tables, action, eligible, tx)
  const running = new Set(eligible.filter(({ state }) => state === 'active' && action !== 'rescue').map(({ id }) => id))
  const done = (id: string): ActResult => ({ outcome: 'done', state: states.get(id), ...(running.has(id) && { wasExecuting: true }) })
  return jobs.map(({ id, queue }) => ({ id, queue, ...(results.get(id) ?? done(id.toLowerCase())) }))
}

/** From this many jobs on, it pays to change the simple ones without locking them first. */
const minFastRetry = 50

/** Most resulting states are known beforehand; only those that depend on the row are read again. */
async function statesAfter(tables: PgBossTables, action: JobAction, jobs: LockedJob[], tx: SqlExecutor) {
  if (action === 'cancel') return new Map(jobs.map(({ id }) => [id, 'cancelled'] as const))
  if (action === 'discard') return new Map(jobs.map(({ id }) => [id, 'discarded'] as const))
  if (action !== 'retry') return listStates(tables, jobs, tx)
  const states = await listStates(tables, jobs.filter(({ state }) => state === 'cancelled'), tx)
  return new Map(jobs.map(({ id }) => [id, states.get(id) ?? 'retryable'] as const))
}

type ActResult = Omit<JobOutcome, 'id' | 'queue'>

function refuse(action: JobAction, seen: SeenJob, job: LockedJob): ActResult | undefined {
  const state = canonical(job.state, job.needsTime)
  if (job.version !== seen.version) return { outcome: 'changed', state }
  if (!startsFrom[action].includes(job.state)) {
    return { outcome: 'refused', state, detail: `The job is ${job.state} in pg-boss; this cannot be done from that state.` }
  }
  if (action === 'rescue' && !job.lost && !seen.abandoned) return { outcome: 'refused', state, detail: attended }
  return undefined
}

/** pg-boss enforces queue policies with unique indexes, so a change can fail for one job alone. */
async function tryAlone(work: () => Promise<void>, tx: SqlExecutor, joined: boolean): Promise<ActResult | undefined> {
  try {
    await (joined ? inSavepoint(tx, work) : work())
    return undefined
  } catch (error) {
    if (codeOf(error) !== sqlState.uniqueViolation) throw error
    return { outcome: 'refused', detail: 'Another job like it holds the only slot that the policy of its queue allows.' }
  }
}

const columns = `j.id::text as id, j.name as queue, j.state::text as state, ${versionColumn} as version,
  ${isExclusive} as exclusive, ${isUntimely} as needs_time, ${isLost} as lost`

/**
 * Unlocked rows are locked at once. For the others we wait, but not for long: another open transaction must not hold up ours.
 */
async function lockJobs(tables: PgBossTables, jobs: SeenJob[], tx: SqlExecutor, joined: boolean) {
  const candidates = jobs.filter(({ id }) => isJobId(id))
  const lock = async (some: SeenJob[], how: string) => {
    const { rows } = await tx.executeSql(
      // One lookup by key per job: with a plain join, the planner would read a smaller table as a whole for every batch.
      `select ${columns} from (select name, id from unnest($1::text[], $2::uuid[]) as given(name, id) order by id) ref,
         lateral (select * from ${tables.jobs} where name = ref.name and id = ref.id limit 1 for update ${how}) j`,
      [some.map(({ queue }) => queue), some.map(({ id }) => id)],
    )
    return new Map(rows.map((row) => [String(row.id), lockedJob(row)]))
  }
  const found = candidates.length ? await lock(candidates, 'skip locked') : new Map<string, LockedJob>()
  const left = candidates.filter(({ id }) => !found.has(id.toLowerCase()))
  const busy = left.length ? await listStates(tables, left, tx) : new Map<string, unknown>()
  if (busy.size && joined) {
    const released = await waitBriefly(tx, () => lock(left.filter(({ id }) => busy.has(id.toLowerCase())), ''))
    for (const [id, job] of released) found.set(id, job)
  }
  return { found, busy }
}

async function waitBriefly(tx: SqlExecutor, work: () => Promise<Map<string, LockedJob>>): Promise<Map<string, LockedJob>> {
  try {
    return await inSavepoint(tx, async () => {
      const { rows } = await tx.executeSql(`select current_setting('lock_timeout') as before, set_config('lock_timeout', '1s', true)`)
      const answer = await work()
      await tx.executeSql(`select set_config('lock_timeout', $1, true)`, [String(rows[0]!.before)])
      return answer
    })
  } catch (error) {
    if (codeOf(error) !== sqlState.lockNotAvailable) throw error
    return new Map()
  }
}

function lockedJob(row: Row): LockedJob {
  return {
    id: String(row.id),
    queue: String(row.queue),
    state: String(row.state),
    version: String(row.version),
    exclusive: row.exclusive === true,
    needsTime: row.needs_time === true,
    lost: row.lost === true,
  }
}

async function listStates(tables: PgBossTables, jobs: { id: string; queue: string }[], tx: SqlExecutor) {
  if (!jobs.length) return new Map<string, ReturnType<typeof canonical>>()
  const { rows } = await tx.executeSql(
    `select j.id::text as id, j.state::text as state, ${isHeld} as held
     from unnest($1::text[], $2::uuid[]) as ref(name, id) join ${tables.jobs} j on j.name = ref.name and j.id = ref.id`,
    [jobs.map(({ queue }) => queue), jobs.map(({ id }) => id)],
  )
  return new Map(rows.map((row) => [String(row.id), canonical(row.state, row.held)]))
}
