import { incidentStates, type OperationOn } from '../../schemas/index.ts'
import type { IncidentRow, Silence } from '../db/entities.ts'

export type IncidentAction = OperationOn<'incident'>

/** The silence that is in force; undefined if there is none, or if its time is over and no tick has ended it yet. */
export function silenceOf({ silence }: Pick<IncidentRow, 'silence'>, now: Date): Silence | undefined {
  if (!silence || (silence.until !== undefined && Date.parse(silence.until) <= now.getTime())) return undefined
  return silence
}

type Marks = Pick<IncidentRow, 'state' | 'acknowledgedAt' | 'silence'>

/** Why an operation is not legal now, as a clause: what is so, and what was expected. Undefined if it is legal. */
export function whyIllegal(action: IncidentAction, incident: Marks, now: Date): string | undefined {
  if (incident.state === 'pending') return 'it is not open yet; expected an open incident'
  if (action === 'note_incident') return undefined
  if (incident.state !== 'open') return `it is ${incidentStates[incident.state]}; expected an open incident`
  const acknowledged = incident.acknowledgedAt !== null
  const silence = silenceOf(incident, now)
  switch (action) {
    case 'acknowledge_incident':
      return acknowledged ? 'it is already acknowledged; expected one that is not' : undefined
    case 'unacknowledge_incident':
      return acknowledged ? undefined : 'it is not acknowledged; expected an acknowledged one'
    case 'silence_incident':
      return silence ? 'it is already silenced; end that silence first' : undefined
    case 'unsilence_incident':
      return silence ? undefined : 'it is not silenced; expected a silenced one'
    default:
      return undefined
  }
}
