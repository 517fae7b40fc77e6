import { sql } from 'kysely'
import { query } from '../../db/database.ts'
import type { Kit } from '../../kit.ts'
import { canListen, describeDeafness } from '../../live/proof.ts'
import { error, type Finding, ok, warning } from './finding.ts'

/** Whether what one process changes reaches the pages of another, and whether a pooler drops the limits of statements. */
export async function checkConnections(kit: Kit): Promise<Finding[]> {
  const { db } = kit
  if (!(await canListen(db))) return [error('live updates', describeDeafness(db))]
  if (!db.pooled) return [ok('live updates', 'LISTEN works through database.url')]
  return [ok('live updates', 'LISTEN works through database.listenUrl'), await checkLimits(kit)]
}

/** Transactions set their own limits; single statements can only inherit those of the user. */
async function checkLimits({ db }: Kit): Promise<Finding> {
  const [limits] = await query(
    db.em(),
    sql<{ user: string; statement: string; lock: string }>`
      select current_user as user, current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock`,
  )
  const { user, statement, lock } = limits!
  if (statement !== '0' && lock !== '0') return ok('limits', `statements end after ${statement}, waits for locks after ${lock}`)
  return warning(
    'limits',
    'through the pooler, single statements have no limit on the server, and end only after 20 s on our side',
    `Run: alter role ${user} set statement_timeout = '15s'; alter role ${user} set lock_timeout = '1500ms'; then reconnect the pooler.`,
  )
}
