import type { SqlExecutor } from '../engine.ts'
import type { ObanTables } from './table.ts'

/** Signals that Oban's producers listen for, as plain JSON like that of Oban's own triggers, which every version reads. */
export type Signal =
  | { action: 'pause' | 'resume'; queue: string; ident: 'any' }
  | { action: 'scale'; queue: string; limit: number; ident: 'any' }

/** Delivered when the transaction commits, and only to producers that are running at that moment. */
export async function sendSignal(tables: ObanTables, db: SqlExecutor, signal: Signal): Promise<void> {
  await db.executeSql('select pg_notify($1, $2)', [`${tables.schema}.oban_signal`, JSON.stringify(signal)])
}

/** Stops running jobs. The database serializes the ids, so that large ones remain exact. */
export async function stopRunning(tables: ObanTables, db: SqlExecutor, ids: string[]): Promise<void> {
  if (!ids.length) return
  await db.executeSql(
    `select pg_notify($1, json_build_object('action', 'pkill', 'job_id', id)::text) from unnest($2::bigint[]) id`,
    [`${tables.schema}.oban_signal`, ids],
  )
}

/** Makes producers fetch at once instead of at their next poll. */
export async function announce(tables: ObanTables, db: SqlExecutor, queues: Iterable<string>): Promise<void> {
  const names = [...new Set(queues)]
  if (!names.length) return
  await db.executeSql(`select pg_notify($1, json_build_object('queue', queue)::text) from unnest($2::text[]) queue`, [
    `${tables.schema}.oban_insert`,
    names,
  ])
}
