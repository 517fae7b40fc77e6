import type { OperationRequest } from '../../../schemas/index.ts'
import { defineOperation } from '../../operations/operation.ts'
import { findIncident, type Found, nameIncident, requireIncident } from './subject.ts'
import { changeIncident } from './change.ts'

type Acknowledging = Extract<OperationRequest, { action: 'acknowledge_incident' }>
type TakingBack = Extract<OperationRequest, { action: 'unacknowledge_incident' }>

export const acknowledgeIncident = defineOperation<Acknowledging, Found>({
  action: 'acknowledge_incident',
  eventType: 'incident.acknowledged',
  reason: 'optional',
  risk: 'low',
  find: findIncident,

  async plan({ action, subject }, { found }, scope) {
    const incident = requireIncident(action, found, subject.id, scope.now)
    return {
      title: `Acknowledge: ${await nameIncident(scope, incident)}`,
      effect: 'Everyone sees that you have seen it. It stays open until its evidence is gone. The acknowledgement ends when it resolves or reopens.',
      before: { acknowledgedBy: null },
      after: { acknowledgedBy: scope.principal.label },
    }
  },

  async apply(_request, { found }, scope) {
    await changeIncident(scope, found!, { acknowledgedAt: scope.now, acknowledgedBy: scope.principal })
    return { result: { at: scope.now.toISOString() } }
  },
})

export const unacknowledgeIncident = defineOperation<TakingBack, Found>({
  action: 'unacknowledge_incident',
  eventType: 'incident.unacknowledged',
  reason: 'optional',
  risk: 'low',
  find: findIncident,

  async plan({ action, subject }, { found }, scope) {
    const incident = requireIncident(action, found, subject.id, scope.now)
    const by = incident.acknowledgedBy!
    return {
      title: `Undo the acknowledgement: ${await nameIncident(scope, incident)}`,
      effect: 'It is shown as not acknowledged again.',
      before: { acknowledgedBy: by.label, acknowledgedAt: incident.acknowledgedAt!.toISOString() },
      after: { acknowledgedBy: null },
      basis: { by: [by.type, by.id] },
    }
  },

  async apply(_request, { found }, scope) {
    await changeIncident(scope, found!, { acknowledgedAt: null, acknowledgedBy: null })
    return {}
  },
})
