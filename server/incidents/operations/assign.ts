import type { OperationRequest, Principal } from '../../../schemas/index.ts'
import { OpsError } from '../../error.ts'
import { isSameActor } from '../../host/viewer.ts'
import { showPrincipal } from '../../operations/event.ts'
import { defineOperation } from '../../operations/operation.ts'
import type { ActingScope } from '../../operations/scope.ts'
import { changeIncident } from './change.ts'
import { findIncident, type Found, nameIncident, requireIncident } from './subject.ts'

type Request = Extract<OperationRequest, { action: 'assign_incident' }>

export const assignIncident = defineOperation<Request, Found>({
  action: 'assign_incident',
  eventType: 'incident.assigned',
  reason: 'optional',
  risk: 'low',
  find: findIncident,

  async plan({ action, subject, input }, { found }, scope) {
    const incident = requireIncident(action, found, subject.id, scope.now)
    const to = chosen(input, scope)
    const before = incident.assignedTo
    if (isSame(before, to)) {
      throw new OpsError('illegal_transition', before ? `It is already assigned to ${nameOf(before, scope)}; expected somebody else.` : 'It is assigned to nobody; expected an assigned incident.')
    }
    const name = await nameIncident(scope, incident)
    return {
      title: to ? `Assign to ${isSameActor(to, scope.principal) ? 'me' : to.label}: ${name}` : `Assign to nobody: ${name}`,
      effect: to ? `Everyone sees that ${to.label} is on it.` : 'Everyone sees that nobody is on it.',
      cautions: [
        ...(before ? [`It is taken from ${nameOf(before, scope)}.`] : []),
        ...(to && !isSameActor(to, scope.principal) ? ['We do not check that the host has this account, and do not notify it.'] : []),
      ],
      before: assigned(before),
      after: assigned(to),
    }
  },

  async apply({ input }, { found }, scope) {
    const to = chosen(input, scope)
    await changeIncident(scope, found!, { assignedTo: to, assignedAt: to && scope.now })
    return { result: { at: scope.now.toISOString() } }
  },
})

function chosen({ to }: Request['input'], { principal }: ActingScope): Principal | null {
  if (to === undefined) return principal
  // The actor's own label comes from the host, not from the request.
  if (to && isSameActor(to, principal)) return principal
  return to && { id: to.id, type: to.type, label: to.label ?? to.id }
}

function isSame(a: Principal | null, b: Principal | null): boolean {
  return a && b ? isSameActor(a, b) : a === b
}

function nameOf(principal: Principal, { viewer }: ActingScope): string {
  return showPrincipal(principal, viewer, 'preview').label
}

/** With type and id, so that the event tells whom to assign it back to. */
function assigned(to: Principal | null): Record<string, unknown> {
  return to ? { assignedTo: to.label, assignee: `${to.type}:${to.id}` } : { assignedTo: null }
}
