import { sql } from 'kysely'
import { formatCount } from '../../schemas/index.ts'
import { type Em, query } from '../db/database.ts'
import type { ErrorSilence } from '../db/entities.ts'
import type { Kit } from '../kit.ts'

/** How a silence ends by itself; undefined: it goes on. Pure. */
export function endOfSilence({ until, untilRate, untilCount, countBefore }: ErrorSilence, { count, perMinute, now }: { count: number; perMinute: number; now: Date }): string | undefined {
  if (until !== undefined && new Date(until) <= now) return 'its time is over'
  if (untilRate !== undefined && perMinute > untilRate) return `more than ${formatCount(untilRate)} failed per minute`
  if (untilCount !== undefined && count - countBefore > untilCount) return `more than ${formatCount(untilCount)} have failed since`
  return undefined
}

const rateMinutes = 5

/** Notes the end in the group, so that a silence that has ended by its rate does not begin again when the rate falls. */
export async function endSilences(kit: Kit, em: Em, end: Date): Promise<void> {
  const { db } = kit
  const rows = await query(
    em,
    sql<{ fingerprint: string; silence: ErrorSilence; count: string; recent: number }>`
      select fingerprint, silence, count::text, coalesce((select sum(m.count) from ${db.table('error_minute')} m
        where m.fingerprint = g.fingerprint and m.minute >= ${end}::timestamptz - make_interval(mins => ${rateMinutes}) and m.minute < ${end}), 0)::int as recent
      from ${db.table('error_group')} g where silence is not null and not silence ? 'ended' for update of g`,
  )
  for (const { fingerprint, silence, count, recent } of rows) {
    const why = endOfSilence(silence, { count: Number(count), perMinute: recent / rateMinutes, now: kit.now() })
    if (why === undefined) continue
    const ended: ErrorSilence = { ...silence, ended: { at: kit.now().toISOString(), why } }
    await query(em, sql`update ${db.table('error_group')} set silence = ${JSON.stringify(ended)}::jsonb where fingerprint = ${fingerprint}`)
  }
}
