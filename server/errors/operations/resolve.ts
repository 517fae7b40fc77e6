import type { OperationRequest } from '../../../schemas/index.ts'
import { ErrorGroup } from '../../db/entities.ts'
import { defineOperation } from '../../operations/operation.ts'
import { statusOf } from '../state.ts'
import { findGroup, type Found, nameGroup, requireGroup } from './subject.ts'

type Resolving = Extract<OperationRequest, { action: 'resolve_error_group' }>
type Reopening = Extract<OperationRequest, { action: 'reopen_error_group' }>

export const resolveGroup = defineOperation<Resolving, Found>({
  action: 'resolve_error_group',
  eventType: 'error.resolved',
  reason: 'optional',
  risk: 'low',
  find: findGroup,

  plan({ action, subject }, { found }, scope) {
    const group = requireGroup(action, found, subject.id, scope.now)
    return {
      title: `Resolve: ${nameGroup(scope, group)}`,
      effect: 'It counts as resolved. If it fails again, it comes back as a regression. Its jobs are not changed.',
      before: { status: statusOf(group, scope.now) },
      after: { status: 'resolved' },
    }
  },

  async apply(_request, { found }, { em, principal, now }) {
    await em.nativeUpdate(ErrorGroup, { fingerprint: found!.fingerprint }, { resolvedAt: now, resolvedBy: principal, regressedAt: null })
    return {}
  },
})

export const reopenGroup = defineOperation<Reopening, Found>({
  action: 'reopen_error_group',
  eventType: 'error.reopened',
  reason: 'optional',
  risk: 'low',
  find: findGroup,

  plan({ action, subject }, { found }, scope) {
    const group = requireGroup(action, found, subject.id, scope.now)
    return {
      title: `Reopen: ${nameGroup(scope, group)}`,
      effect: 'It no longer counts as resolved.',
      before: { status: 'resolved' },
      after: { status: statusOf({ ...group, resolvedAt: null }, scope.now) },
    }
  },

  async apply(_request, { found }, { em }) {
    await em.nativeUpdate(ErrorGroup, { fingerprint: found!.fingerprint }, { resolvedAt: null, resolvedBy: null, regressedAt: null })
    return {}
  },
})
