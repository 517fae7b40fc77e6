import { sqlState } from '../../db/sqlstate.ts'
import { codeOf } from '../../describe-failure.ts'
import type { JobAction, JobOutcome, SeenJob, SqlExecutor } from '../engine.ts'
import { attendedColumns, explainAttended } from './attended.ts'
import { canonical, versionColumn } from './rows.ts'
import { announce, stopRunning } from './signals.ts'
import { isJobId, type ObanTables, utcNow } from './table.ts'
import { findAliveProducers } from './producers.ts'
import { inSavepoint } from '../sql.ts'

/** What each action writes: the same columns that Oban itself writes. */
const changes: Record<JobAction, string> = {
  retry: `state = 'available', scheduled_at = ${utcNow}, max_attempts = greatest(max_attempts, attempt + 1),
    completed_at = null, cancelled_at = null, discarded_at = null`,
  cancel: `state = 'cancelled', cancelled_at = ${utcNow}`,
  discard: `state = 'discarded', discarded_at = ${utcNow}`,
  // Back to the previous state. A job due later is retryable if its last attempt failed, and scheduled otherwise.
  restore: `discarded_at = null, state = case when scheduled_at <= ${utcNow} then 'available'
    when to_jsonb(errors)->-1->>'attempt' = attempt::text then 'retryable' else 'scheduled' end::STATE`,
  rescue: `state = case when attempt < max_attempts then 'available' else 'discarded' end::STATE,
    discarded_at = case when attempt < max_attempts then discarded_at else ${utcNow} end`,
}

interface LockedJob {
  id: string
  queue: string
  state: string
  version: string
  running: unknown
  producer: unknown
}

export interface ActOptions {
  /** If there is no table of producers, an executing job this old counts as abandoned. */
  rescueAfterMinutes: number
}

/** Call it inside a transaction: `tx` must be a single connection. */
export async function actOn(
  tables: ObanTables,
  action: JobAction,
  jobs: SeenJob[],
  tx: SqlExecutor,
  options: ActOptions,
): Promise<JobOutcome[]> {
  const locked = await lock(tables, jobs.map(({ id }) => id), tx)
  const alive = action === 'rescue' ? await findAliveProducers(tables, tx) : undefined
  const decided = jobs.map((job): { job: SeenJob; row?: LockedJob; outcome?: JobOutcome } => {
    const row = locked.get(job.id)
    if (row === undefined) return { job, outcome: { ...refOf(job), outcome: 'missing' } }
    if (row === 'locked') return { job, outcome: { ...refOf(job), outcome: 'locked' } }
    if (row.version !== job.version) return { job, outcome: { ...refOf(job), outcome: 'changed', state: canonical(row.state) } }
    const detail = refusal(action, row, alive, options)
    return detail ? { job, outcome: { ...refOf(job), outcome: 'refused', state: canonical(row.state), detail } } : { job, row }
  })
  const eligible = decided.flatMap(({ row }) => (row ? [row] : []))
  const done = await change(tables, action, eligible.map(({ id }) => id), tx)
  await signalProducers(tables, action, eligible, done, tx)
  return decided.map(({ job, outcome }) => {
    if (outcome) return outcome
    const state = done.get(job.id)
    if (state) return { ...refOf(job), outcome: 'done', state: canonical(state) }
    return { ...refOf(job), outcome: 'refused', detail: 'Jobs of this kind are unique, and another one like it is unfinished.' }
  })
}

/** Locks in the order of ids, so that two of our transactions cannot deadlock. Several jobs at once skip locked rows instead of waiting. */
async function lock(tables: ObanTables, ids: string[], tx: SqlExecutor): Promise<Map<string, LockedJob | 'locked'>> {
  const jobIds = ids.filter(isJobId)
  const jobsById = new Map<string, LockedJob | 'locked'>()
  if (!jobIds.length) return jobsById
  const { rows } = await tx.executeSql(
    `select j.id::text as id, j.queue, j.state::text as state, ${versionColumn} as version,
       ${attendedColumns}
     from ${tables.jobs} j where j.id = any($1::bigint[]) order by j.id for update ${jobIds.length > 1 ? 'skip locked' : ''}`,
    [jobIds],
  )
  for (const row of rows) {
    jobsById.set(String(row.id), {
      id: String(row.id),
      queue: String(row.queue),
      state: String(row.state),
      version: String(row.version),
      running: row.running,
      producer: row.producer,
    })
  }
  const unseen = jobIds.filter((id) => !jobsById.has(id))
  if (!unseen.length) return jobsById
  const present = await tx.executeSql(`select id::text as id from ${tables.jobs} where id = any($1::bigint[])`, [unseen])
  for (const row of present.rows) jobsById.set(String(row.id), 'locked')
  return jobsById
}

/** Checks legality against the state in the row. Oban's states are finer than the canonical ones. */
function refusal(action: JobAction, job: LockedJob, alive: Set<string> | undefined, { rescueAfterMinutes }: ActOptions): string | undefined {
  const unfinished = ['suspended', 'scheduled', 'available', 'executing', 'retryable'].includes(job.state)
  switch (action) {
    case 'retry':
      return ['retryable', 'completed', 'cancelled', 'discarded'].includes(job.state) ? undefined : `It is ${job.state}.`
    case 'cancel':
      return unfinished ? undefined : `It is ${job.state}.`
    case 'discard':
      if (job.state === 'executing') return discardExecuting
      if (job.state === 'suspended') return 'Oban Pro is holding it back, and it could not be restored after a discard; cancel it instead.'
      return unfinished ? undefined : `It is ${job.state}.`
    case 'restore':
      return job.state === 'discarded' ? undefined : `It is ${job.state}.`
    case 'rescue':
      return job.state === 'executing' ? explainAttended({ ...job }, alive, rescueAfterMinutes) : `It is ${job.state}.`
  }
}

export const discardExecuting = 'Oban records a job stopped while running as cancelled; cancel it instead.'

/** Returns the new states by id. Jobs that would violate a unique index are left out and not changed. */
async function change(tables: ObanTables, action: JobAction, ids: string[], tx: SqlExecutor): Promise<Map<string, string>> {
  if (!ids.length) return new Map()
  try {
    const { rows } = await inSavepoint(tx, () =>
      tx.executeSql(
        `update ${tables.jobs} set ${changes[action].replaceAll('STATE', tables.stateType)}
         where id = any($1::bigint[]) returning id::text as id, state::text as state`,
        [ids],
      ),
    )
    return new Map(rows.map((row) => [String(row.id), String(row.state)]))
  } catch (error) {
    if (codeOf(error) !== sqlState.uniqueViolation) throw error
    if (ids.length === 1) return new Map()
    const middle = Math.ceil(ids.length / 2)
    const first = await change(tables, action, ids.slice(0, middle), tx)
    return new Map([...first, ...(await change(tables, action, ids.slice(middle), tx))])
  }
}

async function signalProducers(tables: ObanTables, action: JobAction, jobs: LockedJob[], done: Map<string, string>, tx: SqlExecutor): Promise<void> {
  if (action === 'cancel') {
    await stopRunning(tables, tx, jobs.filter(({ id, state }) => state === 'executing' && done.has(id)).map(({ id }) => id))
  } else {
    await announce(tables, tx, jobs.filter(({ id }) => done.get(id) === 'available').map(({ queue }) => queue))
  }
}

const refOf = ({ id, queue }: SeenJob) => ({ id, queue })
