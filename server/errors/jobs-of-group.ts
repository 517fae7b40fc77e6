import { sql } from 'kysely'
import { query } from '../db/database.ts'
import { ErrorGroup, type ErrorGroupRow } from '../db/entities.ts'
import type { EngineFailure, EngineJob } from '../engines/engine.ts'
import type { FindJobSet, Kit } from '../kit.ts'
import type { Scope } from '../operations/scope.ts'
import { fingerprintOf, fingerprintOfWorker } from './fingerprint.ts'
import { placeOf } from './record.ts'
import { maySeeGroup } from './visible.ts'

type JobWithError = Pick<EngineJob, 'queue' | 'worker' | 'error' | 'errorName' | 'errorStack'>

/**
 * The jobs whose last error belongs to a group. No engine can judge that by itself: it narrows the search by queue and worker, and
 * each job that it finds is judged by its error.
 */
export const findJobsOfGroup: FindJobSet = async (scope, fingerprint) => {
  const { kit, em } = scope
  const row = (await em.findOne(ErrorGroup, { fingerprint })) as ErrorGroupRow | null
  if (!row || !(await maySeeGroup(scope, row))) return undefined
  const { queue, worker } = row
  const others = row.grouping === 'worker' ? await listOtherGroups(scope, row) : undefined
  return {
    filter: { queue, ...(kit.engine.lacks.filter_worker === undefined && row.grouping !== 'host' && { worker }) },
    keep: (job) => belongsTo(kit, job, row, others),
  }
}

/** The group of a job's last error; undefined if it has none. Costs no query: the group need not exist. */
export function errorGroupOfJob(kit: Pick<Kit, 'errors' | 'log'>, job: JobWithError): string | undefined {
  return job.error === undefined ? undefined : groupOf(kit, job).fingerprint
}

/** The groups that a job's last error can belong to. */
export interface GroupsOfJob {
  fingerprint: string
  /** The one for all errors of its class, if its worker has too many others. */
  ofWorker: string
}

export function groupsOfJob(kit: Pick<Kit, 'errors' | 'log'>, job: JobWithError): GroupsOfJob {
  const group = groupOf(kit, job)
  return { fingerprint: group.fingerprint, ofWorker: fingerprintOfWorker(group, placeOf(job)).fingerprint }
}

/** Which of the groups each of the jobs belongs to, by the same rule as `findJobsOfGroup`; an error that has not been read yet begins a group of its own. */
export async function resolveGroups({ kit: { db }, em }: Pick<Scope, 'kit' | 'em'>, all: readonly GroupsOfJob[]): Promise<(of: GroupsOfJob) => string> {
  const wanted = [...new Set(all.flatMap(({ fingerprint, ofWorker }) => [fingerprint, ofWorker]))]
  const rows = await query(em, sql<{ fingerprint: string }>`select fingerprint from ${db.table('error_group')} where fingerprint = any(${wanted}::text[])`)
  const known = new Set(rows.map((row) => row.fingerprint))
  return ({ fingerprint, ofWorker }) => (!known.has(fingerprint) && known.has(ofWorker) ? ofWorker : fingerprint)
}

function groupOf({ errors, log }: Pick<Kit, 'errors' | 'log'>, job: JobWithError) {
  return fingerprintOf(errorOf(job), placeOf(job), errors, log)
}

function errorOf({ error, errorName, errorStack }: Pick<EngineJob, 'error' | 'errorName' | 'errorStack'>): EngineFailure['error'] {
  return { text: error ?? '', name: errorName, stack: errorStack }
}

function belongsTo(kit: Kit, job: EngineJob, { fingerprint, grouping }: ErrorGroupRow, others: ReadonlySet<string> | undefined): boolean {
  if (job.error === undefined) return false
  const group = groupOf(kit, job)
  if (grouping !== 'worker') return group.fingerprint === fingerprint
  return fingerprintOfWorker(group, placeOf(job)).fingerprint === fingerprint && !others!.has(group.fingerprint)
}

/** What could be grouped before there were too many groups is in them. */
async function listOtherGroups({ kit: { db }, em }: Parameters<FindJobSet>[0], { queue, worker }: ErrorGroupRow): Promise<ReadonlySet<string>> {
  const rows = await query(em, sql<{ fingerprint: string }>`select fingerprint from ${db.table('error_group')} where queue = ${queue} and worker = ${worker}`)
  return new Set(rows.map((row) => row.fingerprint))
}
