import { sql } from 'kysely'
import type { Readiness } from '../../schemas/index.ts'
import { query } from '../db/database.ts'
import { OpsError } from '../error.ts'
import type { Kit } from '../kit.ts'
import { withTimeout } from '../timeout.ts'

/** A balancer wants an answer; what has said nothing by then is not ready. */
const maxWaitMs = 3_000

export function getHealthReport({ version }: Kit): { ok: boolean; version: string } {
  return { ok: true, version }
}

/** Anyone may ask, so nothing is told but whether each part answers. */
export async function getReadinessReport(kit: Kit): Promise<Readiness> {
  const [database, engine] = await Promise.all([inTime(databaseAnswers(kit)), inTime(engineAnswers(kit))])
  const checks = [
    { name: 'database', ok: database },
    { name: 'engine', ok: engine },
  ]
  return { ok: checks.every((check) => check.ok), checks }
}

async function inTime(answers: Promise<boolean>): Promise<boolean> {
  try {
    return await withTimeout(answers, maxWaitMs, () => new OpsError('unavailable', `No answer within ${maxWaitMs} ms.`))
  } catch {
    return false
  }
}

async function databaseAnswers({ db }: Kit): Promise<boolean> {
  await query(db.em(), sql`select 1 from ${db.table('migration')} limit 1`)
  return true
}

async function engineAnswers({ engine }: Kit): Promise<boolean> {
  return (await engine.check()).ok
}
