import type { OperationRequest } from '../../../schemas/index.ts'
import { defineOperation } from '../../operations/operation.ts'
import { findIncident, type Found, nameIncident, requireIncident } from './subject.ts'

type Request = Extract<OperationRequest, { action: 'note_incident' }>

/** The note is the reason of its event: shown, searched and redacted as every reason. */
export const noteIncident = defineOperation<Request, Found>({
  action: 'note_incident',
  eventType: 'incident.noted',
  reason: 'required',
  risk: 'low',
  find: findIncident,

  async plan({ action, subject }, { found }, scope) {
    const incident = requireIncident(action, found, subject.id, scope.now)
    return {
      title: `Add a note: ${await nameIncident(scope, incident)}`,
      effect: 'The reason becomes a line of its timeline. Nothing else changes.',
      before: {},
      after: {},
    }
  },

  async apply() {
    return {}
  },
})
