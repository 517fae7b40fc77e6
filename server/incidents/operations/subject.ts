import { sql } from 'kysely'
import type { OperationRequest } from '../../../schemas/index.ts'
import { query } from '../../db/database.ts'
import { Incident, type IncidentRow } from '../../db/entities.ts'
import { toRow } from '../../db/row.ts'
import { OpsError } from '../../error.ts'
import type { Target } from '../../operations/operation.ts'
import type { ActingScope } from '../../operations/scope.ts'
import { type IncidentAction, whyIllegal } from '../legality.ts'
import { resourceOfIncident, visibleIncidents } from '../rights.ts'
import { describeIncident } from '../show.ts'

export type Found = IncidentRow | null

/** The incident of an operation, locked against the detector and other operators. One that the actor may not see does not exist. */
export async function findIncident({ subject }: Pick<OperationRequest, 'subject'>, { kit: { db }, em, viewer, locking }: ActingScope): Promise<Target<Found>> {
  const lock = locking ? sql`for update` : sql``
  const [row] = await query(em, sql<Record<string, unknown>>`select * from ${db.table('incident')} where id = ${subject.id} ${lock}`)
  const absent: Target<Found> = { resource: { type: 'incident', id: subject.id }, found: null }
  const [found] = row ? await visibleIncidents(viewer, [toRow(Incident, row)]) : []
  return found ? { resource: resourceOfIncident(found), found, absent } : absent
}

/** @throws OpsError `not_found`, or `illegal_transition` if the operation is not legal now */
export function requireIncident(action: IncidentAction, found: Found, id: string, now: Date): IncidentRow {
  if (!found) throw new OpsError('not_found', `No incident '${id}' that you may see.`, { values: { type: 'incident', id } })
  const why = whyIllegal(action, found, now)
  if (why) throw new OpsError('illegal_transition', `Incident '${id}' cannot be changed like this: ${why}.`)
  return found
}

/** What the actor calls it: `report is stuck`. */
export async function nameIncident(scope: ActingScope, incident: IncidentRow): Promise<string> {
  return (await describeIncident(scope, incident)).title
}
