import { jobOperation } from './job.ts'

/** Operations on one job or on many. */
export const jobOperations = {
  retry_job: jobOperation({
    action: 'retry_job',
    act: 'retry',
    eventType: 'job.retried',
    risk: 'medium',
    effect: 'It becomes available again and a worker runs it, side effects included.',
    manyEffect: 'They become available again and workers run them, side effects included.',
    repairs: true,
  }),
  cancel_job: jobOperation({
    action: 'cancel_job',
    act: 'cancel',
    eventType: 'job.cancelled',
    risk: 'medium',
    effect: 'It will not run unless it is retried.',
    manyEffect: 'They will not run unless they are retried.',
  }),
  discard_job: jobOperation({
    action: 'discard_job',
    act: 'discard',
    eventType: 'job.discarded',
    risk: 'high',
    effect: 'It is given up for good: no attempts are left.',
    manyEffect: 'They are given up for good: no attempts are left.',
  }),
  restore_job: jobOperation({
    action: 'restore_job',
    act: 'restore',
    eventType: 'job.restored',
    risk: 'low',
    effect: 'Its discard is undone, and it waits for a worker again.',
    manyEffect: 'Their discard is undone, and they wait for a worker again.',
  }),
  rescue_job: jobOperation({
    action: 'rescue_job',
    act: 'rescue',
    eventType: 'job.rescued',
    risk: 'medium',
    effect: 'It is taken from an executor that is gone and may run again; what it did before is not undone.',
    manyEffect: 'They are taken from executors that are gone and may run again; what they did before is not undone.',
    repairs: true,
  }),
}
