import { type CounterFacts, counters, type GaugeFacts, gauges, type Sample } from './metric.ts'

/** One metric with its samples. */
export interface Measured {
  type: 'counter' | 'gauge'
  facts: GaugeFacts | CounterFacts
  samples: readonly Sample[]
}

/** In the text format of Prometheus, version 0.0.4. */
export function writePrometheus(measured: readonly Measured[]): string {
  return measured.map(writeMetric).join('')
}

function writeMetric({ type, facts, samples }: Measured): string {
  if (!samples.length) return ''
  const name = prometheusName(facts, type)
  const lines = samples.map(({ value, labels }) => `${name}${writeLabels(facts, labels)} ${Number.isFinite(value) ? value : 'NaN'}\n`)
  return `# HELP ${name} ${escape(facts.description)}\n# TYPE ${name} ${type}\n${lines.join('')}`
}

const suffixes: Record<string, string> = { s: '_seconds', '{job}/s': '_per_second', '{attempt}/s': '_per_second' }

/** `ops.queue.oldest_due_age` in seconds is `ops_queue_oldest_due_age_seconds`; counters end in `_total`. */
export function prometheusName({ name, unit }: Pick<GaugeFacts, 'name' | 'unit'>, type: Measured['type']): string {
  const plain = name.replaceAll('.', '_')
  return type === 'counter' ? `${plain}_total` : `${plain.replace(/_rate$/, '')}${suffixes[unit] ?? ''}`
}

function writeLabels({ labels: known }: GaugeFacts, labels: Sample['labels']): string {
  const pairs = known.flatMap((label) => (labels[label] === undefined ? [] : [`${label}="${escape(labels[label]).replaceAll('"', '\\"')}"`]))
  return pairs.length ? `{${pairs.join(',')}}` : ''
}

function escape(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}

/** Every metric that exists, e.g. for the documentation and the dashboard. */
export const allMetrics: readonly (GaugeFacts & { type: Measured['type'] })[] = [
  ...Object.values(gauges).map((facts) => ({ ...facts, type: 'gauge' as const })),
  ...Object.values(counters).map((facts) => ({ ...facts, type: 'counter' as const })),
]
