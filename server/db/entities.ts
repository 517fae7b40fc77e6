import { defineEntity, type InferEntity, p } from '@mikro-orm/core'
import type { AuditOutcome, BulkOutcome, BulkStatus, CountMethod, EventSource, JobState, Principal, ProblemCode } from '../../schemas/index.ts'
import type { Resource } from '../host/auth.ts'
import type { IncidentClassName, IncidentScope, IncidentState } from '../../schemas/incident-words.ts'
import type { CatchUpPolicy, CronSource, OperationAction, OverlapPolicy } from '../../schemas/vocabulary.ts'

/** A row as it is read: missing values are null. */
export type Row<E> = { [K in keyof InferEntity<E> as K extends string ? K : never]-?: Exclude<InferEntity<E>[K], undefined> }

/**
 * All our tables. `test/server/entities.test.ts` checks them against the migrations; `test/architecture.test.ts` lists which
 * folder owns which table. Single rows go through the entity manager; set operations and hot paths are SQL in the owner's folder.
 */

export const CronEntry = defineEntity({
  name: 'CronEntry',
  tableName: 'cron_entry',
  properties: {
    id: p.uuid().primary(),
    name: p.text().unique(),
    source: p.text().$type<CronSource>(),
    queue: p.text(),
    worker: p.text().nullable(),
    args: p.json().$type<Record<string, unknown>>(),
    expression: p.text(),
    timezone: p.text(),
    overlap: p.text().$type<OverlapPolicy>(),
    catchUp: p.text().$type<CatchUpPolicy>(),
    maxCatchUp: p.integer(),
    version: p.integer(),
    pausedAt: p.datetime().nullable(),
    pausedBy: p.json().$type<Principal>().nullable(),
    pauseReason: p.text().nullable(),
    pauseEventId: p.uuid().nullable(),
    resumeAt: p.datetime().nullable(),
    retiredAt: p.datetime().nullable(),
    nextSlotAt: p.datetime().nullable(),
    lastError: p.text().nullable(),
    retryAt: p.datetime().nullable(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
})
export type CronEntryRow = Row<typeof CronEntry>

export const CronRevision = defineEntity({
  name: 'CronRevision',
  tableName: 'cron_revision',
  properties: {
    entryId: p.uuid().primary(),
    fromAt: p.datetime().primary(),
    /** Null: the entry is retired from `fromAt` on. */
    expression: p.text().nullable(),
    timezone: p.text(),
  },
})
export type CronRevisionRow = Row<typeof CronRevision>

export type SlotState =
  | 'claimed'
  | 'queued_follow_up'
  | 'skipped_overlap'
  | 'skipped_by_operator'
  | 'missed_fire'
  | 'scheduler_down'

export const CronSlot = defineEntity({
  name: 'CronSlot',
  tableName: 'cron_slot',
  properties: {
    id: p.bigint('string').primary().autoincrement(),
    entryId: p.uuid(),
    kind: p.text().$type<'scheduled' | 'manual'>(),
    slotAt: p.datetime(),
    state: p.text().$type<SlotState>(),
    decidedAt: p.datetime(),
    claimedAt: p.datetime().nullable(),
    jobQueue: p.text().nullable(),
    jobId: p.text().nullable(),
    jobState: p.text().nullable(),
    finishedAt: p.datetime().nullable(),
    note: p.text().nullable(),
    eventId: p.uuid().nullable(),
  },
  uniques: [{ properties: ['entryId', 'kind', 'slotAt'] }],
})
export type CronSlotRow = Row<typeof CronSlot>

export const CronCoverage = defineEntity({
  name: 'CronCoverage',
  tableName: 'cron_coverage',
  properties: {
    id: p.bigint('string').primary().autoincrement(),
    kind: p.text().$type<'scheduling' | 'paused'>(),
    entryId: p.uuid().nullable(),
    fromAt: p.datetime(),
    toAt: p.datetime().nullable(),
  },
})
export type CronCoverageRow = Row<typeof CronCoverage>

export const Preview = defineEntity({
  name: 'Preview',
  tableName: 'preview',
  properties: {
    id: p.uuid().primary(),
    actorType: p.text(),
    actorId: p.text(),
    action: p.text().$type<OperationAction>(),
    subjectType: p.text(),
    subjectId: p.text(),
    input: p.json().$type<Record<string, unknown>>(),
    plan: p.json().$type<Record<string, unknown>>(),
    planHash: p.text(),
    /** The resource that the host authorized; null for a set of jobs, whose queues are stored with its bulk run. */
    resource: p.json().$type<Resource>().nullable(),
    createdAt: p.datetime(),
    expiresAt: p.datetime(),
    driftedAt: p.datetime().nullable(),
    consumedAt: p.datetime().nullable(),
    eventId: p.uuid().nullable(),
  },
})
export type PreviewRow = InferEntity<typeof Preview>

export const Installation = defineEntity({
  name: 'Installation',
  tableName: 'installation',
  properties: {
    id: p.smallint().primary(),
    secret: p.blob(),
    createdAt: p.datetime(),
  },
})

export const IdempotencyKey = defineEntity({
  name: 'IdempotencyKey',
  tableName: 'idempotency_key',
  properties: {
    actorType: p.text().primary(),
    actorId: p.text().primary(),
    key: p.text().primary(),
    requestHash: p.text(),
    /** The event recorded for the first request; null when it was refused. */
    eventId: p.uuid().nullable(),
    refusal: p.json().$type<{ code: ProblemCode; message: string }>().nullable(),
    expiresAt: p.datetime(),
  },
})

/** Partitioned by month; the table refuses update, delete and truncate. */
export const AuditEvent = defineEntity({
  name: 'AuditEvent',
  tableName: 'audit_event',
  properties: {
    occurredAt: p.datetime().primary().defaultRaw('clock_timestamp()'),
    id: p.uuid().primary(),
    action: p.text(),
    eventType: p.text(),
    outcome: p.text().$type<AuditOutcome>(),
    code: p.text().nullable(),
    actorId: p.text(),
    actorType: p.text(),
    actorLabel: p.text(),
    subjectType: p.text(),
    subjectId: p.text(),
    reason: p.text().nullable(),
    before: p.json().$type<Record<string, unknown>>().nullable(),
    after: p.json().$type<Record<string, unknown>>().nullable(),
    source: p.text().$type<EventSource>(),
    requestId: p.text(),
    previewId: p.uuid().nullable(),
    bulkId: p.uuid().nullable(),
    metadata: p.json().$type<Record<string, unknown>>().defaultRaw(`'{}'`),
    jobs: p.array().columnType('text[]').nullable(),
  },
})

export const RefusalTally = defineEntity({
  name: 'RefusalTally',
  tableName: 'refusal_tally',
  properties: {
    actorType: p.text().primary(),
    actorId: p.text().primary(),
    minute: p.datetime().primary(),
    count: p.integer(),
    folded: p.integer().default(0),
    last: p.json().$type<Record<string, unknown>>().nullable(),
  },
})

export const BulkRun = defineEntity({
  name: 'BulkRun',
  tableName: 'bulk_run',
  properties: {
    id: p.uuid().primary(),
    action: p.text().$type<OperationAction>(),
    status: p.text().$type<BulkStatus>(),
    actorType: p.text(),
    actorId: p.text(),
    actor: p.json().$type<Principal>(),
    selection: p.json().$type<Record<string, unknown>>(),
    input: p.json().$type<Record<string, unknown>>().defaultRaw(`'{}'`),
    setHash: p.text(),
    eventId: p.uuid().nullable(),
    reason: p.text().nullable(),
    source: p.text().$type<EventSource>(),
    requestId: p.text(),
    traceParent: p.text().nullable(),
    previewId: p.uuid().nullable(),
    total: p.integer(),
    eligible: p.integer(),
    notEligible: p.json().$type<Record<string, number>>().defaultRaw(`'{}'`),
    outcomes: p.json().$type<Partial<Record<BulkOutcome, number>>>().defaultRaw(`'{}'`),
    /** For each queue, how many jobs of the set are in it. */
    queues: p.json().$type<Record<string, unknown>>().defaultRaw(`'{}'`),
    createdAt: p.datetime().defaultRaw('clock_timestamp()'),
    startedAt: p.datetime().nullable(),
    servedAt: p.datetime().nullable(),
    finishedAt: p.datetime().nullable(),
    abortedBy: p.json().$type<Principal>().nullable(),
    fate: p.json().$type<Record<string, unknown>>().nullable(),
    fateDueAt: p.datetime().nullable(),
  },
})

export const BulkBatch = defineEntity({
  name: 'BulkBatch',
  tableName: 'bulk_batch',
  properties: {
    bulkId: p.uuid().primary(),
    number: p.integer().primary(),
    jobs: p.json().$type<unknown[]>(),
    eligible: p.integer(),
    status: p.text().$type<'waiting' | 'requested' | 'done'>().default('waiting'),
    outcomes: p.json().$type<unknown[]>().nullable(),
    requestedAt: p.datetime().nullable(),
    tries: p.integer().default(0),
    notBefore: p.datetime().nullable(),
    finishedAt: p.datetime().nullable(),
    /** A letter for each of `jobs`. */
    fates: p.text().nullable(),
  },
})

export const OpenRequest = defineEntity({
  name: 'OpenRequest',
  tableName: 'open_request',
  properties: {
    eventId: p.uuid().primary(),
    requestedAt: p.datetime().defaultRaw('clock_timestamp()'),
    action: p.text(),
    eventType: p.text(),
    actor: p.json().$type<Principal>(),
    subjectType: p.text(),
    subjectId: p.text(),
    reason: p.text().nullable(),
    requestId: p.text(),
    source: p.text().$type<EventSource>(),
    previewId: p.uuid().nullable(),
    bulkId: p.uuid().nullable(),
    detail: p.json().$type<Record<string, unknown>>().defaultRaw(`'{}'`),
    finalEventId: p.uuid(),
    claim: p.text().unique().nullable(),
  },
})

export const SecondLook = defineEntity({
  name: 'SecondLook',
  tableName: 'second_look',
  properties: {
    id: p.uuid().primary().defaultRaw('gen_random_uuid()'),
    eventId: p.uuid(),
    action: p.text(),
    bulkId: p.uuid().nullable(),
    batch: p.integer().nullable(),
    jobs: p.json().$type<{ id: string; queue: string }[]>(),
    changedAt: p.datetime(),
    dueAt: p.datetime(),
    tries: p.integer().default(0),
    unsettled: p.text().nullable(),
  },
})

export const Turn = defineEntity({
  name: 'Turn',
  tableName: 'turn',
  properties: {
    name: p.text().primary(),
    holder: p.uuid(),
    until: p.datetime(),
  },
})

export const Snapshot = defineEntity({
  name: 'Snapshot',
  tableName: 'snapshot',
  properties: {
    at: p.datetime().primary(),
    seconds: p.double(),
    waiting: p.bigint('string'),
    executing: p.bigint('string'),
    finished: p.bigint('string'),
    waitP95Seconds: p.double().fieldName('wait_p95_seconds').nullable(),
    how: p.text(),
  },
})

export const QueueFigure = defineEntity({
  name: 'QueueFigure',
  tableName: 'queue_figure',
  properties: {
    queue: p.text().primary(),
    asOf: p.datetime(),
    depth: p.json().$type<{ state: JobState; count: number; how: CountMethod }[]>(),
    oldestAvailableAt: p.datetime().nullable(),
    paused: p.boolean().nullable(),
    executors: p.integer().nullable(),
    jobLimit: p.integer().nullable(),
    due: p.bigint('string').nullable(),
    dueHow: p.text().$type<CountMethod>().nullable(),
    oldestDueAt: p.datetime().nullable(),
    started: p.bigint('string').nullable(),
    delayP95Seconds: p.double().fieldName('delay_p95_seconds').nullable(),
    movedAt: p.datetime().nullable(),
    usualSeconds: p.double().nullable(),
    usualFailed: p.double().nullable(),
  },
})

export const QueueMinute = defineEntity({
  name: 'QueueMinute',
  tableName: 'queue_minute',
  properties: {
    queue: p.text().primary(),
    minute: p.datetime().primary(),
    finished: p.bigint('string').default('0'),
    failed: p.bigint('string').default('0'),
    waiting: p.bigint('string').nullable(),
    waitP95Seconds: p.double().fieldName('wait_p95_seconds').nullable(),
    started: p.bigint('string').nullable(),
    discarded: p.bigint('string').nullable(),
    due: p.bigint('string').nullable(),
    executing: p.bigint('string').nullable(),
    oldestDueSeconds: p.double().nullable(),
    delayP95Seconds: p.double().fieldName('delay_p95_seconds').nullable(),
    runP50Seconds: p.double().fieldName('run_p50_seconds').nullable(),
    runP95Seconds: p.double().fieldName('run_p95_seconds').nullable(),
  },
})

export const EngineMinute = defineEntity({
  name: 'EngineMinute',
  tableName: 'engine_minute',
  properties: {
    minute: p.datetime().primary(),
    seconds: p.double(),
    finished: p.bigint('string'),
    failed: p.bigint('string'),
    started: p.bigint('string').nullable(),
    discarded: p.bigint('string').nullable(),
    waiting: p.bigint('string'),
    due: p.bigint('string').nullable(),
    executing: p.bigint('string'),
    oldestDueSeconds: p.double().nullable(),
    delayP95Seconds: p.double().fieldName('delay_p95_seconds').nullable(),
    runP50Seconds: p.double().fieldName('run_p50_seconds').nullable(),
    runP95Seconds: p.double().fieldName('run_p95_seconds').nullable(),
  },
})

export const UsualDuration = defineEntity({
  name: 'UsualDuration',
  tableName: 'usual_duration',
  properties: {
    queue: p.text().primary(),
    worker: p.text().primary(),
    asOf: p.datetime(),
    durations: p.json().$type<Record<string, number>>(),
  },
})

export const Finding = defineEntity({
  name: 'Finding',
  tableName: 'finding',
  properties: {
    key: p.text().primary(),
    asOf: p.datetime(),
    data: p.json().$type<unknown>(),
  },
})

export const QueuePause = defineEntity({
  name: 'QueuePause',
  tableName: 'queue_pause',
  properties: {
    queue: p.text().primary(),
    pausedAt: p.datetime(),
    pausedBy: p.json().$type<Principal>(),
    reason: p.text().nullable(),
    eventId: p.uuid(),
  },
})
export type QueuePauseRow = Row<typeof QueuePause>

export const JobView = defineEntity({
  name: 'JobView',
  tableName: 'job_view',
  properties: {
    actorType: p.text().primary(),
    actorId: p.text().primary(),
    name: p.text().primary(),
    filters: p.json().$type<Record<string, string>>(),
    updatedAt: p.datetime().defaultRaw('clock_timestamp()'),
  },
})

/** Until when nobody is told of an incident, and who decided that. */
export interface Silence {
  at: string
  by: Principal
  eventId: string
  until?: string
  /** It ends when there are more failures per minute than this. */
  untilRate?: number
  /** It ends when more jobs than this are affected. */
  untilCount?: number
  reason?: string
}

export const Incident = defineEntity({
  name: 'Incident',
  tableName: 'incident',
  properties: {
    id: p.uuid().primary(),
    /** Class and scope: what makes it the same incident when it comes back. */
    key: p.text().unique(),
    class: p.text().$type<IncidentClassName>(),
    /** Lower is worse; by the status of its class. */
    rank: p.smallint(),
    scope: p.json().$type<IncidentScope>(),
    state: p.text().$type<IncidentState>(),
    /** For a pending incident: how many ticks in a row have seen it. */
    streak: p.integer().default(0),
    /** When the trouble began, as far as it was measured. */
    beganAt: p.datetime(),
    openedAt: p.datetime().nullable(),
    lastSeenAt: p.datetime(),
    /** For an open incident: since when its evidence has been gone. */
    absentSince: p.datetime().nullable(),
    /** For an open incident whose evidence is gone: since when that cannot be measured. */
    frozenAt: p.datetime().nullable(),
    resolvedAt: p.datetime().nullable(),
    reopened: p.integer().default(0),
    /** Instants of its latest reopenings, which tell whether it is flapping. */
    recentReopens: p.json().$type<string[]>().defaultRaw(`'[]'`),
    flappingSince: p.datetime().nullable(),
    explainedBy: p.uuid().nullable(),
    /** What its class measured, not redacted. */
    facts: p.json().$type<unknown>(),
    factsAt: p.datetime(),
    acknowledgedAt: p.datetime().nullable(),
    acknowledgedBy: p.json().$type<Principal>().nullable(),
    assignedAt: p.datetime().nullable(),
    assignedTo: p.json().$type<Principal>().nullable(),
    silence: p.json().$type<Silence>().nullable(),
  },
})
export type IncidentRow = Row<typeof Incident>

export const Detection = defineEntity({
  name: 'Detection',
  tableName: 'detection',
  properties: {
    /** Always `latest`. */
    key: p.text().primary(),
    tickedAt: p.datetime(),
    tookMs: p.double(),
    /** When each source was measured; null: it was unavailable. */
    sources: p.json().$type<Record<string, string | null>>(),
  },
})

export const Deploy = defineEntity({
  name: 'Deploy',
  tableName: 'deploy',
  uniques: [{ name: 'deploy_version_at_key', properties: ['version', 'at'] }],
  properties: {
    id: p.uuid().primary(),
    version: p.text(),
    at: p.datetime(),
    url: p.text().nullable(),
    note: p.text().nullable(),
    markedBy: p.json().$type<Principal>(),
    eventId: p.uuid(),
  },
})

export const Archive = defineEntity({
  name: 'Archive',
  tableName: 'archive',
  properties: {
    id: p.uuid().primary(),
    kind: p.text(),
    /** Its name in the directory of the archives. */
    file: p.text(),
    sha256: p.text(),
    rows: p.bigint('string'),
    fromAt: p.datetime(),
    /** The newest row in it. */
    toAt: p.datetime(),
    archivedAt: p.datetime().defaultRaw('clock_timestamp()'),
  },
})

/** What an executor reports of one queue. */
export interface ReportedQueue {
  queue: string
  /** Jobs of it that can run at once; null if all queues of the executor share its slots. */
  slots: number | null
  used: number
  /** Since the last beat. */
  done: number
  failed: number
  /** Over the last minute or so. */
  lately: { done: number; failed: number }
  /** What the executor obeys, which may be older than what is wanted. */
  paused: boolean
  limit: number | null
}

export const Executor = defineEntity({
  name: 'Executor',
  tableName: 'executor',
  properties: {
    id: p.uuid().primary(),
    name: p.text(),
    host: p.text(),
    pid: p.integer().nullable(),
    version: p.text().nullable(),
    engine: p.text(),
    startedAt: p.datetime(),
    beatAt: p.datetime(),
    endedAt: p.datetime().nullable(),
    slots: p.integer().nullable(),
    queues: p.json().$type<ReportedQueue[]>().defaultRaw(`'[]'`),
    seconds: p.double().default(0),
    latelySeconds: p.double().default(0),
    unrecorded: p.bigint('string').default('0'),
  },
})

export const ExecutorJob = defineEntity({
  name: 'ExecutorJob',
  tableName: 'executor_job',
  properties: {
    executorId: p.uuid().primary(),
    jobId: p.text().primary(),
    queue: p.text(),
    worker: p.text().nullable(),
    attempt: p.integer().nullable(),
    startedAt: p.datetime(),
  },
})

export const ExecutorRun = defineEntity({
  name: 'ExecutorRun',
  tableName: 'executor_run',
  properties: {
    jobId: p.text().primary(),
    executorId: p.uuid().primary(),
    startedAt: p.datetime().primary(),
    endedAt: p.datetime(),
    queue: p.text(),
    worker: p.text().nullable(),
    attempt: p.integer().nullable(),
    outcome: p.text().$type<'failed' | 'stopped'>(),
  },
})

export const ExecutorGap = defineEntity({
  name: 'ExecutorGap',
  tableName: 'executor_gap',
  properties: {
    id: p.bigint('string').primary().autoincrement(),
    executorId: p.uuid(),
    fromAt: p.datetime(),
    toAt: p.datetime(),
    /** `database`: it could not reach the database. `process`: it did not run itself, e.g. because it was suspended. */
    cause: p.text().$type<'database' | 'process'>(),
  },
})

export const QueueWish = defineEntity({
  name: 'QueueWish',
  tableName: 'queue_wish',
  properties: {
    queue: p.text().primary(),
    paused: p.boolean().default(false),
    jobLimit: p.integer().nullable(),
    changedAt: p.datetime(),
    eventId: p.uuid(),
  },
})

export const ExecutorStop = defineEntity({
  name: 'ExecutorStop',
  tableName: 'executor_stop',
  properties: {
    eventId: p.uuid().primary(),
    jobId: p.text().primary(),
    queue: p.text(),
    requestedAt: p.datetime().defaultRaw('clock_timestamp()'),
    executorId: p.uuid().nullable(),
    heardAt: p.datetime().nullable(),
    endedAt: p.datetime().nullable(),
    outcome: p.text().$type<'stopped' | 'completed' | 'failed' | 'still_running'>().nullable(),
    recordedAt: p.datetime().nullable(),
  },
})

export const Notice = defineEntity({
  name: 'Notice',
  tableName: 'notice',
  properties: {
    /** The audit event's, and the message's. */
    id: p.uuid().primary(),
    thread: p.text(),
    eventType: p.text(),
    recordedAt: p.datetime(),
    tries: p.integer().default(0),
    settledAt: p.datetime().nullable(),
    outcome: p.text().nullable(),
    detail: p.text().nullable(),
  },
})

export const NoticeThread = defineEntity({
  name: 'NoticeThread',
  tableName: 'notice_thread',
  properties: {
    id: p.text().primary(),
    subjectType: p.text(),
    subjectId: p.text(),
    toldState: p.text().nullable(),
    toldAt: p.datetime().nullable(),
    toldEventId: p.uuid().nullable(),
    flappingToldAt: p.datetime().nullable(),
    nextAt: p.datetime().nullable(),
    claimedUntil: p.datetime().nullable(),
    recorded: p.integer().default(1),
    claims: p.integer().default(0),
  },
})

export const WebhookDelivery = defineEntity({
  name: 'WebhookDelivery',
  tableName: 'webhook_delivery',
  uniques: [{ name: 'webhook_delivery_message_id_endpoint_key', properties: ['messageId', 'endpoint'] }],
  properties: {
    id: p.uuid().primary(),
    messageId: p.uuid(),
    endpoint: p.text(),
    eventType: p.text(),
    subjectType: p.text(),
    subjectId: p.text(),
    resource: p.json().$type<Omit<Resource, 'type' | 'id'> & { queues?: string[] }>().nullable(),
    body: p.text(),
    traceParent: p.text().nullable(),
    state: p.text().default('waiting'),
    createdAt: p.datetime(),
    startedAt: p.datetime(),
    /** Since it was created, redeliveries included. */
    attempts: p.integer().default(0),
    /** Since `startedAt`. */
    tries: p.integer().default(0),
    nextAt: p.datetime().nullable(),
    claimedUntil: p.datetime().nullable(),
    claims: p.integer().default(0),
    lastAt: p.datetime().nullable(),
    lastStatus: p.integer().nullable(),
    lastError: p.text().nullable(),
    deliveredAt: p.datetime().nullable(),
  },
})
export type WebhookDeliveryRow = Row<typeof WebhookDelivery>

export const WebhookEndpoint = defineEntity({
  name: 'WebhookEndpoint',
  tableName: 'webhook_endpoint',
  properties: {
    name: p.text().primary(),
    addressHash: p.text(),
    disabledAt: p.datetime(),
    deliveryId: p.uuid(),
  },
})

/** Ends at `until`, or once the rate per minute or the number of failures since exceeds what is given. */
export interface ErrorSilence {
  at: string
  by: Principal
  until?: string
  untilRate?: number
  untilCount?: number
  /** Failures that had been counted when it began. */
  countBefore: number
  reason?: string
  ended?: { at: string; why: string }
}

export interface ErrorExample {
  jobId: string
  at: string
  attempt: number
  /** It was the job's last attempt. */
  final: boolean
  tags?: string[]
  executor?: string
  version?: string
}

export const ErrorGroup = defineEntity({
  name: 'ErrorGroup',
  tableName: 'error_group',
  properties: {
    fingerprint: p.text().primary(),
    grouping: p.text().$type<'default' | 'host' | 'worker'>(),
    queue: p.text(),
    worker: p.text(),
    /** Every set of tags that its jobs had: a viewer must be allowed to see all of them. */
    tagSets: p.json().$type<string[][]>().defaultRaw(`'[]'`),
    errorClass: p.text(),
    title: p.text(),
    /** The beginning of the newest message, not redacted. */
    sample: p.text(),
    stack: p.text().nullable(),
    firstSeenAt: p.datetime(),
    lastSeenAt: p.datetime(),
    preexisting: p.boolean(),
    count: p.bigint('string').default('0'),
    finalCount: p.bigint('string').default('0'),
    examples: p.json().$type<ErrorExample[]>().defaultRaw(`'[]'`),
    resolvedAt: p.datetime().nullable(),
    resolvedBy: p.json().$type<Principal>().nullable(),
    regressedAt: p.datetime().nullable(),
    silence: p.json().$type<ErrorSilence>().nullable(),
    createdAt: p.datetime(),
  },
})
export type ErrorGroupRow = Row<typeof ErrorGroup>

export const ErrorMinute = defineEntity({
  name: 'ErrorMinute',
  tableName: 'error_minute',
  properties: {
    fingerprint: p.text().primary(),
    minute: p.datetime().primary(),
    count: p.integer().default(0),
    finalCount: p.integer().default(0),
  },
})

export const ErrorOrigin = defineEntity({
  name: 'ErrorOrigin',
  tableName: 'error_origin',
  properties: {
    fingerprint: p.text().primary(),
    hour: p.datetime().primary(),
    kind: p.text().$type<'executor' | 'version'>().primary(),
    name: p.text().primary(),
    count: p.integer().default(0),
  },
})

export const ErrorSeen = defineEntity({
  name: 'ErrorSeen',
  tableName: 'error_seen',
  properties: {
    jobId: p.text().primary(),
    attempt: p.text().primary(),
    until: p.datetime(),
  },
})

export const ErrorFeed = defineEntity({
  name: 'ErrorFeed',
  tableName: 'error_feed',
  properties: {
    id: p.smallint().primary().default(1),
    startedAt: p.datetime(),
    readTo: p.datetime(),
    sweepFrom: p.datetime().nullable(),
    sweepAt: p.datetime().nullable(),
    cursor: p.text().nullable(),
    sweeps: p.integer().default(0),
    searched: p.text().nullable(),
    fedTo: p.datetime().nullable(),
  },
})
export type ErrorFeedRow = Row<typeof ErrorFeed>

export const ErrorGap = defineEntity({
  name: 'ErrorGap',
  tableName: 'error_gap',
  properties: {
    fromAt: p.datetime().primary(),
    toAt: p.datetime(),
  },
})

export const ErrorBaseline = defineEntity({
  name: 'ErrorBaseline',
  tableName: 'error_baseline',
  properties: {
    queue: p.text().primary(),
    fingerprint: p.text().primary().default(''),
    failures: p.double().default(0),
    attempts: p.double().default(0),
    dispersion: p.double().default(0),
    weight: p.double().default(0),
    fedTo: p.datetime(),
    burstSince: p.datetime().nullable(),
    burstSeenAt: p.datetime().nullable(),
  },
})

export const entities = [
  CronEntry, CronRevision, CronSlot, CronCoverage,
  Preview, IdempotencyKey, AuditEvent, RefusalTally, BulkRun, BulkBatch, OpenRequest, SecondLook, Turn,
  Snapshot, QueueFigure, QueueMinute, EngineMinute, UsualDuration, Finding,
  Executor, ExecutorJob, ExecutorRun, ExecutorGap, QueueWish, ExecutorStop,
  ErrorGroup, ErrorMinute, ErrorOrigin, ErrorSeen, ErrorFeed, ErrorGap, ErrorBaseline,
  QueuePause, JobView, Installation, Incident, Detection, Deploy, Archive,
  Notice, NoticeThread, WebhookDelivery, WebhookEndpoint,
]
