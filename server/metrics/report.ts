import type { Kit } from '../kit.ts'
import { collectGauges } from './gauges.ts'
import { type CounterName, counters, type GaugeName, gauges } from './metric.ts'
import { writePrometheus } from './prometheus.ts'

/** Everything this process can tell, for Prometheus. */
export async function reportMetrics(kit: Kit): Promise<string> {
  const collected = await collectGauges(kit)
  return writePrometheus([
    ...(Object.keys(gauges) as GaugeName[]).map((name) => ({ type: 'gauge' as const, facts: gauges[name], samples: collected[name as keyof typeof collected] ?? [] })),
    ...(Object.keys(counters) as CounterName[]).map((name) => ({ type: 'counter' as const, facts: counters[name], samples: kit.counters.list(name) })),
  ])
}
