import * as endpoints from '../../schemas/incident.ts'
import { handle } from '../operations/handle.ts'
import { getIncident, listIncidents } from './read.ts'

export const incidentHandlers = [
  handle(endpoints.listIncidents, ({ query }, scope) => listIncidents(scope, query)),
  handle(endpoints.getIncident, ({ params }, scope) => getIncident(scope, params.id)),
]
