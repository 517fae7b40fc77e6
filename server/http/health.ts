import { sql } from 'kysely'
import type { Readiness } from '../../schemas/index.ts'
import { query } from '../db/database.ts'
import type { Kit } from '../kit.ts'
import { withTimeout } from '../timeout.ts'

type Check = Readiness['checks'][number]

/** A load balancer must learn soon that a dependency hangs. */
const checkTimeoutMs = 3_000

const faultDetails = {
  read_only: 'The database is read-only: reads still work, but nothing can be changed.',
  no_room: 'The database is out of disk space or memory: reads still work, but nothing can be changed.',
} as const

export function getHealthReport({ version }: Kit): { ok: boolean; version: string } {
  return { ok: true, version }
}

/** Public, so it reveals only whether each dependency works and, in general terms, why not. */
export async function getReadinessReport(kit: Kit): Promise<Readiness> {
  const checks = await Promise.all([check('database', checkDatabase(kit)), check('engine', checkEngine(kit))])
  return { ok: checks.every(({ ok }) => ok), checks }
}

async function check(name: string, answer: Promise<Omit<Check, 'name'>>): Promise<Check> {
  try {
    return { name, ...(await withTimeout(answer, checkTimeoutMs, () => new Error(`The ${name} did not respond in time.`))) }
  } catch {
    return { name, ok: false }
  }
}

async function checkDatabase({ db }: Kit): Promise<Omit<Check, 'name'>> {
  const [fault] = await Promise.all([db.findFault(), query(db.em(), sql`select 1 from ${db.table('migration')} limit 1`)])
  return fault ? { ok: false, detail: faultDetails[fault] } : { ok: true }
}

async function checkEngine({ engine }: Kit): Promise<Omit<Check, 'name'>> {
  return { ok: (await engine.check()).ok }
}
