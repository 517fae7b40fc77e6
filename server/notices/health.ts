import { sql } from 'kysely'
import { query } from '../db/database.ts'
import type { Kit } from '../kit.ts'

export interface NoticeHealth {
  /** Overdue notices that have not been sent, and since when the oldest has been due. */
  overdue: number
  oldest: string | null
  /** Notices of the last day that the host's handler failed to accept. */
  failed: number
}

const lateMinutes = 5

/** For `doctor`. */
export async function readNoticeHealth({ db }: Kit): Promise<NoticeHealth> {
  const [row] = await query(
    db.em(),
    sql<NoticeHealth>`
      select count(*)::int as overdue, min(next_at)::text as oldest,
        (select count(*)::int from ${db.table('notice')} where outcome = 'failed' and settled_at > now() - interval '1 day') as failed
      from ${db.table('notice_thread')} where next_at < now() - make_interval(mins => ${lateMinutes})`,
  )
  return row!
}
