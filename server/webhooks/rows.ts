import { sql } from 'kysely'
import type { DeliveryFailure } from '../../schemas/index.ts'
import { type Database, type Em, query } from '../db/database.ts'
import type { Endpoint } from '../host/escalation.ts'
import type { Kit } from '../kit.ts'

/** Longer than any attempt may take; after that, another process sends the message again. */
const leaseSeconds = 60

export interface ClaimedDelivery {
  id: string
  message_id: string
  event_type: string
  subject_type: string
  subject_id: string
  resource: Record<string, unknown> | null
  body: string
  trace_parent: string | null
  tries: number
  attempts: number
  /** This claim's number. */
  claims: number
}

/** Claims the message to this endpoint that has been due longest; undefined if none is due. */
export async function claimDelivery({ db }: Kit, { name }: Endpoint, now: Date): Promise<ClaimedDelivery | undefined> {
  const table = db.table('webhook_delivery')
  const [claimed] = await query(
    db.em(),
    sql<ClaimedDelivery>`
      update ${table} set claimed_until = ${now}::timestamptz + make_interval(secs => ${leaseSeconds}), claims = claims + 1 where id = (
        select id from ${table}
        where endpoint = ${name} and state = 'waiting' and next_at <= ${now} and (claimed_until is null or claimed_until <= ${now})
        order by next_at limit 1 for update skip locked)
      returning id, message_id, event_type, subject_type, subject_id, resource, body, trace_parent, tries, attempts, claims`,
  )
  return claimed
}

export interface Attempted {
  at: Date
  state: 'waiting' | 'delivered' | 'dead'
  status?: number
  failure?: DeliveryFailure
  nextAt: Date | null
}

/** False: the claim has expired, or the delivery was started anew, so nothing was written. */
export async function recordAttempt({ db }: Kit, em: Em, { id, claims }: ClaimedDelivery, { at, state, status, failure, nextAt }: Attempted): Promise<boolean> {
  const updated = await query(
    em,
    sql`
      update ${db.table('webhook_delivery')} set state = ${state}, claimed_until = null, attempts = attempts + 1, tries = tries + 1, next_at = ${nextAt}, last_at = ${at},
        last_status = ${status ?? null}, last_error = ${failure ?? null}, delivered_at = case when ${state} = 'delivered' then ${at}::timestamptz else delivered_at end
      where id = ${id} and claims = ${claims} returning id`,
  )
  return updated.length > 0
}

/** The endpoint has answered 410: nothing more is sent to this address, until a redelivery is accepted. */
export async function disableEndpoint({ db }: Kit, em: Em, { name, addressHash }: Endpoint, delivery: string, now: Date): Promise<void> {
  await query(
    em,
    sql`insert into ${db.table('webhook_endpoint')} (name, address_hash, disabled_at, delivery_id) values (${name}, ${addressHash}, ${now}, ${delivery})
        on conflict (name) do update set address_hash = excluded.address_hash, disabled_at = excluded.disabled_at, delivery_id = excluded.delivery_id`,
  )
}

export async function enableEndpoint({ db }: Kit, em: Em, { name }: Endpoint): Promise<void> {
  await query(em, sql`delete from ${db.table('webhook_endpoint')} where name = ${name}`)
}

/** Gives up messages waiting for an endpoint that is gone. Redeliveries requested by an operator are still sent. */
export async function giveUpOnDisabled({ db }: Kit, { name, addressHash }: Endpoint): Promise<void> {
  await query(
    db.em(),
    sql`
      update ${db.table('webhook_delivery')} set state = 'dead', next_at = null, last_error = 'disabled'
      where endpoint = ${name} and state = 'waiting' and started_at = created_at and claimed_until is null
        and exists (select from ${db.table('webhook_endpoint')} gone where gone.name = ${name} and gone.address_hash = ${addressHash})`,
  )
}

const keptDays = 30
/** Somewhat more than a day: by then, a sender would have given the message up. */
const abandonedHours = 27
const maxSwept = 5_000

/** Deletes old deliveries, and gives up those to endpoints that are no longer configured in any process. */
export async function sweepDeliveries({ db, now }: { db: Database; now(): Date }): Promise<void> {
  const table = db.table('webhook_delivery')
  await query(
    db.em(),
    sql`update ${table} set state = 'dead', next_at = null, last_error = 'not_configured'
        where state = 'waiting' and next_at < ${now()}::timestamptz - make_interval(hours => ${abandonedHours}) and (claimed_until is null or claimed_until < ${now()})`,
  )
  await query(
    db.em(),
    sql`delete from ${table} where id in (
          select id from ${table} where created_at < ${now()}::timestamptz - make_interval(days => ${keptDays}) and state <> 'waiting' order by created_at limit ${maxSwept})`,
  )
}
