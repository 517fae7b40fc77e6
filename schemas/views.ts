/** In a file of its own, because every element loads it and only few load the operations. */
interface View {
  label: string
  /** The id of the `page` resource that `authorize` receives. */
  page: string
  /** Paths below the base that this view covers, the page itself first; `{name}` is a placeholder for an id. */
  paths: readonly string[]
}

/** The actions that `authorize` receives for pages and reads. */
export const viewActions = {
  view_overview: { label: 'see the overview', page: 'overview', paths: [''] },
  view_cron: { label: 'see cron entries', page: 'cron', paths: ['/cron'] },
  view_jobs: { label: 'see jobs', page: 'jobs', paths: ['/list', '/job/{jobId}', '/errors'] },
  view_queues: { label: 'see queues', page: 'queues', paths: ['/queues', '/executors', '/queue/{queue}'] },
  view_incidents: { label: 'see incidents', page: 'incidents', paths: ['/incidents', '/incident/{incidentId}'] },
  view_forensics: { label: 'see forensics', page: 'forensics', paths: ['/forensics', '/forensics/{subjectType}/{subjectId}'] },
  view_audit: { label: 'see the audit log', page: 'audit', paths: ['/audit'] },
  view_bridge: { label: 'see the engine dashboard', page: 'bridge', paths: [] },
} as const satisfies Record<string, View>
export type ViewAction = keyof typeof viewActions
