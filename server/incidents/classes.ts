import type { IncidentClassName } from '../../schemas/index.ts'
import type { IncidentClass } from './class.ts'
import { engineUnreachable } from './classes/engine-unreachable.ts'
import { executorMissing } from './classes/executor-missing.ts'
import { failureBurst } from './classes/failure-burst.ts'
import { longRunningJob } from './classes/long-running-job.ts'
import { missedFire } from './classes/missed-fire.ts'
import { orphanRequest } from './classes/orphan-request.ts'
import { retryExhausted } from './classes/retry-exhausted.ts'
import { saturatedQueue } from './classes/saturated-queue.ts'
import { schedulerDown } from './classes/scheduler-down.ts'
import { stuckQueue } from './classes/stuck-queue.ts'

/** Every class of incident. Each has a file of its own and a line here. */
export const classes: readonly IncidentClass[] = [
  engineUnreachable, schedulerDown, stuckQueue, executorMissing, failureBurst, retryExhausted, longRunningJob, missedFire, orphanRequest, saturatedQueue,
]

export function findClass(name: IncidentClassName): IncidentClass | undefined {
  return classes.find((each) => each.name === name)
}
