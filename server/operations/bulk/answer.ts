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

/** How long a request waits for its one batch; after that the response says that the run continues in the background. */
const timeoutMs = 4_500

/**
 * A run of one batch is executed while the request waits, and its event is the response; larger runs continue in the background.
 * So does a single batch that fails: it was confirmed and will be retried.
 */
export async function answerForRun(scope: ActingScope, bulkId: string): Promise<ExecutedOrBulk> {
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
    const result = await runWithTimeout(kit, bulkId, until)
    if (result === 'failed' || result === 'away' || result === 'late') return { bulk: showRun(await getRun({ ...scope, em: kit.db.em() }, bulkId), scope) }
    // Another process may have claimed the batch; then all we can do is wait for it.
    if (result === 'idle') await wait(50)
  }
}

/** If the batch takes too long, it continues in the background. */
async function runWithTimeout(kit: Kit, bulkId: string, until: number): Promise<Awaited<ReturnType<typeof runBatch>> | 'late'> {
  const running = runBatch(kit, bulkId)
  const result = await Promise.race([running, wait(Math.max(0, until - Date.now()), 'late' as const, { ref: false })])
  if (result === 'late') kit.runInBackground(running.catch((error: unknown) => kit.log.warn('a batch of a bulk run failed', { bulk: bulkId, ...describeFailure(error) })))
  return result
}
