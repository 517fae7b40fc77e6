import { protocol, version } from '../../schemas/protocol.ts'
import type { Session } from '../../schemas/actor.ts'
import type { AuditEvent } from '../../schemas/audit.ts'
import type { CronEntry, Slot } from '../../schemas/cron.ts'
import type { CreatedPreview } from '../../schemas/operation.ts'
import type { Plan } from '../../schemas/plan.ts'
import { operationActions, type SlotOutcome, viewActions } from '../../schemas/vocabulary.ts'

const minute = 60_000
const day = 24 * 60 * minute

/** An instant so many milliseconds from now. */
export const at = (offset: number): string => new Date(Math.floor((Date.now() + offset) / 1000) * 1000).toISOString()

export const opsDemo = { id: 'ops-demo', type: 'user', label: 'ops-demo' }

const cronActions = Object.keys(operationActions)

export function everything(allowed: boolean, reason?: string) {
  const names = [...Object.keys(viewActions), ...cronActions]
  return Object.fromEntries(names.map((name) => [name, allowed || name.startsWith('view_') ? { allowed: true } : { allowed, reason }]))
}

export function session(over: Partial<Session> = {}): Session {
  return {
    actor: opsDemo,
    permissions: everything(true),
    engine: { name: 'pg-boss', version: '12.35.0', transactional: true, capabilities: {}, lacks: {} },
    bridges: [{ name: 'pg-boss', label: 'pg-boss Dashboard bridge', href: '/ops/jobs/pg-boss' }],
    base: '/ops/jobs',
    reasons: {
      ...Object.fromEntries(['create', 'update', 'delete'].map((verb) => [`${verb}_cron_entry`, { required: true, minLength: 8 }])),
    },
    version,
    protocol,
    asOf: at(0),
    ...over,
  }
}

function slots(every: number, outcomes: SlotOutcome[]): Slot[] {
  return outcomes.map((outcome, index) => {
    const when = at((index - outcomes.length) * every)
    const ran = ['on_time', 'delayed', 'manual_run'].includes(outcome)
    return { at: when, outcome, ...(ran ? { claimedAt: when, lateSeconds: outcome === 'delayed' ? 251 : 0.2, jobState: 'completed' } : {}) }
  })
}

const outcomes: SlotOutcome[] = Array.from({ length: 36 }, (_, index) =>
  index < 2 ? 'unknown' : index === 12 ? 'skipped_overlap' : index === 20 ? 'missed_fire' : index === 24 ? 'scheduler_down' : index === 30 ? 'delayed' : 'on_time',
)

export function entry(name: string, over: Partial<CronEntry> = {}): CronEntry {
  return {
    name,
    source: 'code',
    queue: name,
    args: { scope: 'ops-demo' },
    expression: '0 2 * * *',
    description: 'At 02:00',
    timezone: 'Etc/UTC',
    overlap: 'queue_one',
    catchUp: 'latest',
    maxCatchUp: 1,
    version: 1,
    status: 'runnable',
    diagnosis: 'ready',
    detail: 'Runs as scheduled.',
    lastRun: { at: at(-day / 2), outcome: 'on_time', claimedAt: at(-day / 2), lateSeconds: 0.2, jobId: '7f3c2d10-91d0', jobState: 'completed' },
    nextRuns: [at(day / 2), at(1.5 * day), at(2.5 * day)],
    recent: slots(day, outcomes),
    coming: Array.from({ length: 12 }, (_, index) => ({ at: at(day / 2 + index * day), skipped: index === 3 })),
    unfinishedJobs: 0,
    definitionLocked: 'This entry is declared in code; change it there.',
    permissions: Object.fromEntries(cronActions.map((action) => [action, { allowed: true }])),
    createdAt: at(-40 * day),
    updatedAt: at(-day),
    ...over,
  }
}

export const paused: Partial<CronEntry> = {
  status: 'waiting',
  diagnosis: 'paused',
  detail: 'No run is due until it resumes.',
  pause: { at: at(-4 * minute), by: opsDemo, reason: 'fixture maintenance', resumeAt: at(day) },
  nextRuns: [],
}

export function entries(): CronEntry[] {
  return [
    entry('nightly_sync', { source: 'fixture' }),
    entry('price_feed', { expression: '* * * * *', description: 'Every minute', overlap: 'skip', nextRuns: [at(38_000)], recent: slots(minute, outcomes) }),
    entry('send_digests', { expression: '30 7 * * 1-5', description: 'At 07:30, Monday through Friday', timezone: 'Europe/Berlin', ...paused }),
    entry('cleanup_carts', {
      source: 'runtime',
      expression: '*/15 * * * *',
      description: 'Every 15 minutes',
      timezone: 'America/New_York',
      overlap: 'cancel_previous',
      definitionLocked: undefined,
      nextRuns: [at(12 * minute)],
    }),
    entry('ledger_close', {
      expression: '0 2 1 * *',
      description: 'At 02:00, on day 1 of the month',
      timezone: 'America/New_York',
      status: 'needs_review',
      diagnosis: 'missed_fire',
      detail: '1 missed run, 1 Nov 02:00; no scheduler was alive.',
      nextRuns: [at(11 * day)],
    }),
  ]
}

export function plan(over: Partial<Plan> = {}): Plan {
  return {
    action: 'pause_cron_entry',
    subject: { type: 'cron_entry', id: 'nightly_sync' },
    actor: opsDemo,
    title: 'Pause nightly_sync',
    effect: 'Future claims stop until resumed. A run that is executing now goes on.',
    before: { pausedAt: null, resumeAt: null },
    after: { pausedAt: 'now', resumeAt: null },
    risk: 'low',
    cautions: [],
    counts: { subjects: 1, jobs: 0 },
    ownership: 'powertools_native',
    record: { eventType: 'cron.paused', subject: 'cron_entry:nightly_sync', actor: 'ops-demo' },
    ...over,
  }
}

export function preview(over: Partial<CreatedPreview> = {}): CreatedPreview {
  return {
    id: '0191b8f2-5a0c-7cc1-9a5e-1f6a3c1d2e3f',
    token: 'secret-token-of-this-preview',
    status: 'ready',
    plan: plan(),
    reasonRequired: false,
    expiresAt: at(30 * minute),
    ...over,
  }
}

export function event(over: Partial<AuditEvent> = {}): AuditEvent {
  return {
    id: '0191b8f2-6b1d-7dd2-8b6f-2a7b4d2e3f40',
    occurredAt: at(0),
    action: 'pause_cron_entry',
    eventType: 'cron.paused',
    outcome: 'succeeded',
    actor: opsDemo,
    subject: { type: 'cron_entry', id: 'nightly_sync' },
    reason: 'fixture maintenance',
    before: { pausedAt: null },
    after: { pausedAt: at(0) },
    source: 'page',
    requestId: 'req-1',
    metadata: {},
    ...over,
  }
}
