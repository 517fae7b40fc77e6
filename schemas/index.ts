import { getSession } from './actor.ts'
import { exportAuditEvents, getAuditEvent, listAuditEvents } from './audit.ts'
import { abortBulkRun, exportBulkItems, getBulkRun, listBulkItems, listBulkRuns } from './bulk.ts'
import { getCronEntry, getCronHistory, listCronEntries } from './cron.ts'
import { getForensics } from './forensics.ts'
import { getHealth, getOpenapi, getReadiness } from './health.ts'
import { countJobs, deleteJobView, exportJobs, getJob, hintJobs, listJobs, listJobViews, saveJobView } from './job.ts'
import { streamLive } from './live.ts'
import { createPreview, executePreview, getPreview, runOperation } from './operation.ts'
import { getOverview } from './overview.ts'
import { listQueues } from './queue.ts'

/** The whole API, version 1. Fixed paths stand before those with parameters. */
export const endpoints = {
  getSession,
  getOverview,
  listCronEntries,
  getCronEntry,
  getCronHistory,
  listAuditEvents,
  exportAuditEvents,
  getAuditEvent,
  listJobs,
  countJobs,
  hintJobs,
  exportJobs,
  getJob,
  listJobViews,
  saveJobView,
  deleteJobView,
  listQueues,
  listBulkRuns,
  getBulkRun,
  listBulkItems,
  exportBulkItems,
  abortBulkRun,
  getForensics,
  createPreview,
  getPreview,
  executePreview,
  runOperation,
  streamLive,
  getOpenapi,
  getHealth,
  getReadiness,
} as const
export type Endpoints = typeof endpoints

export * from './actor.ts'
export * from './audit.ts'
export * from './bulk.ts'
export * from './cron.ts'
export * from './endpoint.ts'
export * from './forensics.ts'
export * from './health.ts'
export * from './job.ts'
export * from './live.ts'
export * from './operation.ts'
export * from './overview.ts'
export * from './page.ts'
export * from './plan.ts'
export * from './problem.ts'
export * from './problem-codes.ts'
export * from './queue.ts'
export * from './routes.ts'
export * from './vocabulary.ts'
