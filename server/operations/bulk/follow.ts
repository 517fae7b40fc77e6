import { sql } from 'kysely'
import { query } from '../../db/database.ts'
import type { Kit } from '../../kit.ts'
import { idle } from '../../repeat.ts'
import { countFates, followedUntil, hasEnded, letterOf, untouched } from './fate.ts'
import { publishRun } from './rights.ts'
import type { BatchJob, BulkRunRow, PlacedOutcome, StoredFate } from './rows.ts'

/** A process that dies meanwhile delays the next reading by this. */
const leaseSeconds = 120
/** For how many times its own duration a reading rests, so that following never takes more than a twentieth of the time. */
const restFactor = 20

/**
 * Reads what has become of the jobs of ended runs: one run at a time, in chunks of a batch, by id, and only the jobs that had not
 * ended when they were last read. Any number of processes may do it; the database decides which of them reads a run.
 */
export async function followRuns(kit: Kit, stopping: () => boolean = () => false): Promise<void | typeof idle> {
  let followed = false
  while (!stopping()) {
    const run = await claimRun(kit)
    if (!run) return followed ? undefined : idle
    followed = true
    await followRun(kit, run, stopping)
  }
}

async function claimRun({ db, now }: Kit): Promise<BulkRunRow | undefined> {
  const table = db.table('bulk_run')
  const [run] = await query(
    db.em(),
    sql<BulkRunRow>`update ${table} set fate_due_at = ${now()}::timestamptz + make_interval(secs => ${leaseSeconds})
      where id = (select id from ${table} where fate_due_at <= ${now()} order by fate_due_at limit 1 for update skip locked) returning *`,
  )
  return run
}

async function followRun(kit: Kit, run: BulkRunRow, stopping: () => boolean): Promise<void> {
  const { db } = kit
  const startedAt = performance.now()
  const asOf = kit.now()
  const batches = await query(
    db.em(),
    sql<{ number: number; fates: string | null }>`select number, fates from ${db.table('bulk_batch')} where bulk_id = ${run.id} and status = 'done' and eligible > 0 order by number`,
  )
  const letters: string[] = []
  for (const { number, fates } of batches) {
    if (stopping()) return
    const settled = fates !== null && [...fates].every((letter) => letter === untouched || hasEnded(letter))
    letters.push(settled ? fates : await followBatch(kit, run.id, number))
  }
  const fate: StoredFate = { counts: countFates(letters), asOf: asOf.toISOString(), tookMs: Math.round(performance.now() - startedAt) }
  const open = letters.some((each) => [...each].some((letter) => letter !== untouched && !hasEnded(letter)))
  if (!open) fate.settledAt = asOf.toISOString()
  const due = open && asOf < followedUntil(run) ? new Date(asOf.getTime() + restMs(run, fate, asOf)) : null
  await query(db.em(), sql`update ${db.table('bulk_run')} set fate = ${JSON.stringify(fate)}::jsonb, fate_due_at = ${due} where id = ${run.id}`)
  if (JSON.stringify(run.fate?.counts) !== JSON.stringify(fate.counts) || fate.settledAt) publishRun(kit, run, ['bulk'])
}

/** Every other second at first, while somebody may be watching; every few minutes once the run is hours old. */
function restMs(run: BulkRunRow, { tookMs }: StoredFate, asOf: Date): number {
  const ageMs = asOf.getTime() - new Date(run.finished_at ?? run.created_at).getTime()
  return Math.min(300_000, Math.max(2_000, ageMs / 20, tookMs * restFactor))
}

/** The fates of one batch, after reading those of its jobs that have not ended. The engine is asked outside any transaction. */
async function followBatch({ db, engine }: Kit, bulkId: string, number: number): Promise<string> {
  const where = sql`bulk_id = ${bulkId} and number = ${number}`
  const [batch] = await query(db.em(), sql<{ jobs: BatchJob[]; outcomes: PlacedOutcome[] | null; fates: string | null; finished_at: string }>`select jobs, outcomes, fates, finished_at::text from ${db.table('bulk_batch')} where ${where}`)
  if (!batch) return ''
  const { jobs, outcomes, fates } = batch
  const changedAt = new Date(batch.finished_at)
  const changed = jobs.map((_job, place) => outcomes?.[place]?.[0] === 'done')
  const asked = jobs.filter((_job, place) => changed[place] && !hasEnded(fates?.[place] ?? ''))
  const found = new Map((asked.length ? await engine.find(asked.map(({ id, queue }) => ({ id, queue }))) : []).map((job) => [job.id, job]))
  const next = jobs.map(({ id }, place) => (!changed[place] ? untouched : hasEnded(fates?.[place] ?? '') ? fates![place]! : letterOf(found.get(id), changedAt))).join('')
  if (next !== fates) await query(db.em(), sql`update ${db.table('bulk_batch')} set fates = ${next} where ${where}`)
  return next
}
