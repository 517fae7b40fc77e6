import type { Pool } from 'pg'
import { uuidv7 } from '../../server/uuid.ts'

/** The two statements any implementation needs: the same rows in the same tables with the same indexes, and nothing else. */
export async function bareTransaction(pool: Pool, lane: number, turn: number): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    await client.query('update ops.cron_entry set paused_at = $1, version = version + 1, updated_at = now() where name = $2', [
      turn % 2 ? null : new Date(),
      `bench_${lane}`,
    ])
    await client.query(
      `insert into ops.audit_event (id, action, event_type, outcome, actor_id, actor_type, actor_label, subject_type, subject_id,
         reason, before, after, source, request_id, metadata)
       values ($1, 'bare', 'bare', 'succeeded', 'bench', 'user', 'bench', 'cron_entry', $2, 'a reason of usual length', $3, $4, 'api', $5, '{}')`,
      [uuidv7(), `bench_${lane}`, '{"pausedAt":null}', '{"pausedAt":"2026-01-01T00:00:00.000Z"}', crypto.randomUUID()],
    )
    await client.query('commit')
  } finally {
    client.release()
  }
}
