import { type Counter, metrics } from '@opentelemetry/api'
import { version } from '../version.ts'
import { type CounterName, counters, type MetricLabel, type Sample } from './metric.ts'

/** What this process has counted since its start, for OpenTelemetry and for our own endpoint. */
export class Counters {
  readonly #counted = new Map<CounterName, Map<string, Sample>>()
  readonly #instruments = new Map<CounterName, Counter>()

  /** The values of labels come from closed lists: never from a job, a person or a request. */
  add(name: CounterName, labels: Partial<Record<MetricLabel, string>>): void {
    const key = JSON.stringify(labels)
    const samples = this.#counted.get(name) ?? new Map<string, Sample>()
    this.#counted.set(name, samples)
    const sample = samples.get(key) ?? { value: 0, labels }
    samples.set(key, sample)
    sample.value += 1
    this.#instrument(name).add(1, labels)
  }

  list(name: CounterName): Sample[] {
    return [...(this.#counted.get(name)?.values() ?? [])]
  }

  /** Created on first use, because a host may set up its OpenTelemetry SDK after it has imported us. */
  #instrument(name: CounterName): Counter {
    const { name: full, description, unit } = counters[name]
    const instrument = this.#instruments.get(name) ?? metrics.getMeter('ops-powertools', version).createCounter(full, { description, unit })
    this.#instruments.set(name, instrument)
    return instrument
  }
}
