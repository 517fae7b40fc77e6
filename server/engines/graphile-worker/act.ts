import type { JobAction, JobOutcome, SeenJob, SelectedJob, SqlExecutor } from '../engine.ts'
import { type GraphileTables, isJobId, selectedColumns, selectedJob } from './rows.ts'

/** The last error that a discard writes. It contains the number of attempts used, so that a restore can put it back. */
const discarded = (attempts: number) => `Discarded by an operator after ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}.`
const discardedText = /^Discarded by an operator after (\d{1,5}) attempts?\.$/

const lockedByWorker = 'A worker is running it; graphile-worker does not change locked jobs.'

/** Why the action cannot be done to a job in this state. */
export function refusalOf(action: JobAction, { state }: Pick<SelectedJob, 'state'>): string | undefined {
  return state === 'executing' && (action === 'cancel' || action === 'discard') ? lockedByWorker : undefined
}

interface LockedRow extends SelectedJob {
  attempts: number
  maxAttempts: number
  error: string
}

const legal: Record<Exclude<JobAction, 'rescue'>, readonly string[]> = {
  retry: ['retryable', 'discarded'],
  cancel: ['scheduled', 'available', 'retryable'],
  discard: ['scheduled', 'available', 'retryable'],
  restore: ['discarded'],
}

/** Call it inside a transaction: locks the rows, compares versions, and makes the changes with graphile-worker's own functions. */
export async function actOn(tables: GraphileTables, action: JobAction, jobs: SeenJob[], tx: SqlExecutor): Promise<JobOutcome[]> {
  const rows = await lock(tables, jobs.map(({ id }) => id), tx)
  const decided = jobs.map((job): { job: SeenJob; row?: LockedRow; outcome?: JobOutcome } => {
    const row = rows.get(job.id)
    const ref = { id: job.id, queue: job.queue }
    if (!row) return { job, outcome: { ...ref, outcome: 'missing' } }
    if (row.state === 'executing') return { job, outcome: { ...ref, outcome: 'locked', state: 'executing', detail: lockedByWorker } }
    if (row.version !== job.version) return { job, outcome: { ...ref, outcome: 'changed', state: row.state } }
    if (action === 'rescue' || !legal[action].includes(row.state)) return { job, outcome: { ...ref, outcome: 'refused', state: row.state, detail: `It is ${row.state}.` } }
    return { job, row }
  })
  const eligible = decided.flatMap(({ row }) => (row ? [row] : []))
  const done = await change(tables, action, eligible, tx)
  const states = done.size && action !== 'cancel' ? await lock(tables, [...done], tx) : new Map<string, LockedRow>()
  return decided.map(({ job, outcome }): JobOutcome => {
    if (outcome) return outcome
    const ref = { id: job.id, queue: job.queue }
    if (!done.has(job.id)) return { ...ref, outcome: 'locked', detail: lockedByWorker }
    if (action === 'cancel') return { ...ref, outcome: 'done', detail: 'The job was removed: graphile-worker does not keep cancelled jobs.' }
    return { ...ref, outcome: 'done', state: states.get(job.id)?.state }
  })
}

async function lock(tables: GraphileTables, ids: string[], tx: SqlExecutor): Promise<Map<string, LockedRow>> {
  const jobIds = ids.filter(isJobId)
  if (!jobIds.length) return new Map()
  const { rows } = await tx.executeSql(
    `select ${selectedColumns}, j.attempts, j.max_attempts, coalesce(j.last_error, '') as error
     from ${tables.joined()} where j.id = any($1::bigint[]) order by j.id for update of j`,
    [jobIds],
  )
  return new Map(
    rows.map((row) => [String(row.id), { ...selectedJob(row), attempts: Number(row.attempts), maxAttempts: Number(row.max_attempts), error: String(row.error) }]),
  )
}

/** Returns the ids that were changed. The functions take one value for all ids, so jobs are grouped by the value they need. */
async function change(tables: GraphileTables, action: JobAction, rows: LockedRow[], tx: SqlExecutor): Promise<Set<string>> {
  const call = async (invocation: string, values: unknown[]): Promise<string[]> => {
    const answer = await tx.executeSql(`select id::text as id from ${tables.schema}.${invocation}`, values)
    return answer.rows.map(({ id }) => String(id))
  }
  const each = async (groups: Map<number, string[]>, work: (value: number, ids: string[]) => Promise<string[]>) => {
    const done = new Set<string>()
    for (const [value, ids] of groups) for (const id of await work(value, ids)) done.add(id)
    return done
  }
  switch (action) {
    case 'cancel':
      return new Set(rows.length ? await call('complete_jobs($1)', [rows.map(({ id }) => id)]) : [])
    case 'discard':
      return each(grouped(rows, ({ attempts }) => attempts), (attempts, ids) => call('permanently_fail_jobs($1, $2)', [ids, discarded(attempts)]))
    case 'restore':
      return each(grouped(rows, attemptsBefore), (attempts, ids) => call('reschedule_jobs($1, attempts => $2)', [ids, attempts]))
    default:
      // Due now, with one more attempt if all are used up.
      return each(grouped(rows, ({ attempts, maxAttempts }) => Math.min(attempts, maxAttempts - 1)), (attempts, ids) =>
        call('reschedule_jobs($1, run_at => now(), attempts => $2)', [ids, attempts]),
      )
  }
}

/** The attempts noted by the discard; if there is no such note, one attempt is left. */
function attemptsBefore({ error, maxAttempts }: LockedRow): number {
  return Math.min(Number(discardedText.exec(error)?.[1] ?? maxAttempts - 1), maxAttempts - 1)
}

function grouped(rows: LockedRow[], value: (row: LockedRow) => number): Map<number, string[]> {
  const groups = new Map<number, string[]>()
  for (const row of rows) groups.set(value(row), [...(groups.get(value(row)) ?? []), row.id])
  return groups
}
