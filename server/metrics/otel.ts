import { type BatchObservableCallback, metrics } from '@opentelemetry/api'
import { describeFailure } from '../describe-failure.ts'
import type { Kit } from '../kit.ts'
import { withTimeout } from '../timeout.ts'
import { version } from '../version.ts'
import { collectGauges } from './gauges.ts'
import { type GaugeName, gauges } from './metric.ts'

/** The host's reader waits for us; its other metrics must not wait long. */
const maxMs = 5_000

/**
 * Offers the gauges to the host's OpenTelemetry SDK. Without one nothing is ever collected.
 */
export function offerGauges(kit: Kit): { stop(): void } {
  const meter = metrics.getMeter('ops-powertools', version)
  const names = Object.keys(gauges) as GaugeName[]
  const instruments = new Map(names.map((name) => [name, meter.createObservableGauge(gauges[name].name, { description: gauges[name].description, unit: gauges[name].unit })]))
  const collect: BatchObservableCallback = async (result) => {
    try {
      const collected = await withTimeout(collectGauges(kit), maxMs, () => new Error(`Collecting metrics took longer than ${maxMs / 1000} seconds.`))
      for (const [name, samples] of Object.entries(collected)) {
        for (const { value, labels } of samples) result.observe(instruments.get(name as GaugeName)!, value, labels)
      }
    } catch (error) {
      // No sample is the honest answer: the host's monitoring sees that the metric is absent.
      kit.log.warn('metrics could not be collected', describeFailure(error))
    }
  }
  meter.addBatchObservableCallback(collect, [...instruments.values()])
  return { stop: () => meter.removeBatchObservableCallback(collect, [...instruments.values()]) }
}
