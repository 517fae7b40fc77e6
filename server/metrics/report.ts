import type { Scope } from '../operations/scope.ts'
import { collectGauges } from './gauges.ts'
import { type CounterName, counters, type GaugeName, gauges } from './metric.ts'
import { writePrometheus } from './prometheus.ts'

/** Everything this process can tell, for Prometheus, as the viewer may see it. */
export async function reportMetrics(scope: Scope): Promise<string> {
  const collected = { ...(await collectGauges(scope)), live: [{ value: scope.kit.liveClients(), labels: {} }] }
  return writePrometheus([
    ...(Object.keys(gauges) as GaugeName[]).map((name) => ({ type: 'gauge' as const, facts: gauges[name], samples: collected[name as keyof typeof collected] ?? [] })),
    ...(Object.keys(counters) as CounterName[]).map((name) => ({ type: 'counter' as const, facts: counters[name], samples: scope.kit.counters.list(name) })),
  ])
}
