import { Command } from 'commander'
import { type Database, openDatabase } from '../db/database.ts'
import { loadOptions } from './config.ts'
import { CliError } from './explain.ts'
import { print, printJson, printTable } from './print.ts'

export function migrateCommand(): Command {
  const migrate = new Command('migrate').description('the database migrations of Ops Powertools')
  migrate
    .command('up')
    .description('apply pending migrations; safe to run from several processes at once')
    .option('--json', 'print the names of the applied migrations as JSON')
    .action((options: { json?: boolean }, command: Command) => withDatabase(command, (db) => migrateUp(db, options)))
  migrate
    .command('status')
    .description('which migrations are applied, and which are pending')
    .option('--json', 'as JSON')
    .action((options: { json?: boolean }, command: Command) => withDatabase(command, (db) => showStatus(db, options)))
  return migrate
}

/** Needs only the database; the engine need not be reachable. */
async function withDatabase(command: Command, work: (db: Database) => Promise<void>): Promise<void> {
  const { database } = await loadOptions(command)
  if (typeof database?.url !== 'string') throw new CliError("The options have no 'database.url'; expected postgres://….")
  const db = await openDatabase(database)
  try {
    await work(db)
  } finally {
    await db.close()
  }
}

async function migrateUp(db: Database, { json }: { json?: boolean }): Promise<void> {
  const applied = await db.migrate()
  if (json) return printJson({ schema: db.schema, applied })
  if (!applied.length) return print(`Schema ${db.schema} is up to date.`)
  print(`Applied to schema ${db.schema}: ${applied.join(', ')}.`)
}

async function showStatus(db: Database, { json }: { json?: boolean }): Promise<void> {
  const pending = new Set(await db.pendingMigrations())
  const rows = db.migrationNames.map((name) => ({ name, state: pending.has(name) ? 'pending' : 'applied' }))
  if (json) return printJson({ schema: db.schema, migrations: rows })
  printTable(['migration', 'state'], rows.map(({ name, state }) => [name, state]))
  print(pending.size ? `${pending.size} pending; apply with 'ops-powertools migrate up'.` : `Schema ${db.schema} is up to date.`)
}
