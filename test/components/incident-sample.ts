import type { Incident, IncidentDetail, IncidentWatch } from '../../schemas/incident.ts'
import { operationsOn } from '../../schemas/actions.ts'
import { at } from './sample.ts'

const minute = 60_000

export const ids = { burst: '0192f000-0000-7000-8000-000000000001', stuck: '0192f000-0000-7000-8000-000000000002', exhausted: '0192f000-0000-7000-8000-000000000003' }

export function incident(over: Partial<Incident> = {}): Incident {
  return {
    id: ids.burst,
    class: 'failure_burst',
    status: 'needs_review',
    state: 'open',
    scope: { queue: 'order_mail', fingerprint: 'e1:7c0d41b2a90f33e8' },
    title: 'Burst of failures in order_mail',
    headline: '140 mails failed for good in 28 min.',
    error: 'connect ETIMEDOUT 10.4.0.12:587 (smtp-eu-2)',
    since: at(-28 * minute),
    openedAt: at(-26 * minute),
    lastSeenAt: at(-9000),
    resolvedAt: null,
    reopened: 0,
    flappingSince: null,
    explainedBy: null,
    explains: [],
    acknowledged: null,
    assignee: null,
    silenced: null,
    affected: { jobs: { count: 140, how: 'exact' }, queues: ['order_mail'], executors: 3 },
    measured: [
      { label: 'One fingerprint: 140 of 146 failures', share: 0.96 },
      { label: 'v412 came 3 min before the first', note: 'order only' },
    ],
    ruledOut: [{ label: 'Executors away: 5 of 5 beat', note: 'measured' }],
    cause: { label: 'connect ETIMEDOUT in order_mail', share: 0.96 },
    facts: [
      { label: 'Failing now', value: '5.0 /min, usual 0.1' },
      { label: 'Share', value: '34 % of its mails' },
    ],
    operations: permitted(true),
    asOf: at(-1000),
    ...over,
  }
}

export function permitted(allowed: boolean, reason = 'Role viewer may look, not change.'): Incident['operations'] {
  return Object.fromEntries(operationsOn('incident').map((action) => [action, allowed ? { allowed } : { allowed, reason }]))
}

export function detail(over: Partial<IncidentDetail> = {}): IncidentDetail {
  return {
    ...incident(),
    repairs: [
      { action: 'retry_job', label: 'Retry 140 jobs', primary: true, selection: { filter: { incident: ids.burst } }, caution: 'It was still failing at 13:21:59 UTC: unless the cause has been fixed since, a retry fails again.', allowed: true },
      { action: 'discard_job', label: 'Discard 140 jobs', primary: false, selection: { filter: { incident: ids.burst } }, caution: 'Only if they are no longer wanted.', allowed: true },
    ],
    watch: watch(),
    chart: {
      label: 'Jobs ended per minute',
      kind: 'bars',
      unit: '/min',
      from: at(-60 * minute),
      to: at(0),
      stepSeconds: 60,
      points: Array.from({ length: 60 }, (_, n) => ({ at: at((n - 60) * minute), value: n > 13 && n < 18 ? null : 12, failed: n > 32 ? 5 : 0 })),
      marks: [{ at: at(-31 * minute), kind: 'deploy', label: 'v412' }],
    },
    ...over,
  }
}

export const watch = (over: Partial<IncidentWatch> = {}): IncidentWatch => ({ state: 'fresh', lookedAt: at(-8000), sources: [{ name: 'queues', asOf: at(-8000), state: 'fresh' }], ...over })

export const incidentPage = (items: Incident[], over: object = {}) => ({ items, watch: watch(), asOf: at(0), ...over })

/** One that is stuck, one that fails, and one that the latter explains. */
export const three = (): Incident[] => [
  incident({ id: ids.stuck, class: 'stuck_queue', status: 'blocked', title: 'report is stuck', error: undefined, since: at(-181 * minute), scope: { queue: 'report' } }),
  incident({ acknowledged: { at: at(-18 * minute), by: { id: 'ops-lead', type: 'user', label: 'ops-lead' } }, explains: [{ id: ids.exhausted, title: 'order_mail gives up' }] }),
  incident({ id: ids.exhausted, class: 'retry_exhausted', title: 'order_mail gives up', explainedBy: { id: ids.burst, title: 'Burst of failures in order_mail' } }),
]
