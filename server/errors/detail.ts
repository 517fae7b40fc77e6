import type { z } from 'zod'
import type { errorGroupDetail } from '../../schemas/index.ts'
import { sql } from 'kysely'
import { query } from '../db/database.ts'
import { type ErrorExample, ErrorGroup, type ErrorGroupRow } from '../db/entities.ts'
import { OpsError } from '../error.ts'
import { visible } from '../host/visible.ts'
import { showText } from '../operations/event.ts'
import type { Scope } from '../operations/scope.ts'
import { isFrame, isHostFrame } from './parse-error.ts'
import { type ErrorRange, rangeOf } from './range.ts'
import { listShares } from './shares.ts'
import { showGroups } from './show.ts'
import { maySeeGroup } from './visible.ts'

type Detail = z.input<typeof errorGroupDetail>

/** @throws OpsError `not_found`, also if the viewer may not see it */
export async function getErrorGroup(scope: Scope, fingerprint: string, asked: { from?: string; to?: string }): Promise<Detail> {
  const range = rangeOf(asked, scope.now)
  const row = await findVisibleGroup(scope, fingerprint)
  if (!row) throw new OpsError('not_found', `No error group '${fingerprint}' that you may see.`, { values: { type: 'error_group', id: fingerprint } })
  const [[shown], examples, shares] = await Promise.all([
    countInRange(scope, fingerprint, range).then((counted) => showGroups(scope, [{ ...row, ...counted }], range)),
    showExamples(scope, row),
    listShares(scope, row, range),
  ])
  return { ...shown!, ...showSample(scope, row), examples, shares, asOf: scope.now.toISOString() }
}

export async function findVisibleGroup(scope: Scope, fingerprint: string): Promise<ErrorGroupRow | null> {
  const row = (await scope.em.findOne(ErrorGroup, { fingerprint })) as ErrorGroupRow | null
  return row && (await maySeeGroup(scope, row)) ? row : null
}

export async function countInRange({ kit: { db }, em }: Scope, fingerprint: string, { from, to }: ErrorRange): Promise<{ inRange: number; finalInRange: number }> {
  const [row] = await query(
    em,
    sql<{ n: number; finals: number }>`select coalesce(sum(count), 0)::int as n, coalesce(sum(final_count), 0)::int as finals from ${db.table('error_minute')}
      where fingerprint = ${fingerprint} and minute >= ${from} and minute < ${to}`,
  )
  return { inRange: row!.n, finalInRange: row!.finals }
}

/** The display policy sees message and stack as one text, as it would on the page of a job. */
function showSample({ viewer }: Scope, { fingerprint, sample, stack }: ErrorGroupRow): Pick<Detail, 'sample' | 'stack'> {
  const subject = { type: 'error_group', id: fingerprint }
  const message = showText('job_error', sample, viewer, 'view_jobs', subject)
  const trace = showText('job_error', stack ?? sample, viewer, 'view_jobs', subject) ?? ''
  const lines = trace.split(/\r?\n/).map((line) => line.trim()).filter((line) => isFrame(line))
  return { sample: message, stack: lines.map((text) => ({ text, ofHost: isHostFrame(text) })) }
}

/** Each example is authorized as the job that it is. */
async function showExamples({ viewer, kit: { engine } }: Scope, { queue, worker, examples }: ErrorGroupRow): Promise<Detail['examples']> {
  const place = { queue, worker: engine.lacks.filter_worker === undefined ? worker : undefined }
  const seen = await visible(viewer, examples, 'view_jobs', ({ jobId, tags }) => ({ type: 'job', id: jobId, ...place, tags: engine.lacks.filter_tag === undefined ? (tags ?? []) : undefined }))
  return seen.map(({ jobId, at, attempt, final, executor, version }: ErrorExample) => ({ jobId, at, attempt, final, executor, version }))
}
