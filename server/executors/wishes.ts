import { type RawBuilder, sql } from 'kysely'
import { type Database, type Em, query } from '../db/database.ts'
import { QueueWish } from '../db/entities.ts'
import { missingSeconds } from '../../schemas/executor-words.ts'
import { attendanceByQueue, listExecutors, type Reading } from './executors.ts'
import { silenceOf } from './silence.ts'
import { workersChannel } from './wire.ts'

/**
 * The desired state of queues whose engine can neither pause nor scale them. It is a row, which every executor reads; made for
 * the operations on queues.
 */
export interface WishedQueue {
  /** Executors of the queue that are not missing. */
  attending: number
  /** Is it known to have, or to have had, executors that obey? */
  obeyed: boolean
  paused: boolean
  /** At most so many jobs at once in each executor: what an operator wants or, if all executors have the same, what their host set; null: unknown. */
  limit: number | null
}

export async function findWishedQueue(reading: Reading, queue: string): Promise<WishedQueue> {
  const wish = await reading.em.findOne(QueueWish, { queue }, { disableIdentityMap: true })
  const executors = (await listExecutors(reading, { queue })).filter(({ health }) => health === 'healthy' || health === 'late')
  const slots = new Set(executors.flatMap(({ queues }) => queues.filter((each) => each.queue === queue).map((each) => each.slots)))
  const attending = attendanceByQueue(executors).get(queue)
  const [only = null] = slots
  return {
    attending: (attending?.healthy ?? 0) + (attending?.late ?? 0),
    obeyed: executors.length > 0 || wish !== null,
    paused: wish?.paused ?? false,
    limit: wish?.jobLimit ?? (slots.size === 1 && !wish?.paused ? only : null),
  }
}

/** Is the queue paused by a wish that its executors obey? */
export async function isPausedByWish({ em }: Pick<Reading, 'em'>, queue: string): Promise<boolean> {
  return (await em.count(QueueWish, { queue, paused: true })) > 0
}

/** Writes the desired state, in the transaction of its event; the executors are notified after the commit. */
export async function saveWish({ kit: { db }, em }: Reading, queue: string, wish: { paused?: boolean; limit?: number }, eventId: string): Promise<void> {
  await query(
    em,
    sql`
      insert into ${db.table('queue_wish')} as wish (queue, paused, job_limit, changed_at, event_id)
      values (${queue}, ${wish.paused ?? false}, ${wish.limit ?? null}, clock_timestamp(), ${eventId})
      on conflict (queue) do update set paused = coalesce(${wish.paused ?? null}::boolean, wish.paused), job_limit = coalesce(${wish.limit ?? null}::int, wish.job_limit),
        changed_at = excluded.changed_at, event_id = excluded.event_id`,
  )
  await wakeExecutors(db, em)
}

/** Nothing depends on its arrival: executors poll once a second anyway. */
export async function wakeExecutors(db: Database, em: Em): Promise<void> {
  await query(em, sql`select pg_notify(${workersChannel(db.schema)}, '')`)
}

/** For the statements of other folders, as a scalar: is the queue that `name` refers to paused by a wish? null: there is none. */
export function wishedPause(db: Database, name: RawBuilder<unknown>): RawBuilder<boolean | null> {
  return sql`(select wish.paused from ${db.table('queue_wish')} wish where wish.queue = ${name})`
}

/** How long a queue that had executors is known to be attended. */
const knownHours = 24

/**
 * For the FROM clause of statements of other folders: for each queue that had executors within a day, `queue`, how many
 * `executors` it has that are not missing, and their `slots` in all, which are null if they share them with other queues.
 */
export function queueAttendance(db: Database): RawBuilder<unknown> {
  return sql`(
    select served ->> 'queue' as queue, (count(*) filter (where present))::int as executors,
      case when bool_and(served -> 'slots' <> 'null') filter (where present) then (sum((served ->> 'slots')::int) filter (where present))::int end as slots
    from (
      select queues, ended_at is null and ${silenceOf(db)} < ${missingSeconds} as present from ${db.table('executor')} executor
      -- So that the silence is planned and computed once, not wherever it is used.
      where beat_at > clock_timestamp() - make_interval(hours => ${knownHours}) offset 0
    ) executor, jsonb_array_elements(executor.queues) served group by 1)`
}

/** Has any queue had an executor within a day? */
export async function isAnyQueueAttended({ kit: { db }, em }: Reading): Promise<boolean> {
  const rows = await query(em, sql`select from ${db.table('executor')} where beat_at > clock_timestamp() - make_interval(hours => ${knownHours}) limit 1`)
  return rows.length > 0
}
