import { acknowledgeIncident, unacknowledgeIncident } from './acknowledge.ts'
import { assignIncident } from './assign.ts'
import { noteIncident } from './note.ts'
import { silenceIncident, unsilenceIncident } from './silence.ts'

export const incidentOperations = {
  acknowledge_incident: acknowledgeIncident,
  unacknowledge_incident: unacknowledgeIncident,
  assign_incident: assignIncident,
  note_incident: noteIncident,
  silence_incident: silenceIncident,
  unsilence_incident: unsilenceIncident,
}
