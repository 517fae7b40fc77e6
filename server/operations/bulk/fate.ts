import { sql } from 'kysely'
import { z } from 'zod'
import type { BulkFate, BulkRun, JobState } from '../../../schemas/index.ts'
import { query } from '../../db/database.ts'
import type { FoundJob, JobAction } from '../../engines/engine.ts'
import type { FindJobSet, Kit } from '../../kit.ts'
import { maySeeRun } from './rights.ts'
import type { BatchJob, BulkRunRow } from './rows.ts'

/** What became of the jobs of a run since. It is read from the engine, and kept apart from what is on record. */

/** Whether the jobs of a run are meant to run again. */
export function isFollowed({ operations }: Kit, { action }: Pick<BulkRunRow, 'action'>): boolean {
  const followed: readonly (JobAction | undefined)[] = ['retry', 'restore', 'rescue']
  return followed.includes(operations[action]?.jobAction)
}

const followedHours = 24

export function followedUntil({ finished_at, created_at }: Pick<BulkRunRow, 'finished_at' | 'created_at'>): Date {
  return new Date(new Date(finished_at ?? created_at).getTime() + followedHours * 3_600_000)
}

/** One letter for each job of a batch, in their order; a dash for a job that the run did not change. Capitals have ended. */
const letters: Record<BulkFate, string> = { completed: 'C', failed: 'F', cancelled: 'X', gone: 'G', retrying: 'r', running: 'e', waiting: 'w' }
const fates = new Map(Object.entries(letters).map(([fate, letter]) => [letter, fate as BulkFate]))

const byState: Record<JobState, BulkFate> = {
  completed: 'completed',
  discarded: 'failed',
  cancelled: 'cancelled',
  retryable: 'retrying',
  executing: 'running',
  available: 'waiting',
  scheduled: 'waiting',
}

export const untouched = '-'

/** A job that an engine leaves `retryable` has not failed again before it has started again. */
export function letterOf(job: Pick<FoundJob, 'state' | 'startedAt'> | undefined, changedAt: Date): string {
  if (!job) return letters.gone
  const started = job.startedAt !== undefined && job.startedAt >= changedAt
  return letters[job.state === 'retryable' && !started ? 'waiting' : byState[job.state]]
}

/** The first end of a job counts: what others do with it later belongs to their deeds. */
export function hasEnded(letter: string): boolean {
  return letter >= 'A' && letter <= 'Z'
}

export function countFates(all: readonly string[]): Partial<Record<BulkFate, number>> {
  const counts: Partial<Record<BulkFate, number>> = {}
  for (const letter of all.join('')) {
    const fate = fates.get(letter)
    if (fate) counts[fate] = (counts[fate] ?? 0) + 1
  }
  return counts
}

export function showFate(kit: Kit, run: BulkRunRow): BulkRun['fate'] {
  if (!run.fate) return undefined
  const { counts, asOf, settledAt } = run.fate
  const gone = counts.gone ? (kit.engine.lacks.finished_jobs ?? (kit.engine.capabilities.keepsFinishedJobs ? undefined : `${kit.engine.name} does not keep finished jobs.`)) : undefined
  return { counts, asOf, settledAt, until: followedUntil(run).toISOString(), gone }
}

/** A list cannot have more ids. */
const maxFailed = 10_000

/** The jobs of a run that failed for good again, for the filter of that name. */
export const findFailedAgain: FindJobSet = async ({ kit: { db }, em, viewer }, id) => {
  if (!z.uuid().safeParse(id).success) return undefined
  const [run] = await query(em, sql<Pick<BulkRunRow, 'id' | 'actor' | 'queues'>>`select id, actor, queues from ${db.table('bulk_run')} where id = ${id} and status <> 'previewed'`)
  if (!run || !(await maySeeRun({ viewer }, run))) return undefined
  const ids: string[] = []
  for (let number = -1; ids.length < maxFailed; ) {
    const [batch] = await query(
      em,
      sql<{ number: number; fates: string; jobs: BatchJob[] }>`select number, fates, jobs from ${db.table('bulk_batch')}
        where bulk_id = ${id} and number > ${number} and fates like ${`%${letters.failed}%`} order by number limit 1`,
    )
    if (!batch) break
    number = batch.number
    ids.push(...batch.jobs.filter((_job, place) => batch.fates[place] === letters.failed).map((job) => job.id))
  }
  return { ids: ids.slice(0, maxFailed) }
}
