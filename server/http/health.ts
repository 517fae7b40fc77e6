import { sql } from 'kysely'
import type { Readiness } from '../../schemas/index.ts'
import { query } from '../db/database.ts'
import type { Kit } from '../kit.ts'

export function getHealthReport({ version }: Kit): { ok: boolean; version: string } {
  return { ok: true, version }
}

/** Anyone may ask, so nothing is told but whether each part answers. */
export async function getReadinessReport(kit: Kit): Promise<Readiness> {
  const [database, engine] = await Promise.all([databaseAnswers(kit), kit.engine.check()])
  const checks = [
    { name: 'database', ok: database },
    { name: 'engine', ok: engine.ok },
  ]
  return { ok: checks.every((check) => check.ok), checks }
}

async function databaseAnswers({ db }: Kit): Promise<boolean> {
  try {
    await query(db.em(), sql`select 1 from ${db.table('migration')} limit 1`)
    return true
  } catch {
    return false
  }
}
