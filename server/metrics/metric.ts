/** Every label that a metric may have. Their values come from closed lists, except `queue`, whose number is limited. */
export const metricLabels = ['queue', 'state', 'class', 'health', 'action', 'outcome'] as const
export type MetricLabel = (typeof metricLabels)[number]

export interface Sample {
  value: number
  labels: Partial<Record<MetricLabel, string>>
}

interface Described {
  /** As OpenTelemetry writes it: `ops.queue.depth`. */
  readonly name: string
  readonly description: string
  /** As in UCUM: `s`, `{job}`. */
  readonly unit: string
  readonly labels: readonly MetricLabel[]
}

/** What all processes see alike, because it comes from the database: aggregate it over processes with `max`, never with `sum`. */
export type GaugeFacts = Described

/** Counted by each process since its start: aggregate it over processes with `sum`. */
export type CounterFacts = Described

export const counters = {
  operations: { name: 'ops.operations', description: 'Operations that were executed or refused', unit: '{operation}', labels: ['action', 'outcome'] },
  drifted: { name: 'ops.previews.drifted', description: 'Executions refused because the plan had changed since its preview', unit: '{preview}', labels: ['action'] },
} as const satisfies Record<string, CounterFacts>
export type CounterName = keyof typeof counters

export const gauges = {
  depth: { name: 'ops.queue.depth', description: 'Jobs of a queue by state, when last measured', unit: '{job}', labels: ['queue', 'state'] },
  oldest: { name: 'ops.queue.oldest_due_age', description: 'How long the longest-waiting due job of a queue has been waiting', unit: 's', labels: ['queue'] },
  finished: { name: 'ops.queue.finished_rate', description: 'Jobs that ended per second, over the last five complete minutes', unit: '{job}/s', labels: ['queue'] },
  failed: { name: 'ops.queue.failed_rate', description: 'Attempts that failed per second, over the last five complete minutes', unit: '{attempt}/s', labels: ['queue'] },
  wait: { name: 'ops.queue.wait_p95', description: '95th percentile of the time from due to start, over the last five complete minutes', unit: 's', labels: ['queue'] },
  figuresAge: { name: 'ops.figures.age', description: 'Age of the figures above; if it keeps growing, no process is measuring', unit: 's', labels: [] },
  incidents: { name: 'ops.incidents.open', description: 'Open incidents by class', unit: '{incident}', labels: ['class'] },
  executors: { name: 'ops.executors', description: 'Executors by health', unit: '{executor}', labels: ['health'] },
  missed: { name: 'ops.cron.missed_fires', description: 'Runs of cron entries that were missed in the last hour', unit: '{run}', labels: [] },
  bulk: { name: 'ops.bulk.running', description: 'Bulk runs that are waiting or running', unit: '{run}', labels: [] },
  live: { name: 'ops.live.clients', description: 'Open live streams of this process', unit: '{client}', labels: [] },
} as const satisfies Record<string, GaugeFacts>
export type GaugeName = keyof typeof gauges
