import type { IncidentClassName } from '../../../../schemas/index.ts'
import { engineUnreachable } from './engine-unreachable.ts'
import { executorMissing } from './executor-missing.ts'
import { failureBurst } from './failure-burst.ts'
import type { IncidentRunbook } from './incident-runbook.ts'
import { longRunningJob } from './long-running-job.ts'
import { missedFire } from './missed-fire.ts'
import { orphanRequest } from './orphan-request.ts'
import { retryExhausted } from './retry-exhausted.ts'
import { saturatedQueue } from './saturated-queue.ts'
import { schedulerDown } from './scheduler-down.ts'
import { stuckQueue } from './stuck-queue.ts'

/** Every class of incident has a runbook: a new class does not compile without one. */
export const incidentRunbooks: Readonly<Record<IncidentClassName, IncidentRunbook>> = {
  engine_unreachable: engineUnreachable,
  scheduler_down: schedulerDown,
  stuck_queue: stuckQueue,
  saturated_queue: saturatedQueue,
  executor_missing: executorMissing,
  failure_burst: failureBurst,
  retry_exhausted: retryExhausted,
  long_running_job: longRunningJob,
  missed_fire: missedFire,
  orphan_request: orphanRequest,
}
