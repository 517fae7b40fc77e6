import { sql } from 'kysely'
import { query } from '../db/database.ts'
import type { Kit } from '../kit.ts'

export interface WebhookHealth {
  endpoint: string
  /** Given up within the last day. */
  dead: number
  /** Failed at least once and waiting for another attempt. */
  failing: number
  /** It has answered 410, so nothing is sent to it. */
  disabled: boolean
}

/** For `doctor`: the failing endpoints, by name. */
export function listTroubledEndpoints({ db, escalation }: Kit): Promise<WebhookHealth[]> {
  const endpoints = (escalation?.webhooks?.endpoints ?? []).map(({ name, addressHash }) => ({ name, address: addressHash }))
  return query(
    db.em(),
    sql<WebhookHealth>`
      select * from (
        select known.name as endpoint,
          (select count(*)::int from ${db.table('webhook_delivery')} where endpoint = known.name and state = 'dead' and created_at > now() - interval '2 days' and coalesce(last_at, created_at) > now() - interval '1 day') as dead,
          (select count(*)::int from ${db.table('webhook_delivery')} where endpoint = known.name and state = 'waiting' and tries > 0) as failing,
          exists (select from ${db.table('webhook_endpoint')} gone where gone.name = known.name and gone.address_hash = known.address) as disabled
        from json_to_recordset(${JSON.stringify(endpoints)}::json) as known (name text, address text)
      ) health where dead > 0 or failing > 0 or disabled order by endpoint`,
  )
}
