import { defineEntity, type InferEntity, p } from '@mikro-orm/core'
import type { Principal } from '../../schemas/index.ts'
import type { Resource } from '../host/auth.ts'
import type { CatchUpPolicy, CronSource, OperationAction, OverlapPolicy } from '../../schemas/vocabulary.ts'

/** A row as read: what may be missing is null. */
export type Row<E> = { [K in keyof InferEntity<E> as K extends string ? K : never]-?: Exclude<InferEntity<E>[K], undefined> }

/** The tables that are read and written row by row. What needs SQL of its own is a verb-named function beside its feature. */

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
    /** Null: retired from here on. */
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
    /** What the host was asked about; null for a set of jobs, whose queues its run knows. */
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

export const entities = [CronEntry, CronRevision, CronSlot, CronCoverage, Preview, Installation]
