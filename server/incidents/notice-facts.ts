import { Incident, type IncidentRow } from '../db/entities.ts'
import type { Kit } from '../kit.ts'
import type { ReadIncidents } from '../notices/tell.ts'

/** Made for others: the facts that decide whether a notice about an incident is sent. */
export const readNoticeFacts: ReadIncidents = async (kit: Kit, ids) => {
  const rows = (await kit.db.em().find(Incident, { id: { $in: ids } })) as IncidentRow[]
  const now = await kit.dbNow()
  return new Map(rows.map((row) => [row.id, {
    open: row.state === 'open',
    acknowledged: row.acknowledgedAt !== null,
    silenced: row.silence !== null && !(row.silence.until !== undefined && new Date(row.silence.until) <= now),
    explained: row.explainedBy !== null,
    flappingSince: row.flappingSince,
  }]))
}
