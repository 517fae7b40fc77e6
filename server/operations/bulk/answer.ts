import { sql } from 'kysely'
import { setTimeout as wait } from 'node:timers/promises'
import type { ExecutedOrBulk } from '../../../schemas/index.ts'
import { query } from '../../db/database.ts'
import { describeFailure } from '../../describe-failure.ts'
import type { Kit } from '../../kit.ts'
import { type EventRow, showExecuted } from '../event.ts'
import type { ActingScope } from '../scope.ts'
import { getRun } from './read.ts'
import { publishRun } from './rights.ts'
import { inBackground } from './rows.ts'
import { runBatch } from './runner.ts'
import { showRun } from './show.ts'

/** A request waits this long for its one batch, and is then told that it goes on in the background. */
const timeoutMs = 4_500

/**
 * One batch is done while the request waits, and its event is the answer; more goes on behind it. So does one batch that
 * fails: it was confirmed, and will be tried again.
 */
export async function answerOfRun(scope: ActingScope, bulkId: string): Promise<ExecutedOrBulk> {
  const { kit, viewer } = scope
  publishRun(kit, await getRun({ ...scope, em: kit.db.em() }, bulkId))
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
    const how = await runInTime(kit, bulkId, until)
    if (how === 'failed' || how === 'away' || how === 'late') return { bulk: showRun(await getRun({ ...scope, em: kit.db.em() }, bulkId), scope) }
    // Another process may have taken the batch; then there is nothing to do but to wait for it.
    if (how === 'idle') await wait(50)
  }
}

/** The batch goes on behind an answer that cannot wait for it. */
async function runInTime(kit: Kit, bulkId: string, until: number): Promise<Awaited<ReturnType<typeof runBatch>> | 'late'> {
  const running = runBatch(kit, bulkId)
  const ended = await Promise.race([running, wait(Math.max(0, until - Date.now()), 'late' as const, { ref: false })])
  if (ended === 'late') kit.runInBackground(running.catch((error: unknown) => kit.log.warn('a batch of a bulk run failed', { bulk: bulkId, ...describeFailure(error) })))
  return ended
}
