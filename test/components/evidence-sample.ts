import type { AuditEvent } from '../../schemas/audit.ts'
import type { ErrorGroup } from '../../schemas/error-group.ts'
import type { Bundle, NextPath, Timeline, TimelineLane } from '../../schemas/forensics.ts'
import type { TimelineMark } from '../../schemas/forensics-words.ts'
import type { Bucket, Change, OpenIncident, Overview, Vital } from '../../schemas/overview.ts'
import { at, event, opsDemo } from './sample.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** A wave that is the same in every run, one value a minute, with a hole of six minutes in it. */
export function wave(from: number, to: number): Vital['series'] {
  return Array.from({ length: 60 }, (_, index) => ({
    at: at((index - 59) * minute),
    value: Math.round((from + ((to - from) * index) / 59 + ((to + from) / 20) * Math.sin(index / 3)) * 10) / 10,
  })).filter((_, index) => index < 20 || index > 26)
}

const noSeries = { series: [], asOf: null, how: 'not measured yet', value: null }

export function vitals(): Vital[] {
  const failing = wave(0, 0).map((point, index) => ({ at: point.at, value: index < 30 ? 0 : 5, failed: index < 30 ? 0 : 5 }))
  return [
    { key: 'finished_per_minute', label: 'Finished per minute', kind: 'bars', value: 1284, unit: 'jobs', series: wave(900, 1284), usual: { low: 900, high: 1200 }, asOf: at(-4000), how: 'exact' },
    { key: 'failed_per_minute', label: 'Failed per minute', kind: 'bars', value: 5.2, unit: 'for good', series: failing, usual: { low: 0, high: 0.3 }, alarming: true, asOf: at(-4000), how: 'exact' },
    { key: 'waiting_now', label: 'Waiting now', kind: 'line', value: 3902, unit: 'due jobs', series: wave(4400, 3900), asOf: at(-4000), how: 'estimated' },
    { key: 'wait_p95_seconds', label: 'Wait, 95th percentile', kind: 'line', unit: 's', ...noSeries },
  ]
}

export function openIncident(over: Partial<OpenIncident> = {}): OpenIncident {
  return {
    id: '0191b8f2-6b1d-7dd2-8b6f-0000000000a1',
    status: 'blocked',
    title: 'report is stuck',
    about: 'report',
    detail: '84 jobs are due and none has started · ruled out: paused, slots full',
    since: at(-181 * minute),
    href: '/ops/jobs/incident/0191b8f2-6b1d-7dd2-8b6f-0000000000a1',
    acknowledged: null,
    assignee: null,
    acknowledge: { allowed: true },
    ...over,
  }
}

/** An outage: a stuck queue that nobody is on, failing mails that somebody has taken, and a worker that is gone. */
export function incidents(): NonNullable<Overview['incidents']> {
  const items = [
    openIncident(),
    openIncident({
      id: 'mails', status: 'needs_review', title: 'Burst of failures in order_mail', about: 'order_mail', detail: '140 jobs, all on v412 · explains 1 more incident', since: at(-28 * minute),
      href: '/ops/jobs/incident/mails', acknowledged: { at: at(-18 * minute), by: { id: 'ops-lead', type: 'user', label: 'ops-lead' } }, acknowledge: undefined,
    }),
    openIncident({ id: 'worker', status: 'needs_review', title: 'worker-7 is missing and holds 3 jobs', about: 'worker-7', detail: 'last heartbeat 20 min ago', since: at(-20 * minute), href: '/ops/jobs/incident/worker' }),
  ]
  return { open: 4, unattended: 2, capped: false, items }
}

export function errorGroups(): ErrorGroup[] {
  const common = { status: 'unresolved' as const, grouping: 'default' as const, total: 140, perMinute: 5, burst: null, resolved: null, regressedAt: null, silenced: null, operations: {} }
  const histogram = { from: at(-60 * minute), stepSeconds: 60, counts: Array.from({ length: 60 }, (_, index) => (index === 14 ? null : index < 32 ? 0 : 5)) }
  return [
    { ...common, fingerprint: 'e1:83c01c1dd0ffa9ad', state: 'new', title: 'connect ETIMEDOUT <ip>:<int> (smtp-eu-2)', errorClass: 'Error', queue: 'order_mail', worker: 'order_mail', firstSeenAt: at(-28 * minute), lastSeenAt: at(-1000), count: 420, final: 140, histogram, versions: ['v412'] },
    { ...common, fingerprint: 'e1:7c0d41b2a90f33e8', state: 'regression', title: '401 signature mismatch', errorClass: 'Error', queue: 'payment_webhook', worker: 'payment_webhook', firstSeenAt: at(-5 * day), lastSeenAt: at(-9 * minute), count: 6, final: 0, histogram: { ...histogram, counts: histogram.counts.map((count) => count && 1) }, versions: [] },
  ]
}

export function changes(): Change[] {
  return [
    { at: at(-4 * minute), kind: 'operation', who: 'ops-demo', text: 'paused the entry nightly_sync', detail: '“fixture maintenance”', href: '/ops/jobs/cron?entry=nightly_sync' },
    { at: at(-28 * minute), kind: 'incident', text: 'Burst of failures in order_mail', bad: true, href: '/ops/jobs/incident/mails' },
    { at: at(-31 * minute), kind: 'deploy', who: 'v412', text: 'by ci' },
    { at: at(-39 * minute), kind: 'gap', text: 'Nobody measured for 6 min', detail: `until ${at(-33 * minute)}; dashed on the charts` },
  ]
}

function bucket(status: Bucket['status'], title: string, diagnosis: string, over: Partial<Bucket> = {}): Bucket {
  return {
    status,
    title,
    count: 0,
    asOf: at(-2000),
    diagnosis,
    ownership: 'powertools_native',
    ownershipLabel: 'Powertools-native',
    posture: 'Audited action',
    exemplars: [],
    ...over,
  }
}

export function buckets(): Bucket[] {
  return [
    bucket('needs_review', 'Needs Review', 'One cron entry missed a run that nobody has looked at.', {
      count: 1,
      nextStep: { label: 'Review cron entries', href: '/ops/jobs/cron' },
      exemplars: [
        {
          label: 'ledger_close',
          attention: 'Missed 1 Nov 02:00; no scheduler was recorded then.',
          href: '/ops/jobs/cron?entry=ledger_close',
          forensicsHref: '/ops/jobs/forensics/cron_entry/ledger_close',
          completeness: 'partial_evidence',
          at: at(-6 * day),
        },
      ],
    }),
    bucket('blocked', 'Blocked', 'Nothing is blocked.'),
    bucket('waiting', 'Waiting', 'One cron entry is paused and resumes by itself.', {
      count: 1,
      nextStep: { label: 'Review waiting entries', href: '/ops/jobs/cron?state=paused' },
      exemplars: [
        {
          label: 'nightly_sync',
          attention: 'Paused by ops-demo: “fixture maintenance”.',
          href: '/ops/jobs/cron?entry=nightly_sync',
          forensicsHref: '/ops/jobs/forensics/cron_entry/nightly_sync',
          completeness: 'complete',
          at: at(-4 * minute),
        },
      ],
    }),
    bucket('runnable', 'Runnable', 'Eleven cron entries are ready to run.', {
      count: 11,
      nextStep: { label: 'Review runnable entries', href: '/ops/jobs/cron?state=active' },
      exemplars: [
        { label: 'price_feed', attention: 'Next run by the minute.', href: '/ops/jobs/cron?entry=price_feed', completeness: 'complete', at: at(38_000) },
        {
          label: 'a_cron_entry_with_a_really_long_name_that_does_not_fit_anywhere',
          attention: 'Next run in a quarter of an hour.',
          href: '/ops/jobs/cron?entry=cleanup_carts',
          forensicsHref: '/ops/jobs/forensics/cron_entry/cleanup_carts',
          completeness: 'complete',
          at: at(12 * minute),
        },
      ],
    }),
    bucket('bridge_only', 'Bridge-only Follow-up', 'Jobs of this engine can be inspected in its own dashboard.', {
      count: 1,
      ownership: 'bridge',
      ownershipLabel: 'pg-boss Dashboard bridge',
      posture: 'Inspection only',
      nextStep: { label: 'Open pg-boss Dashboard', href: '/ops/jobs/pg-boss' },
    }),
    bucket('resolved', 'Resolved Recently', 'Nothing ended in the last 24 hours.'),
  ]
}

export function overview(over: Partial<Overview> = {}): Overview {
  return {
    sentence: 'ledger_close: missed a run although a scheduler was alive. The rest is moving.',
    troubles: [{ status: 'needs_review', text: 'ledger_close: missed a run although a scheduler was alive.', about: 'ledger_close', href: '/ops/jobs/cron?entry=ledger_close' }],
    rest: 'The rest is moving.',
    moving: true,
    figures: 'fresh',
    range: '1h',
    chart: { from: at(-60 * minute), to: at(0), stepSeconds: 60, marks: [{ at: at(-31 * minute), kind: 'deploy', label: 'v412' }] },
    vitals: vitals(),
    incidents: { open: 0, unattended: 0, capped: false, items: [] },
    buckets: buckets(),
    changes: changes(),
    withheld: [],
    asOf: at(-2000),
    ...over,
  }
}

/** The same outage as in `incidents`. */
export function troubledOverview(over: Partial<Overview> = {}): Overview {
  const troubles = [
    { status: 'blocked' as const, text: 'report is stuck: 84 jobs, the oldest waits 3 h 1 min.', about: 'report', href: '/ops/jobs/incident/0191b8f2-6b1d-7dd2-8b6f-0000000000a1' },
    { status: 'needs_review' as const, text: '140 mails fail in order_mail (ETIMEDOUT smtp-eu-2).', about: 'order_mail', href: '/ops/jobs/incident/mails' },
  ]
  return overview({ sentence: 'report is stuck.', troubles, incidents: incidents(), ...over })
}

export function quietOverview(): Overview {
  return overview({
    sentence: 'No jobs are waiting.',
    troubles: [],
    rest: 'No jobs are waiting.',
    moving: true,
    vitals: vitals().map((vital) => ({ ...vital, value: null, usual: undefined, alarming: undefined, series: [], asOf: null, how: 'not measured yet' })),
    buckets: buckets().map((each) => ({ ...each, count: 0, diagnosis: 'Nothing here.', exemplars: [], nextStep: undefined })),
    changes: [],
  })
}

export function eventId(index: number): string {
  return `0191b8f2-6b1d-7dd2-8b6f-${String(index).padStart(12, '0')}`
}

/** Newest first, from `from` down to 1. */
export function events(from: number, count: number): AuditEvent[] {
  return Array.from({ length: count }, (_, offset) => numbered(from - offset))
}

function numbered(index: number): AuditEvent {
  const usual = { id: eventId(index), occurredAt: at(-(200 - index) * 7 * minute).replace('.000Z', '.123456Z'), requestId: `req-${index}` }
  if (index % 5 === 1) return event({ ...usual, outcome: 'denied', code: 'forbidden', actor: { id: 'viewer-demo', type: 'user', label: 'viewer-demo' }, reason: undefined, before: undefined, after: undefined })
  if (index % 5 === 2) return event({ ...usual, action: 'resume_cron_entry', eventType: 'cron.resumed', before: { pausedAt: at(-day), resumeAt: at(day) }, after: { pausedAt: null, resumeAt: null }, source: 'cli' })
  if (index % 5 === 3) return event({ ...usual, outcome: 'failed', code: 'preview_drifted', reason: 'the other shift paused it first, so this one came too late' })
  return event({ ...usual, previewId: eventId(900 + index), metadata: { remoteAddress: '10.0.0.7' } })
}

export function nextPaths(allowed = true): NextPath[] {
  const reason = allowed ? undefined : 'Your role “viewer” may look, not change.'
  return [
    {
      order: 1,
      ownership: 'powertools_native',
      ownershipLabel: 'Powertools-native',
      posture: 'Audited action',
      label: 'Resume entry: nightly_sync',
      detail: 'The next run would be tomorrow at 02:00.',
      operation: { action: 'resume_cron_entry', subject: { type: 'cron_entry', id: 'nightly_sync' }, allowed, reason },
    },
    {
      order: 2,
      ownership: 'powertools_native',
      ownershipLabel: 'Powertools-native',
      posture: 'Audited action',
      label: 'Read its audit events',
      detail: 'Every change and every refused attempt, with actor and reason.',
      href: '/ops/jobs/audit?subjectType=cron_entry&subjectId=nightly_sync',
    },
    {
      order: 3,
      ownership: 'bridge',
      ownershipLabel: 'pg-boss Dashboard bridge',
      posture: 'Inspection only',
      label: "View its jobs in the engine's dashboard",
      detail: 'Read-only; uses the same sign-in.',
      href: '/ops/jobs/pg-boss',
    },
    {
      order: 4,
      ownership: 'host_owned',
      ownershipLabel: 'host-owned follow-up',
      posture: 'Host-owned',
      label: 'Tell the owners of the schedule',
      detail: 'How they are told, and whether it reaches them, is theirs to confirm.',
    },
  ]
}

export function bundle(over: Partial<Bundle> = {}): Bundle {
  const outcomes = Array.from({ length: 42 }, (_, index) => (index < 2 ? 'unknown' : index === 12 || index === 13 ? 'scheduler_down' : index === 27 ? 'missed_fire' : 'on_time'))
  return {
    subject: { type: 'cron_entry', id: 'nightly_sync', label: 'nightly_sync', href: '/ops/jobs/cron?entry=nightly_sync' },
    diagnosis: {
      status: 'waiting',
      title: 'Paused by ops-demo; no run is due until it resumes.',
      detail: 'In this window 37 of 42 slots ran on time; 1 missed, 2 no scheduler, 2 unknown.',
      provenance: 'durable',
    },
    completeness: { state: 'partial_evidence', reasons: ['No scheduler was recorded from 12 Nov 03:00 to 14 Nov 01:12.'], gaps: [{ source: 'coverage', from: at(-30 * day), to: at(-28 * day), reason: 'No scheduler on record' }] },
    window: { from: at(-42 * day), to: at(0) },
    chronology: [
      {
        id: eventId(7),
        at: at(-4 * minute).replace('.000Z', '.114231Z'),
        label: 'ops-demo paused the entry',
        detail: 'fixture maintenance',
        source: 'audit',
        provenance: 'durable',
        actor: opsDemo,
        outcome: 'succeeded',
        ref: { type: 'audit_event', id: eventId(7), href: `/ops/jobs/forensics/audit_event/${eventId(7)}` },
      },
      {
        id: 'slot 1',
        kind: 'on_time',
        at: at(-11 * hour).replace('.000Z', '.231Z'),
        label: 'Slot claimed, job 7f3c…91d0 finished in 41 s',
        detail: 'on time',
        source: 'cron',
        provenance: 'durable',
        outcome: 'on_time',
        ref: { type: 'cron_slot', id: 'nightly_sync@1' },
      },
      {
        id: 'slot 2',
        kind: 'missed_fire',
        at: at(-15 * day),
        label: 'The slot was not claimed although a scheduler was alive',
        detail: 'missed',
        source: 'coverage',
        provenance: 'supporting',
        outcome: 'missed_fire',
        ref: { type: 'cron_slot', id: 'nightly_sync@2' },
      },
      {
        id: 'slot 3',
        kind: 'unknown',
        at: at(-41 * day),
        label: 'Nothing was recorded for this slot',
        source: 'coverage',
        provenance: 'unknown',
        outcome: 'unknown',
        ref: { type: 'cron_slot', id: 'nightly_sync@3' },
      },
    ],
    linkedResources: [{ type: 'audit_event', id: eventId(7), label: 'cron.paused', href: `/ops/jobs/audit?event=${eventId(7)}` }],
    nextPaths: nextPaths(),
    runbook: {
      title: 'A paused entry',
      whyNow: 'Paused by ops-demo; no run is due until it resumes.',
      prerequisites: [
        { label: 'The evidence covers the whole window', met: false },
        { label: 'You may act on this entry', met: true },
      ],
      cautions: ['The evidence has gaps: no record of a problem does not mean there was none.'],
      steps: [
        { ownership: 'powertools_native', ownershipLabel: 'Powertools-native', text: 'Read who paused it and why.' },
        { ownership: 'host_owned', ownershipLabel: 'host-owned follow-up', text: 'Ask them, or check that the reason is over.' },
        { ownership: 'powertools_native', ownershipLabel: 'Powertools-native', text: 'Resume it, or let it resume by itself.' },
      ],
      unsupported: [{ what: 'Change concurrency', why: 'pg-boss sets it where the worker is started.' }],
      host: {
        title: 'Our night shift',
        blocks: [
          { type: 'heading', level: 2, spans: [{ text: 'Before you resume' }] },
          { type: 'paragraph', spans: [{ text: 'Ask ' }, { text: 'finance', strong: true }, { text: ' in <b>#ledger</b>, see ' }, { text: 'the page', href: 'https://wiki.example.com/ledger' }] },
          { type: 'list', ordered: false, items: [{ depth: 0, spans: [{ text: 'balance' }] }, { depth: 1, spans: [{ text: 'by hand', em: true }] }] },
          { type: 'code', text: 'ledger --check' },
        ],
        links: [{ label: 'On call', href: '/on-call' }],
      },
    },
    followUp: { status: 'invoked', detail: 'The host’s handler accepted the hand-off.', at: at(-4 * minute) },
    timeline: picture(outcomes),
    withheld: [],
    asOf: at(-1000),
    ...over,
  }
}

/** Slots by day, a scheduler with a gap, a change and a deploy. */
export function picture(outcomes: string[]): Timeline {
  const lane = (key: string, label: string, marks: TimelineLane['marks'], over: Partial<TimelineLane> = {}): TimelineLane => ({ key, label, line: false, marks, gaps: [], ...over })
  return {
    from: at(-42 * day),
    to: at(2 * day),
    now: at(0),
    range: '90d',
    lanes: [
      lane('slots', 'Slots', outcomes.map((outcome, index) => ({ at: at((index - 42) * day), mark: outcome as TimelineMark, label: 'Slot claimed', href: index === 20 ? '/ops/jobs/job/job-0007' : undefined }))),
      lane('scheduler', 'Scheduler', [], { line: true, gaps: [{ from: at(-30 * day), to: at(-24 * day), label: 'No scheduler on record' }] }),
      lane('changes', 'Changes', [{ at: at(-4 * minute), mark: 'change', label: 'ops-demo paused the entry', href: `/ops/jobs/forensics/audit_event/${eventId(7)}` }]),
      lane('deploys', 'Deploys', [{ at: at(-3 * day), mark: 'deploy', label: 'v412' }]),
    ],
  }
}

export function unknownBundle(): Bundle {
  const supply = 'Supply the name of a cron entry that exists.'
  return bundle({
    subject: { type: 'cron_entry', id: 'nothing', label: 'nothing' },
    diagnosis: { status: 'needs_review', title: 'Nothing is known of this subject.', detail: supply, provenance: 'unknown' },
    completeness: { state: 'unknown', reasons: [supply], gaps: [] },
    window: undefined,
    chronology: [],
    linkedResources: [],
    nextPaths: nextPaths().slice(1, 2),
    runbook: {
      title: 'Find the subject',
      whyNow: 'There is no evidence without a subject.',
      prerequisites: [{ label: 'A subject that exists', met: false }],
      cautions: ['A deleted subject may still appear in the audit log.'],
      steps: [{ ownership: 'powertools_native', ownershipLabel: 'Powertools-native', text: supply }],
      unsupported: [],
    },
    followUp: undefined,
    timeline: undefined,
  })
}
