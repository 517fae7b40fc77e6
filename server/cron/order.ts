import { type RawBuilder, sql } from 'kysely'
import { z } from 'zod'
import type { CronGroup, CronSort } from '../../schemas/vocabulary.ts'
import { cursorCodec } from '../cursor.ts'
import type { Database } from '../db/database.ts'
import { unknownCursor } from '../engines/cursor.ts'
import { graceMs } from './history.ts'
import { lastDecidedSlot } from './status.ts'

/** One part of the order, never null, ascending. `type`: what its text in a cursor is cast to. */
interface Key {
  value: RawBuilder<unknown>
  type: 'text' | 'int' | 'timestamptz'
}

/** The order of a list as SQL, with the place where a page begins. */
export interface Order {
  /** The keys as text, to be selected as `place`. */
  place: RawBuilder<unknown>
  by: RawBuilder<unknown>
  /** What must be joined for it to the table `entry`. */
  join: RawBuilder<unknown>
  after(place: string[]): RawBuilder<unknown>
}

export interface Sorting {
  sort: CronSort
  group?: CronGroup
}

/** The order that `sorting` asks for. Every order ends with the name, so no two entries have the same place. */
export function orderOf(db: Database, { sort, group }: Sorting, now: Date): Order {
  const keys = [...(group ? [{ value: sql`entry.${sql.ref(group)} collate "C"`, type: 'text' } as const] : []), ...orders[sort](now), ...byName]
  const values = sql.join(keys.map(({ value }) => value))
  return {
    place: sql`array[${sql.join(keys.map(({ value }) => sql`(${value})::text`))}]`,
    by: values,
    join: sort === 'health' ? healthJoin(db, now) : sql``,
    after: (place) => sql`(${values}) > (${sql.join(keys.map(({ type }, index) => sql`${place[index]}::${sql.raw(type)}`))})`,
  }
}

/** `customer_2` before `customer_10`: digits are padded. Must be the expression of the index `cron_entry_natural`. */
const natural = sql`(regexp_replace(regexp_replace(lower(entry.name), '(\\d+)', '00000000000000000000\\1', 'g'), '\\d*(\\d{20})', '\\1', 'g')) collate "C"`

const byName: Key[] = [
  { value: natural, type: 'text' },
  { value: sql`entry.name collate "C"`, type: 'text' },
]

const orders: Record<CronSort, (now: Date) => Key[]> = {
  name: () => [],
  next: () => [
    { value: sql`case when entry.retired_at is not null then 3 when entry.paused_at is not null then 0 when entry.next_slot_at is null then 2 else 1 end`, type: 'int' },
    { value: sql`case when entry.retired_at is null and entry.paused_at is null and entry.next_slot_at is not null then entry.next_slot_at else 'infinity' end`, type: 'timestamptz' },
  ],
  health: (now) => [{ value: trouble(now), type: 'int' }],
}

/** The worst first. The first group is that of the status `needs_review`; a test compares it with the rule in `status.ts`. */
function trouble(now: Date): RawBuilder<unknown> {
  return sql`case
    when entry.retired_at is not null then 6
    when entry.paused_at is not null then 3
    when entry.last_error is not null or decided.state in ('missed_fire', 'scheduler_down')
      or entry.next_slot_at <= ${now}::timestamptz - ${`${graceMs} milliseconds`}::interval then 0
    when decided.job_state = 'discarded' then 1
    when decided.claimed_at - decided.slot_at > interval '30 seconds' then 2
    when entry.next_slot_at is null then 5
    else 4 end`
}

function healthJoin(db: Database, now: Date): RawBuilder<unknown> {
  return sql`left join lateral (${lastDecidedSlot(db, sql`entry.id`, now)}) decided on true`
}

interface Place extends Sorting {
  keys: string[]
}

const codec = cursorCodec('cron entries', z.strictObject({ sort: z.string(), group: z.string().optional(), keys: z.array(z.string().max(500)).max(6) }))

/** A cursor belongs to one order. */
export async function parsePlace(db: Database, cursor: string | undefined, { sort, group }: Sorting): Promise<string[] | undefined> {
  const place = await codec.parse(db, cursor)
  if (place && (place.sort !== sort || place.group !== group)) throw unknownCursor()
  return place?.keys
}

export async function writePlace(db: Database, place: Place | undefined): Promise<string | undefined> {
  return place && codec.write(db, place)
}
