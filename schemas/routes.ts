/**
 * Method and path of every endpoint, below `<base>/api/v1`; fixed paths precede those with parameters. Plain data, so that the
 * browser client does not load the schemas; `endpoint()` uses the same table.
 */
export const routes = {
  getSession: 'GET /session',
  getOverview: 'GET /overview',
  listCronEntries: 'GET /cron-entries',
  getCronEntry: 'GET /cron-entries/{name}',
  getCronHistory: 'GET /cron-entries/{name}/history',
  listAuditEvents: 'GET /audit-events',
  exportAuditEvents: 'GET /audit-events/export',
  getAuditEvent: 'GET /audit-events/{id}',
  listJobs: 'GET /jobs',
  countJobs: 'GET /jobs/count',
  hintJobs: 'GET /jobs/hints',
  exportJobs: 'GET /jobs/export',
  getJob: 'GET /jobs/{id}',
  listJobViews: 'GET /job-views',
  saveJobView: 'PUT /job-views/{name}',
  deleteJobView: 'DELETE /job-views/{name}',
  listQueues: 'GET /queues',
  listIncidents: 'GET /incidents',
  countIncidents: 'GET /incidents/count',
  getIncident: 'GET /incidents/{id}',
  markDeploy: 'POST /deploys',
  listDeploys: 'GET /deploys',
  listBulkRuns: 'GET /bulk',
  getBulkRun: 'GET /bulk/{id}',
  listBulkItems: 'GET /bulk/{id}/items',
  exportBulkItems: 'GET /bulk/{id}/export',
  abortBulkRun: 'POST /bulk/{id}/abort',
  getForensics: 'GET /forensics/{subjectType}/{subjectId}',
  createPreview: 'POST /previews',
  getPreview: 'GET /previews/{id}',
  executePreview: 'POST /previews/{id}/execute',
  runOperation: 'POST /operations',
  streamLive: 'GET /live',
  getOpenapi: 'GET /openapi.json',
  getHealth: 'GET /healthz',
  getReadiness: 'GET /readyz',
} as const

export type EndpointName = keyof typeof routes
