import type { BulkRun } from '../../schemas/bulk.ts'
import type { Job, JobDetail } from '../../schemas/job.ts'
import type { Plan } from '../../schemas/plan.ts'
import type { Queue, QueueDetail, QueueList } from '../../schemas/queue.ts'
import type { JobState } from '../../schemas/vocabulary.ts'
import { at, event, opsDemo, plan } from './sample.ts'

const minute = 60_000

export function job(id: string, over: Partial<Job> = {}): Job {
  return {
    id,
    queue: 'mail',
    worker: 'SendWelcome',
    state: 'retryable',
    engineState: 'retry',
    version: `${id}-v1`,
    tags: ['tenant:acme'],
    args: { userId: 42, template: 'welcome' },
    attempt: 2,
    maxAttempts: 5,
    priority: 0,
    createdAt: at(-10 * minute),
    dueAt: at(3 * minute),
    error: 'SmtpError: 451 try again later',
    ...over,
  }
}

const states: JobState[] = ['executing', 'retryable', 'available', 'scheduled', 'discarded', 'completed', 'cancelled']

/** Newest first, in all states. */
export function jobs(count = 7): Job[] {
  return Array.from({ length: count }, (_, index) => {
    const state = states[index % states.length]!
    const ended = ['completed', 'cancelled', 'discarded'].includes(state)
    return job(`job-${String(index + 1).padStart(4, '0')}`, {
      state,
      engineState: state === 'executing' ? 'active' : state,
      createdAt: at(-index * minute),
      dueAt: ended ? undefined : at(state === 'scheduled' ? 40 * minute : 3 * minute),
      startedAt: state === 'executing' ? at(-4000) : undefined,
      finishedAt: ended ? at(-index * 1000) : undefined,
      error: state === 'retryable' || state === 'discarded' ? 'SmtpError: 451 try again later' : undefined,
      executor: state === 'executing' ? 'worker-eu-3' : undefined,
    })
  })
}

export function jobPage(items = jobs(), over: object = {}) {
  return { items, asOf: at(0), ...over }
}

export function count(n: number, how: 'exact' | 'capped' | 'estimated' = 'exact') {
  return { count: n, how, asOf: at(0) }
}

export function queue(name: string, over: Partial<Queue> = {}): Queue {
  return {
    name,
    ...(over.paused
      ? { status: 'waiting', diagnosis: 'paused', cause: 'paused by ops-demo' }
      : over.executors === 0
        ? { status: 'blocked', diagnosis: 'no_executor', cause: '3,902 jobs wait and no executor is seen' }
        : { status: 'runnable', diagnosis: 'working', cause: 'moving' }),
    incident: null,
    age: 'fresh',
    quiet: false,
    due: { count: 3902, how: 'exact' },
    oldestDueAt: at(-4 * minute),
    attendance: null,
    lately: { startedPerMinute: 131.2, failedPerMinute: 2.1, usualFailedPerMinute: 2, failing: false, waitP95Seconds: 4.6 },
    depth: [
      { state: 'scheduled', count: 12, how: 'exact' },
      { state: 'available', count: 3902, how: 'exact' },
      { state: 'executing', count: 14, how: 'exact' },
      { state: 'retryable', count: 38, how: 'exact' },
      { state: 'completed', count: 1_200_000, how: 'estimated' },
      { state: 'discarded', count: 7, how: 'exact' },
    ],
    oldestAvailableAt: at(-4 * minute),
    paused: null,
    executors: 3,
    limit: 20,
    finishedPerMinute: 128.4,
    failedPerMinute: 2.1,
    waitP95Seconds: 4.1,
    series: Array.from({ length: 60 }, (_, index) => ({
      at: at((index - 60) * minute),
      finished: 110 + Math.round(30 * Math.sin(index / 6)),
      failed: index > 40 && index < 46 ? 30 : index % 7 === 0 ? 2 : 0,
      waiting: index === 20 ? null : 2000 + index * 30,
      waitP95Seconds: index === 20 ? null : 2 + (index % 9) / 2,
    })),
    operations: { pause_queue: { allowed: true }, resume_queue: { allowed: false, reason: 'It is not paused.' }, scale_queue: { allowed: true } },
    asOf: at(0),
    ...over,
  }
}

export function queues(): Queue[] {
  return [
    queue('mail'),
    queue('reports', {
      paused: { at: at(-130 * minute), by: opsDemo, reason: 'warehouse migration', eventId: 'event-1' },
      operations: { pause_queue: { allowed: false, reason: 'It is paused already.' }, resume_queue: { allowed: true }, scale_queue: { allowed: true } },
      executors: 2,
      finishedPerMinute: 0,
      failedPerMinute: 0,
    }),
    queue('search_index', {
      executors: 0,
      limit: null,
      operations: {
        pause_queue: { allowed: false, reason: 'This engine cannot pause a queue; stop its workers instead.' },
        resume_queue: { allowed: false, reason: 'This engine cannot pause a queue.' },
      },
    }),
    queue('empty', {
      status: 'unknown',
      diagnosis: 'not_measured',
      cause: 'not measured yet',
      age: 'unknown',
      due: null,
      oldestDueAt: null,
      lately: { startedPerMinute: null, failedPerMinute: null, usualFailedPerMinute: null, failing: false, waitP95Seconds: null },
      depth: [{ state: 'available', count: 0, how: 'exact' }], oldestAvailableAt: null, series: [], finishedPerMinute: null, failedPerMinute: null, waitP95Seconds: null, executors: null, limit: null }),
  ]
}

export function queuePage(items = queues(), over: Partial<QueueList> = {}): QueueList {
  return {
    items,
    summary: {
      queues: items.length,
      quiet: { count: 0, names: [] },
      waiting: 7804,
      sentence: { before: 'Work piles up in ', queue: 'search_index', after: ': 3,902 of the 7,804 waiting jobs, the oldest for 4 min.', calm: 'Everywhere else the oldest waits 6 s.' },
    },
    asOf: at(0),
    ...over,
  }
}

export function queueDetail(name: string, over: Partial<QueueDetail> = {}): QueueDetail {
  const { series: _series, ...rest } = queue(name)
  return {
    ...rest,
    headline: 'Moving: 3,902 jobs wait, the oldest for 4 min.',
    ruledOut: [],
    drainMinutes: 31,
    chart: {
      from: at(-60 * minute),
      to: at(0),
      stepSeconds: 60,
      steps: Array.from({ length: 60 }, (_, index) => index).filter((index) => index !== 20).map((index) => ({
        at: at((index - 60) * minute),
        startedPerMinute: 110 + Math.round(30 * Math.sin(index / 6)),
        finishedPerMinute: 110,
        failedPerMinute: index > 40 && index < 46 ? 30 : 0,
        discardedPerMinute: 0,
        waiting: 2000 + index * 30,
        due: 2000 + index * 30,
        executing: 14,
        oldestDueSeconds: 240,
        waitP95Seconds: 2 + (index % 9) / 2,
        runP50Seconds: 0.4,
        runP95Seconds: 1.2,
      })),
    },
    oldest: [
      { id: 'job-0009', dueAt: at(-4 * minute), cronEntry: 'nightly_sync' },
      { id: 'job-0010', dueAt: at(-3 * minute), worker: 'Mailer' },
    ],
    running: { asOf: at(-5000), jobs: [{ id: 'job-0002', worker: 'Mailer', startedAt: at(-181 * minute), executor: 'worker-7', usualSeconds: 4 }] },
    hostLines: { stop: `await boss.offWork("${name}")`, attend: `await boss.work("${name}", handler)` },
    fedBy: { entries: [{ name: 'nightly_sync', nextSlotAt: at(3 * minute), paused: false, waiting: 60 }, { name: 'vat_report', nextSlotAt: null, paused: true, waiting: 0 }], looked: { jobs: 84, all: true } },
    ...over,
  }
}

export function detail(id: string, over: Partial<JobDetail> = {}): JobDetail {
  return {
    ...job(id),
    meta: { source: 'signup' },
    output: { messageId: 'abc-1' },
    attempts: [
      { number: 1, startedAt: at(-8 * minute), endedAt: at(-8 * minute + 2000), outcome: 'failed', error: 'TypeError: no recipient\n    at send (mail.ts:4:2)\n    at run (worker.ts:88:9)', executor: 'worker-eu-1' },
      { number: 2, startedAt: at(-3 * minute), endedAt: at(-3 * minute + 4000), outcome: 'failed', error: `SmtpError: 451 try again later\n${Array.from({ length: 12 }, (_, index) => `    at frame${index} (mail.ts:${index}:1)`).join('\n')}`, executor: 'worker-eu-3' },
    ],
    attemptsKept: 'all',
    timeline: [
      { at: at(-10 * minute), label: 'created' },
      { at: at(-3 * minute), label: 'attempt 2 failed' },
    ],
    origin: { cronEntry: 'nightly_sync', slotAt: at(-10 * minute), parent: { id: 'job-0000', queue: 'mail', state: 'completed' } },
    dependencies: [{ id: 'job-0900', queue: 'reports', state: 'executing' }],
    waiting: [{ reason: 'scheduled_until', detail: `It will be retried at ${at(3 * minute)}.` }],
    operations: {
      retry_job: { allowed: true },
      cancel_job: { allowed: true },
      discard_job: { allowed: true },
      restore_job: { allowed: false, reason: 'Only a job that was discarded here within 24 h can be restored.' },
      rescue_job: { allowed: false, reason: 'Only a job that executes under a missing executor can be rescued.' },
    },
    events: [event({ action: 'cancel_job', eventType: 'job.cancelled', subject: { type: 'job', id } })],
    asOf: at(0),
    ...over,
  }
}

export const bulkId = '0191b8f2-0000-7cc1-9a5e-1f6a3c1d2e3f'

export function selection(over: Partial<NonNullable<Plan['selection']>> = {}): NonNullable<Plan['selection']> {
  return {
    bulkId,
    total: 12_040,
    eligible: 12_034,
    notEligible: { 'State is executing': 4, 'You are not allowed to do this.': 2 },
    byQueue: { mail: 12_000, reports: 40 },
    byState: { retryable: 12_000, discarded: 36, executing: 4 },
    until: at(0),
    background: true,
    ...over,
  }
}

export function bulkPlan(over: Partial<Plan> = {}): Plan {
  return plan({
    action: 'retry_job',
    subject: { type: 'bulk', id: bulkId },
    title: 'Retry 12,034 jobs',
    effect: 'Each becomes available again and runs when an executor takes it.',
    before: { states: { retryable: 12_000, discarded: 34 } },
    after: { state: 'available' },
    risk: 'high',
    cautions: ['A job that changes before its turn is left alone and reported.', 'It runs in the background, 1,000 jobs at a time; changes made before an abort remain.'],
    counts: { subjects: 12_034, jobs: 12_034 },
    selection: selection(),
    record: { eventType: 'job.retried', subject: `bulk:${bulkId}`, actor: 'ops-demo' },
    ...over,
  })
}

export function bulkRun(over: Partial<BulkRun> = {}): BulkRun {
  return {
    id: bulkId,
    action: 'retry_job',
    status: 'running',
    actor: opsDemo,
    reason: 'mail server is back',
    total: 12_040,
    eligible: 12_034,
    notEligible: { 'State is executing': 4 },
    outcomes: { waiting: 6034, done: 5990, changed: 8, failed: 2 },
    createdAt: at(-20_000),
    startedAt: at(-18_000),
    asOf: at(0),
    ...over,
  }
}
