import { sql } from 'kysely'
import { query } from '../../db/database.ts'
import type { Kit } from '../../kit.ts'
import { error, failed, type Finding, ok, warning } from './finding.ts'

const oldestPostgres = 140_000
const maxSkewSeconds = 5

/** `usable` means that the tables exist, so that the other checks make sense. */
export async function checkDatabase(kit: Kit): Promise<{ findings: Finding[]; usable: boolean }> {
  try {
    const findings = [await checkServer(kit), await checkClock(kit)]
    const schema = await checkSchema(kit)
    return { findings: [...findings, schema], usable: schema.status !== 'error' }
  } catch (thrown) {
    return { findings: [failed('database', thrown)], usable: false }
  }
}

async function checkServer({ db }: Kit): Promise<Finding> {
  const [server] = await query(
    db.em(),
    sql<{ name: string; version: string; number: number }>`
      select current_database() as name, current_setting('server_version') as version, current_setting('server_version_num')::int as number`,
  )
  const message = `connected to PostgreSQL ${server!.version}, database ${server!.name}`
  return server!.number < oldestPostgres ? warning('database', message, 'Expected PostgreSQL 14 or newer.') : ok('database', message)
}

/** Slots are due and evidence is stamped by the database's clock; pages compare these times with the process's own. */
async function checkClock({ db }: Kit): Promise<Finding> {
  const sentAt = Date.now()
  const [row] = await query(db.em(), sql<{ ms: number }>`select extract(epoch from clock_timestamp())::float8 * 1000 as ms`)
  const skew = Math.abs(Number(row!.ms) - (sentAt + Date.now()) / 2) / 1000
  const message = `the clock of this machine and the database's are ${skew.toFixed(1)} s apart`
  return skew > maxSkewSeconds ? warning('clock', message, 'Synchronise both with a time server.') : ok('clock', message)
}

async function checkSchema({ db }: Kit): Promise<Finding> {
  const pending = await db.pendingMigrations()
  const hint = "Run 'ops-powertools migrate up'."
  if (pending.length === db.migrationNames.length) return error('schema', `schema ${db.schema} has no tables yet`, hint)
  if (pending.length) return error('schema', `schema ${db.schema} lacks ${pending.join(', ')}`, hint)
  const applied = await query(db.em(), sql<{ name: string }>`select name from ${db.table('migration')} order by name`)
  const unknown = applied.map(({ name }) => name).filter((name) => !db.migrationNames.includes(name))
  if (unknown.length) {
    return warning('schema', `schema ${db.schema} has ${unknown.join(', ')}, which this version does not know`, 'A newer version of this package also uses this database; upgrade all processes.')
  }
  return ok('schema', `schema ${db.schema} is at ${db.migrationNames.at(-1)}, with nothing pending`)
}
