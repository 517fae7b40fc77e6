import { sql } from 'kysely'
import type { EventType, Principal } from '../../schemas/index.ts'
import { type Em, query, setLockTimeout } from '../db/query.ts'
import { describeFailure } from '../describe-failure.ts'
import type { OpsError } from '../error.ts'
import type { Resource } from '../host/auth.ts'
import type { Kit } from '../kit.ts'
import { hintOfEvent, type NewEvent, writeEvent } from './event.ts'
import { type Scope, traceOf } from './scope.ts'

/** How many refusals per actor and minute get an event of their own; further ones are folded into one event with their number. */
const eventsPerMinute = 10

/** Actors whom the host cannot identify still leave evidence, but never under another actor's name. */
export const unattributable: Principal = { id: 'unattributable', type: 'unknown', label: 'unattributable actor' }

export interface Attempt {
  action: string
  eventType: EventType
  subject: { type: string; id: string }
  reason?: string
  previewId?: string
  /** The complete resource, once it is known, so that permissions on it apply to the event, too. */
  resource?: Resource
}

/**
 * Records a refusal as evidence, in a transaction of its own, since that of the refused request has been rolled back. Never
 * throws, so that the refusal itself is not hidden.
 */
export async function recordRefusal(scope: Scope, attempt: Attempt, error: Pick<OpsError, 'code' | 'status'>): Promise<void> {
  const { kit } = scope
  const actor = scope.viewer.principal ?? unattributable
  const { resource, ...named } = attempt
  const event: NewEvent = {
    ...named,
    metadata: { ...traceOf(scope), ...(resource && { resource }) },
    subject: { type: attempt.subject.type.slice(0, 50), id: attempt.subject.id.slice(0, 300) },
    outcome: error.status === 403 ? 'denied' : 'failed',
    code: error.code,
    actor,
    source: scope.source,
    requestId: scope.requestId,
  }
  try {
    await kit.db.transact(async (em) => {
      // A request refused because of a lock has already waited once.
      await setLockTimeout(em, 1_000)
      if (await countRefusal(kit, em, event)) await writeEvent(kit.db, em, event)
    })
    kit.publishHint(hintOfEvent(event))
  } catch (cause) {
    kit.log.error('a refusal could not be recorded', { requestId: scope.requestId, code: error.code, ...describeFailure(cause) })
  }
}

/** True while the actor has few enough refusals in this minute for this one to get an event of its own. */
async function countRefusal({ db, now }: Kit, em: Em, event: NewEvent): Promise<boolean> {
  const last = JSON.stringify({ action: event.action, code: event.code, outcome: event.outcome, subject: event.subject, actor: event.actor })
  const [tally] = await query(
    em,
    sql<{ count: number }>`
      insert into ${db.table('refusal_tally')} as tally (actor_type, actor_id, minute, count, last)
      values (${event.actor.type}, ${event.actor.id}, date_trunc('minute', ${now()}::timestamptz), 1, ${last})
      on conflict (actor_type, actor_id, minute) do update
        set count = tally.count + 1, last = excluded.last,
            folded = tally.folded + case when tally.count >= ${eventsPerMinute} then 1 else 0 end
      returning count`,
  )
  return tally!.count <= eventsPerMinute
}

interface Tally {
  minute: string
  folded: number
  last: { action: string; code: string; outcome: 'denied' | 'failed'; subject: { type: string; id: string }; actor: Principal }
}

/** Writes one event with the number of folded refusals for each actor and past minute, and deletes the tallies. */
export async function writeFoldedRefusals(kit: Kit): Promise<void> {
  await kit.db.transact(async (em) => {
    const tallies = await query(
      em,
      sql<Tally>`
        delete from ${kit.db.table('refusal_tally')} where (actor_type, actor_id, minute) in (
          select actor_type, actor_id, minute from ${kit.db.table('refusal_tally')}
          where minute < date_trunc('minute', ${kit.now()}::timestamptz) for update skip locked limit 100)
        returning minute::text, folded, last`,
    )
    for (const { minute, folded, last } of tallies.filter((tally) => tally.folded > 0)) {
      await writeEvent(kit.db, em, {
        action: last.action,
        eventType: 'refusals.folded',
        outcome: last.outcome,
        code: last.code,
        actor: last.actor,
        subject: last.subject,
        source: 'system',
        requestId: `system-${crypto.randomUUID()}`,
        metadata: { folded, minute, note: `${folded} more refusals of this actor in this minute; the last one is shown here` },
      })
    }
  })
}
