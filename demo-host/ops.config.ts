import type { OpsOptions } from 'ops-powertools'
import { databaseUrl, openPool } from './database.ts'
import { chosenEngine, loadEngine, opsSchema } from './engines/index.ts'
import { shopAuth } from './host/auth.ts'
import { cron } from './host/cron.ts'
import { displayPolicy } from './host/display-policy.ts'
import { onCall } from './host/on-call.ts'
import type { Person } from './host/people.ts'
import { runbooks } from './host/runbooks.ts'
import { Sessions } from './host/sessions.ts'
import { impatience } from './trouble/jobs.ts'
import { troubled } from './trouble/mode.ts'

const url = databaseUrl()
const engineName = chosenEngine()

/** The shop's own connections, sessions and job engine, shared by its server and the options below. */
export const sql = openPool(url)
export const sessions = new Sessions(sql)
export const shopEngine = (await loadEngine(engineName))({ url, sql, opsSchema: opsSchema(engineName) })

/** The shop's options for its operations layer, read by both its server and the command line. */
const options: OpsOptions<Person> = {
  database: { url, schema: opsSchema(engineName) },
  auth: shopAuth(sessions),
  displayPolicy,
  engine: shopEngine.engine,
  bridges: shopEngine.bridges,
  escalation: onCall(sql, process.env.SHOP_URL ?? 'http://127.0.0.1:4000'),
  cron,
  runbooks,
  ...(troubled && { detector: impatience }),
}

export default options
