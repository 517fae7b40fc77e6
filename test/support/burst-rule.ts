import { type Baseline, emptyBaseline, feed, feedDelayMinutes, judge, type Recent, windowMinutes } from '../../server/errors/burst.ts'
import type { Score, Series } from './burst-series.ts'

/** The rule as it runs in production: one minute at a time, with what was known by then. `counted`: attempts are known. */
export function followBurstRule({ attempts, failures }: Series, { counted }: { counted: boolean }): (minute: number) => boolean {
  let baseline: Baseline = emptyBaseline
  let burst: { since: number; seen: number } | undefined
  const sum = (of: Int32Array, end: number) => {
    let total = 0
    for (let minute = Math.max(0, end - windowMinutes + 1); minute <= end; minute++) total += of[minute]!
    return total
  }
  const windowAt = (end: number): Recent => ({ failures: sum(failures, end), attempts: counted ? sum(attempts, end) : null })
  return (minute) => {
    const { burst: alarm } = judge(windowAt(minute), baseline)
    if (alarm) burst = { since: burst?.since ?? minute, seen: minute }
    else if (burst && minute - burst.seen > feedDelayMinutes + windowMinutes) burst = undefined
    const fed = minute - feedDelayMinutes
    if (fed >= 0) {
      const usual = !burst || fed < burst.since - windowMinutes || fed > burst.seen + windowMinutes
      baseline = feed(baseline, { failures: failures[fed]!, attempts: attempts[fed]!, window: windowAt(fed), usual })
    }
    return alarm
  }
}

export function printScore(name: string, { bursts, precision, recall, falsePer100, delayMedian, delayP90 }: Score): void {
  console.log(
    `${name}: ${bursts} bursts, precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}, ${falsePer100.toFixed(1)} false per 100 series-weeks, delay median ${delayMedian} min, p90 ${delayP90} min`,
  )
}
