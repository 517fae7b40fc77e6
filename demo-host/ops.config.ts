import type { OpsOptions } from 'ops-powertools'
import { pgBossDashboard } from 'ops-powertools/bridges/pg-boss'
import { pgBoss } from 'ops-powertools/engines/pg-boss'
import { databaseUrl, openPool } from './database.ts'
import { shopAuth } from './host/auth.ts'
import { cron } from './host/cron.ts'
import { displayPolicy } from './host/display-policy.ts'
import { followUps } from './host/follow-ups.ts'
import type { Person } from './host/people.ts'
import { Sessions } from './host/sessions.ts'
import { bossSchema, createBoss, openedOnUse } from './jobs/boss.ts'

const url = databaseUrl()

/** The shop's own connections, sessions and job engine, which its server shares with the options below. */
export const sql = openPool(url)
export const sessions = new Sessions(sql)
export const boss = createBoss(sql)

/** Everything the shop decides about its operations layer; its server and the command line both read it. */
const options: OpsOptions<Person> = {
  database: { url },
  auth: shopAuth(sessions),
  displayPolicy,
  engine: pgBoss(openedOnUse(boss), { sharesDatabase: true }),
  bridges: [pgBossDashboard({ databaseUrl: url, schema: bossSchema })],
  escalation: followUps(sql),
  cron,
}

export default options
