import type { Condition, Random } from './simulated-host.ts'

/** The week in which clocks go forward in Europe, on the 29th at 01:00 UTC. */
export const weekStart = Date.UTC(2026, 2, 25)
export const weekMinutes = 7 * 1_440

/** An incident that must be found. Minutes count from the beginning of the week. */
export interface Expected {
  key: string
  from: number
  to: number
}

/** Something that happens for a time. */
export interface Happening {
  kind: string
  from: number
  to: number
  queue?: string
  condition?: Condition
  expects: Expected[]
}

interface Kind {
  kind: string
  harmless?: true
  /** From so many to so many minutes. */
  lasts: [number, number]
  queue?: string
  condition?: Condition
  expects?(from: number, to: number, index: number): Expected[]
}

const during = (key: string) => (from: number, to: number): Expected[] => [{ key, from, to }]

/** Jobs that fail for good come with it, and it explains them. */
const burstOf = (error: string) => (from: number, to: number): Expected[] => [{ key: `failure_burst:mail:{${error}}`, from, to }, { key: `retry_exhausted:mail:{${error}}`, from, to }]

const kinds: readonly Kind[] = [
  { kind: 'dead worker', queue: 'report', lasts: [60, 120], condition: { dead: 1 }, expects: (from, to) => [{ key: 'executor_missing:report-0', from, to }, { key: 'stuck_queue:report', from, to }] },
  { kind: 'one of three workers dead', queue: 'mail', lasts: [40, 90], condition: { dead: 1 }, expects: during('executor_missing:mail-0') },
  { kind: 'stuck queue', queue: 'billing', lasts: [90, 180], condition: { hung: true }, expects: during('stuck_queue:billing') },
  { kind: 'stuck busy queue', queue: 'mail', lasts: [25, 60], condition: { hung: true }, expects: during('stuck_queue:mail') },
  { kind: 'saturated queue', queue: 'image', lasts: [150, 240], condition: { slow: 20, surge: 1.5 }, expects: during('saturated_queue:image') },
  { kind: 'job that hangs', lasts: [60, 200], expects: during('long_running_job:["report","Export"]') },
  { kind: 'jobs that failed for good', queue: 'mail', lasts: [30, 200], condition: { exhausted: { jobs: 3, error: 'Error: no such mailbox' } }, expects: during('retry_exhausted:mail:{Error: no such mailbox}') },
  { kind: 'burst', queue: 'mail', lasts: [30, 90], condition: { failing: { share: 0.5, error: 'Error: connect ETIMEDOUT 10.4.0.12:587' } }, expects: burstOf('Error: connect ETIMEDOUT 10.4.0.12:587') },
  { kind: 'deploy that breaks one worker', queue: 'mail', lasts: [30, 90], condition: { failing: { share: 1 / 3, error: 'TypeError: template is not a function', executor: 'mail-2' } }, expects: burstOf('TypeError: template is not a function') },
  { kind: 'lost Redis', lasts: [20, 60], expects: during('engine_unreachable:engine') },
  { kind: 'database away', lasts: [15, 40], expects: during('scheduler_down:scheduler') },
  { kind: 'request without an outcome', lasts: [20, 90], expects: during('orphan_request:01920000-0000-7000-8000-000000000001') },
  { kind: 'surge', harmless: true, queue: 'image', lasts: [10, 15], condition: { surge: 5 } },
  { kind: 'surge of mails', harmless: true, queue: 'mail', lasts: [5, 15], condition: { surge: 8 } },
  { kind: 'restart', harmless: true, queue: 'report', lasts: [1, 2], condition: { hung: true } },
  { kind: 'pause by an operator', harmless: true, queue: 'mail', lasts: [30, 120], condition: { paused: true } },
  { kind: 'slow jobs', harmless: true, queue: 'mail', lasts: [60, 120], condition: { slow: 3 } },
  { kind: 'one failed check', harmless: true, lasts: [1, 1] },
  { kind: 'nobody measures', harmless: true, lasts: [6, 12] },
]

/** On the night of the clock change, because no scheduler runs from 00:40 to 03:10 UTC. */
const schedulerDown: Happening = (() => {
  const night = 4 * 1_440
  const [from, to] = [night + 40, night + 190]
  return {
    kind: 'scheduler down',
    from,
    to,
    expects: [
      { key: 'scheduler_down:scheduler', from, to },
      // 02:30 in Berlin does not exist on this day: it is due at 01:00 UTC, and not again before the next night.
      { key: 'missed_fire:nightly', from: night + 60, to: night + 1_440 + 30 },
      { key: 'missed_fire:hourly', from: night + 60, to },
    ],
  }
})()

/** Every fault twice and every harmless event three times, in an order and at times that the seed decides. */
export function planWeek(random: Random): Happening[] {
  const wanted = kinds.flatMap((kind) => Array.from({ length: kind.harmless ? 3 : 2 }, () => kind))
  const order = wanted.map((kind) => ({ kind, place: random() })).toSorted((a, b) => a.place - b.place).map(({ kind }) => kind)
  const happenings: Happening[] = [schedulerDown]
  // Half a day to learn what is usual, and a quiet end.
  const slot = (weekMinutes - 720 - 400) / order.length
  for (const [index, { kind, lasts: [least, most], queue, condition, expects }] of order.entries()) {
    const length = Math.round(least + random() * (most - least))
    // A long one may reach into the next, but not two of one kind into each other.
    let from = Math.round(720 + index * slot + random() * slot * 0.3)
    while (happenings.some((other) => collides(kind, queue, from, from + length, other))) from += 15
    happenings.push({ kind, from, to: from + length, queue, condition, expects: expects?.(from, from + length, index) ?? [] })
  }
  return happenings.filter(({ to }) => to < weekMinutes - 60).toSorted((a, b) => a.from - b.from)
}

/** What blinds the detector or stops everything stands alone; else two may happen at once in different queues. */
const alone = new Set(['lost Redis', 'database away', 'nobody measures', 'scheduler down', 'one failed check'])

function collides(kind: string, queue: string | undefined, from: number, to: number, other: Happening): boolean {
  const apart = from > other.to + 45 || to + 45 < other.from
  if (apart) return false
  return alone.has(kind) || alone.has(other.kind) || kind === other.kind || (queue !== undefined && queue === other.queue)
}
