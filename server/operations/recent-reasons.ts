import { sql } from 'kysely'
import { query } from '../db/database.ts'
import { auditEvents, showText } from './event.ts'
import { withTimeout } from '../timeout.ts'
import type { Scope } from './scope.ts'

const maxShown = 3
/** An actor's older events are not searched. */
const maxEvents = 200
/** A preview does not wait longer for them. */
const maxMs = 300

/** The reasons that the actor gave last, the newest first, to be given again. A preview is complete without them, so none are shown if the log cannot be read at once. */
export async function listRecentReasons(scope: Scope): Promise<string[]> {
  return withTimeout(readReasons(scope), maxMs, () => new Error('The audit log did not answer in time.')).catch(() => [])
}

async function readReasons({ kit: { db }, em, viewer }: Scope): Promise<string[]> {
  if (!viewer.principal) return []
  const { type, id } = viewer.principal
  const rows = await query(
    em,
    sql<{ reason: string }>`
      select reason from (
        select reason, actor_type, outcome, occurred_at from ${auditEvents(db)} where actor_id = ${id} order by occurred_at desc, id desc limit ${maxEvents}
      ) latest where reason is not null and actor_type = ${type} and outcome in ('succeeded', 'requested')
      group by reason order by max(occurred_at) desc limit ${maxShown}`,
  )
  return rows.flatMap(({ reason }) => showText('reason', reason, viewer, 'preview') ?? [])
}
