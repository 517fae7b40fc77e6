import { Client } from 'pg'
import { PgBoss } from 'pg-boss'
import type { Cluster } from '../../demo-host/postgres/cluster.ts'
import { openDatabase } from '../../server/db/database.ts'

/** The database that tests' databases are copied from: our migrations and pg-boss's own tables. */
export const templateName = 'ops_template'

export async function prepareTemplate(cluster: Cluster): Promise<void> {
  await runSql(cluster.url, `create database ${templateName}`)
  const url = cluster.urlOf(templateName)
  const database = await openDatabase({ url })
  await database.migrate()
  await database.close()
  const boss = new PgBoss({ connectionString: url, supervise: false, schedule: false })
  await boss.start()
  await boss.stop({ graceful: false })
}

/** One statement on a connection of its own. */
export async function runSql(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
