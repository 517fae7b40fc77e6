import type { Retained } from '../db/retained.ts'

export const retainedIncidents: Retained = { kind: 'incidents', table: 'incident', at: 'resolved_at', key: 'id', only: `state = 'resolved'` }
