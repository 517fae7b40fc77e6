import { sql } from 'kysely'
import { formatCount } from '../../schemas/index.ts'
import { type Em, query } from '../db/database.ts'
import type { ErrorGroupRow, ErrorSilence } from '../db/entities.ts'
import type { PublishedHint } from '../db/hint.ts'
import { systemPrincipal } from '../host/viewer.ts'
import type { Kit } from '../kit.ts'
import { hintOfEvent, type NewEvent, writeEvent } from '../operations/event.ts'
import { uuidv7 } from '../uuid.ts'
import { resourceOfGroup } from './visible.ts'

/** A silence for which no time is given ends after this many days. */
export const maxDays = 30

/** How a silence ends by itself; undefined: it goes on. Pure. */
export function endOfSilence({ until, untilRate, untilCount, countBefore }: ErrorSilence, { count, perMinute, now }: { count: number; perMinute: number; now: Date }): string | undefined {
  if (until !== undefined && new Date(until) <= now) return 'its time is over'
  if (untilRate !== undefined && perMinute > untilRate) return `more than ${formatCount(untilRate)} failed per minute`
  if (untilCount !== undefined && count - countBefore > untilCount) return `more than ${formatCount(untilCount)} have failed since`
  return undefined
}

const rateMinutes = 5

/** As evidence shows when a silence ends. */
export function endsIn({ until, untilRate, untilCount }: Pick<ErrorSilence, 'untilRate' | 'untilCount'> & { until?: string }): Record<string, unknown> {
  return {
    silencedUntil: until === undefined ? `${maxDays} days after this` : new Date(until).toISOString(),
    ...(untilRate !== undefined && { orFailuresPerMinuteAbove: untilRate }),
    ...(untilCount !== undefined && { orFurtherFailuresAbove: untilCount }),
  }
}

type Silenced = Pick<ErrorGroupRow, 'fingerprint' | 'queue' | 'worker' | 'tagSets'> & { silence: ErrorSilence }

/**
 * Notes the end in the group, so that a silence that has ended by its rate does not begin again when the rate falls, and records it
 * as the system. Returns the hints to publish after the commit.
 */
export async function endSilences(kit: Kit, em: Em, end: Date): Promise<PublishedHint[]> {
  const { db } = kit
  const rows = await query(
    em,
    sql<Silenced & { count: string; recent: number }>`
      select fingerprint, queue, worker, tag_sets as "tagSets", silence, count::text, coalesce((select sum(m.count) from ${db.table('error_minute')} m
        where m.fingerprint = g.fingerprint and m.minute >= ${end}::timestamptz - make_interval(mins => ${rateMinutes}) and m.minute < ${end}), 0)::int as recent
      from ${db.table('error_group')} g where silence is not null and not silence ? 'ended' order by fingerprint for update of g`,
  )
  const now = kit.now()
  const hints: PublishedHint[] = []
  const requestId = `system-errors-${uuidv7(now.getTime())}`
  for (const group of rows) {
    const { fingerprint, silence, count, recent } = group
    const why = endOfSilence(silence, { count: Number(count), perMinute: recent / rateMinutes, now })
    if (why === undefined) continue
    const ended: ErrorSilence = { ...silence, ended: { at: now.toISOString(), why } }
    await query(em, sql`update ${db.table('error_group')} set silence = ${JSON.stringify(ended)}::jsonb where fingerprint = ${fingerprint}`)
    const event = endEvent(kit, group, why, requestId)
    await writeEvent(db, em, event)
    hints.push(hintOfEvent(event))
  }
  return hints
}

function endEvent({ engine }: Kit, { silence, ...group }: Silenced, endedBy: string, requestId: string): NewEvent {
  const { type, id, ...resource } = resourceOfGroup(engine, group)
  return {
    action: 'end_silence',
    eventType: 'error.silence_ended',
    outcome: 'succeeded',
    actor: systemPrincipal,
    subject: { type, id },
    before: { ...endsIn(silence), silencedBy: silence.by.label },
    after: { silencedUntil: null },
    source: 'system',
    requestId,
    metadata: { resource, endedBy },
  }
}
