import { sql } from 'kysely'
import type { OperationOn, OperationRequest } from '../../../schemas/index.ts'
import { query } from '../../db/database.ts'
import { ErrorGroup, type ErrorGroupRow } from '../../db/entities.ts'
import { toRow } from '../../db/row.ts'
import { OpsError } from '../../error.ts'
import type { Target } from '../../operations/operation.ts'
import type { ActingScope } from '../../operations/scope.ts'
import { titleOf } from '../show.ts'
import { whyIllegal } from '../state.ts'
import { maySeeGroup, resourceOfGroup } from '../visible.ts'

export type Found = ErrorGroupRow | null

/** The group of an operation, locked against the feed and other operators. One that the actor may not see does not exist. */
export async function findGroup({ subject }: Pick<OperationRequest, 'subject'>, scope: ActingScope): Promise<Target<Found>> {
  const { kit: { db, engine }, em, locking } = scope
  const lock = locking ? sql`for update` : sql``
  const [row] = await query(em, sql<Record<string, unknown>>`select * from ${db.table('error_group')} where fingerprint = ${subject.id} ${lock}`)
  const absent: Target<Found> = { resource: { type: 'error_group', id: subject.id }, found: null }
  const found = row ? toRow(ErrorGroup, row) : null
  return found && (await maySeeGroup(scope, found)) ? { resource: resourceOfGroup(engine, found), found, absent } : absent
}

/** @throws OpsError `not_found`, or `illegal_transition` if the operation is not legal now */
export function requireGroup(action: OperationOn<'error_group'>, found: Found, fingerprint: string, now: Date): ErrorGroupRow {
  if (!found) throw new OpsError('not_found', `No error group '${fingerprint}' that you may see.`, { values: { type: 'error_group', id: fingerprint } })
  const why = whyIllegal(action, found, now)
  if (why) throw new OpsError('illegal_transition', `The error group '${fingerprint}' cannot be changed like this: ${why}.`)
  return found
}

const maxTitle = 120

/** What the actor may read of it: `connect ETIMEDOUT <ip>:<int> in order_mail`. */
export function nameGroup(scope: ActingScope, group: ErrorGroupRow): string {
  const title = titleOf(scope, group).split('\n')[0]!
  return `${title ? (title.length > maxTitle ? `${title.slice(0, maxTitle)}…` : title) : group.errorClass} in ${group.worker}`
}
