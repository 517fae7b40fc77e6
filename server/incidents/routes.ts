import * as endpoints from '../../schemas/incident.ts'
import { fromReplica, handle } from '../operations/handle.ts'
import { countIncidents } from './open.ts'
import { getIncident, listIncidents } from './read.ts'

export const incidentHandlers = [
  fromReplica(handle(endpoints.listIncidents, ({ query }, scope) => listIncidents(scope, query))),
  handle(endpoints.countIncidents, (_input, scope) => countIncidents(scope)),
  handle(endpoints.getIncident, ({ params }, scope) => getIncident(scope, params.id)),
]
