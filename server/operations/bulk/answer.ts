import { sql } from 'kysely'
import { setTimeout as wait } from 'node:timers/promises'
import type { ExecutedOrBulk } from '../../../schemas/index.ts'
import { query } from '../../db/database.ts'
import { type EventRow, showExecuted } from '../event.ts'
import type { ActingScope } from '../scope.ts'
import { getRun } from './read.ts'
import { inBackground } from './rows.ts'
import { runBatch } from './runner.ts'
import { showRun } from './show.ts'

/** A request waits this long for its one batch; then it goes on in the background all the same. */
const timeoutMs = 20_000

/**
 * One batch is done while the request waits, and its event is the answer; more goes on behind it. So does one batch that
 * fails: it was confirmed, and will be tried again.
 */
export async function answerOfRun(scope: ActingScope, bulkId: string): Promise<ExecutedOrBulk> {
  const { kit, viewer } = scope
  kit.publishHint({ topic: 'audit', about: { type: 'bulk', id: bulkId } })
  kit.publishHint({ topic: 'bulk', subject: { type: 'bulk', id: bulkId } })
  const em = kit.db.em()
  const until = Date.now() + timeoutMs
  for (;;) {
    const run = await getRun({ ...scope, em: kit.db.em() }, bulkId)
    if (inBackground(run)) return { bulk: showRun(run, scope) }
    if (run.status === 'finished') {
      const [row] = await query(em, sql<EventRow>`select * from ${kit.db.table('audit_event')} where id = ${run.event_id}`)
      return showExecuted(row!, viewer)
    }
    if (run.status === 'aborted' || Date.now() > until) return { bulk: showRun(run, scope) }
    const how = await runBatch(kit, bulkId)
    if (how === 'failed' || how === 'away') return { bulk: showRun(await getRun({ ...scope, em: kit.db.em() }, bulkId), scope) }
    // Another process may have taken the batch; then there is nothing to do but to wait for it.
    if (how === 'idle') await wait(50)
  }
}
