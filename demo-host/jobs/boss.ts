import { PgBoss } from 'pg-boss'
import type { Pool } from 'pg'

export const bossSchema = 'pgboss'

/** The shop's job engine, on the shop's own connections. Errors of its loops are reported; it goes on by itself. */
export function createBoss(sql: Pool): PgBoss {
  const boss = new PgBoss({
    db: { executeSql: (text, values) => sql.query(text, values) },
    schema: bossSchema,
    schedule: false,
    superviseIntervalSeconds: 30,
    monitorIntervalSeconds: 30,
  })
  boss.on('error', reportEveryMinute())
  return boss
}

const running = new WeakSet<PgBoss>()

export async function startBoss(boss: PgBoss): Promise<void> {
  await boss.start()
  running.add(boss)
}

/** Waits for running jobs, which end early by themselves when the shop closes. */
export async function stopBoss(boss: PgBoss): Promise<void> {
  running.delete(boss)
  await boss.stop({ graceful: true, timeout: 5000 })
}

/** pg-boss enqueues only while it is started. The command line has no workers, so it starts it for that moment. */
export function openedOnUse(boss: PgBoss): Pick<PgBoss, 'send' | 'cancel' | 'getDb' | 'schemaVersion'> {
  const opened = async <Answer>(call: () => Promise<Answer>): Promise<Answer> => {
    if (running.has(boss)) return call()
    await boss.start()
    try {
      return await call()
    } finally {
      await boss.stop({ graceful: false })
    }
  }
  return {
    send: (...request: unknown[]) => opened(() => (boss.send as (...request: unknown[]) => Promise<string | null>).apply(boss, request)),
    cancel: (name, ids, options) => opened(() => boss.cancel(name, ids, options)),
    getDb: () => boss.getDb(),
    schemaVersion: () => boss.schemaVersion(),
  }
}

/** A database that is gone makes every loop fail every second; one line a minute says the same. */
function reportEveryMinute(): (error: Error) => void {
  let silentUntil = 0
  return (error) => {
    if (Date.now() < silentUntil) return
    silentUntil = Date.now() + 60_000
    console.error(`pg-boss: ${error.message}`)
  }
}
