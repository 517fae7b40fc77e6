import { pageOf } from '../host/auth.ts'
import { getSession, type OperationAction, operationActions, type Permission, type Session, subjectAccess, type ViewAction, viewActions } from '../../schemas/index.ts'
import { protocol } from '../../schemas/protocol.ts'
import { reasonRule } from '../operations/guards.ts'
import { isAnyQueueAttended } from '../executors/wishes.ts'
import { handle } from '../operations/handle.ts'
import type { Scope } from '../operations/scope.ts'
import type { EngineFeature } from '../engines/engine.ts'

export const sessionHandlers = [handle(getSession, (_input, scope) => describeSession(scope))]

const cannotBeNamed: Permission = { allowed: false, reason: 'Your account cannot be named in evidence, so it may not change anything.' }

/** The actor and its permissions, so that a page can disable controls up front. */
async function describeSession(scope: Scope): Promise<Session> {
  const { kit, viewer } = scope
  const views = (Object.keys(viewActions) as ViewAction[]).map(async (view) => [view, await viewer.can(view, pageOf(view))] as const)
  const acts = (Object.keys(operationActions) as OperationAction[]).map(
    async (action) => [action, viewer.principal ? await viewer.can(action, pageOf(subjectAccess[operationActions[action].subject].view)) : cannotBeNamed] as const,
  )
  const permissions = Object.fromEntries(await Promise.all([...views, ...acts]))
  const { name, transactional, capabilities } = kit.engine
  const lacks = await currentLacks(scope)
  return {
    actor: viewer.principal,
    permissions,
    engine: { name, version: kit.engineVersion(), transactional, capabilities: { ...capabilities }, lacks },
    bridges: permissions.view_bridge?.allowed ? kit.bridges.map(({ name, label, href }) => ({ name, label, href })) : [],
    base: kit.base,
    reasons: Object.fromEntries(Object.values(kit.operations).map((operation) => [operation.action, reasonRule(scope, operation)])),
    version: kit.version,
    protocol,
    asOf: scope.now.toISOString(),
  }
}

const madeUpFor: readonly EngineFeature[] = ['pause_queue', 'resume_queue', 'scale_queue', 'executors']

/** What executors do in place of the engine is said of each queue, in its own permissions. */
async function currentLacks(scope: Scope): Promise<Record<string, string>> {
  const { lacks } = scope.kit.engine
  const some = madeUpFor.some((feature) => lacks[feature] !== undefined) && (await isAnyQueueAttended(scope))
  return Object.fromEntries(Object.entries(lacks).filter(([feature]) => !some || !madeUpFor.includes(feature as EngineFeature)))
}
