import { operationsOn, type Permission } from '../../schemas/index.ts'
import type { SelectedJob } from '../engines/engine.ts'
import { withoutMissingExecutors } from '../executors/abandoned.ts'
import type { Scope } from '../operations/scope.ts'
import { whyNot } from './legality.ts'
import { whyNotRestorable } from './operations/undo.ts'
import { canAskToStop } from './operations/stop.ts'
import { jobResource } from './resource.ts'

const nameless: Permission = { allowed: false, reason: 'Your account can view but not change anything, because it cannot be named in evidence.' }

/** What this actor may do to the job now, according to the host, the engine, the job's state and the evidence. */
export async function permissionsOn(scope: Scope, job: SelectedJob): Promise<Record<string, Permission>> {
  const { kit, viewer } = scope
  const [free] = await withoutMissingExecutors(scope, [job])
  const answers = operationsOn('job').map(async (operation): Promise<[string, Permission]> => {
    const permission = viewer.principal ? await viewer.can(operation, jobResource(job)) : nameless
    if (!permission.allowed) return [operation, permission]
    const illegal = (await canAskToStop(scope, operation, job)) ? undefined : whyNot(kit.engine, operation, operation === 'rescue_job' ? free! : job)
    const [reason] = operation === 'restore_job' ? await whyNotRestorable(scope, [job], [illegal]) : [illegal]
    return [operation, reason === undefined ? permission : { allowed: false, reason }]
  })
  return Object.fromEntries(await Promise.all(answers))
}
