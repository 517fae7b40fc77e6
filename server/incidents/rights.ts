import { type Incident, subjectAccess } from '../../schemas/index.ts'
import type { IncidentRow } from '../db/entities.ts'
import type { Resource } from '../host/auth.ts'
import type { Viewer } from '../host/viewer.ts'
import { keepAllowed, visible } from '../host/visible.ts'

/** The resource for which the host's permission is checked. */
export function resourceOfIncident({ id, scope: { queue, worker } }: Pick<IncidentRow, 'id' | 'scope'>): Resource {
  return { type: 'incident', id, queue, worker }
}

/** The incidents that a viewer may see: those of queues, entries and requests that the viewer may see as well; of several queues, one is enough. */
export function visibleIncidents(viewer: Viewer, rows: readonly IncidentRow[]): Promise<IncidentRow[]> {
  return keepAllowed(rows, async (row) => {
    const { queue, queues, worker, cronEntry } = row.scope
    if (!(await viewer.can('view_incidents', resourceOfIncident(row))).allowed) return false
    if (cronEntry !== undefined) return (await viewer.can(subjectAccess.cron_entry.view, { type: 'cron_entry', id: cronEntry, queue, worker })).allowed
    const about = queue === undefined ? queues : [queue]
    return !about?.length || (await visible(viewer, about, 'view_queues', (name) => ({ type: 'queue', id: name, queue: name }))).length > 0
  })
}

export type IncidentLink = Incident['explains'][number]
