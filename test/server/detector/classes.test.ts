import { describe, expect, test } from 'vitest'
import { incidentClasses, type IncidentClassName } from '../../../schemas/index.ts'
import type { IncidentClass, Seen, Telling } from '../../../server/incidents/class.ts'
import { classes, findClass } from '../../../server/incidents/classes.ts'
import type { Sight } from '../../../server/incidents/sight.ts'
import type { BurstSeen } from '../../../server/incidents/sight/bursts.ts'
import type { CronSeen, MissedRun } from '../../../server/incidents/sight/cron.ts'
import type { QueueSeen } from '../../../server/incidents/sight/queues.ts'
import type { RunningSeen } from '../../../server/incidents/sight/running.ts'
import { parseDetector } from '../../../server/incidents/thresholds.ts'

const now = new Date('2026-05-04T03:00:30Z')
const ago = (minutes: number, seconds = 0) => new Date(now.getTime() - minutes * 60_000 - seconds * 1000)
const nothing: Sight = { now, engine: null, queues: null, requests: null, missing: null, running: null, discarded: null, cron: null, bursts: null }
const everyMinute = new Set(Array.from({ length: 61 }, (_, minute) => Math.floor(now.getTime() / 60_000) * 60_000 - minute * 60_000))
const { thresholdsOf } = parseDetector({ queues: { patient: { stuckMinutes: 30 }, noisy: { exhaustedJobs: 10 } } }, true)

type Verdict = 'seen' | 'gone' | 'unknown'
interface Scene {
  title: string
  is: Verdict
  sight: Partial<Sight>
}

/** Two hours of waiting, eight slots, none of them held, nothing moves. */
const stuck: QueueSeen = {
  name: 'report', asOf: ago(0, 5), paused: false, depth: [{ state: 'available', count: 84, how: 'exact' }, { state: 'executing', count: 0, how: 'exact' }],
  due: { count: 84, how: 'exact', oldestAt: ago(120) }, executors: 2, slots: 8, used: null, usuallyExecuting: null, movedAt: null, finishedPerMinute: 0, failedPerMinute: 0,
}
const running = (count: number): QueueSeen['depth'] => [{ state: 'executing', count, how: 'exact' }]
/** The same with every slot held, four jobs a minute. */
const saturated: QueueSeen = { ...stuck, depth: running(8), usuallyExecuting: 8, movedAt: ago(0), finishedPerMinute: 1, due: { count: 600, how: 'exact', oldestAt: ago(45) } }
const queues = (change: Partial<QueueSeen>, base = stuck, measured = everyMinute): Partial<Sight> => ({ queues: { asOf: ago(0, 5), value: { queues: [{ ...base, ...change }], measured } } })
const minutesBut = (...gone: number[]) => new Set([...everyMinute].filter((minute) => !gone.some((index) => minute === Math.floor(now.getTime() / 60_000) * 60_000 - index * 60_000)))

const stuckScenes: Scene[] = [
  { title: 'jobs are due for two hours and nothing moves', is: 'seen', sight: queues({}) },
  { title: 'there is one old job only', is: 'seen', sight: queues({ due: { count: 1, how: 'exact', oldestAt: ago(12) } }) },
  { title: 'no executor is left', is: 'seen', sight: queues({ executors: 0, slots: null }) },
  { title: 'nobody reports executors, and nothing executes', is: 'seen', sight: queues({ executors: null, slots: null }) },
  { title: 'half of the slots are held', is: 'seen', sight: queues({ depth: running(4) }) },
  { title: 'executing jobs are left of executors that are gone', is: 'seen', sight: queues({ depth: running(4), executors: 0, slots: null }) },
  { title: 'nobody reports slots, and jobs execute for three times as long', is: 'seen', sight: queues({ depth: running(4), executors: null, slots: null }) },
  { title: 'two of the minutes were not measured', is: 'seen', sight: queues({}, stuck, minutesBut(3, 4)) },
  { title: 'it last moved eleven minutes ago', is: 'seen', sight: queues({ movedAt: ago(11) }) },
  { title: 'its figures lag behind', is: 'seen', sight: queues({ asOf: ago(4) }) },
  { title: 'it is paused', is: 'gone', sight: queues({ paused: true }) },
  { title: 'nothing is due', is: 'gone', sight: queues({ due: null }) },
  { title: 'ten thousand jobs are due, all of them since a minute', is: 'gone', sight: queues({ due: { count: 10_000, how: 'exact', oldestAt: ago(1) } }) },
  { title: 'a job ended nine minutes ago', is: 'gone', sight: queues({ movedAt: ago(9) }) },
  { title: 'every slot is held', is: 'gone', sight: queues({ depth: running(8) }) },
  { title: 'its executors report every slot as held', is: 'gone', sight: queues({ used: 8 }) },
  { title: 'nobody reports slots, and a job executes that may hold the only one', is: 'gone', sight: queues({ depth: running(1), executors: null, slots: null, movedAt: ago(15) }) },
  { title: 'its threshold is longer than the standstill', is: 'gone', sight: queues({ name: 'patient', movedAt: ago(20) }) },
  { title: 'half of the minutes were not measured', is: 'unknown', sight: queues({}, stuck, minutesBut(1, 2, 3, 4, 5)) },
  { title: 'the queue was not measured for six minutes', is: 'unknown', sight: queues({ asOf: ago(6) }) },
  { title: 'nothing was measured', is: 'unknown', sight: {} },
]

const saturatedScenes: Scene[] = [
  { title: 'every slot is held, and the backlog takes hours', is: 'seen', sight: queues({}, saturated) },
  { title: 'nothing ends at all', is: 'seen', sight: queues({ finishedPerMinute: 0 }, saturated) },
  { title: 'its executors report every slot as held', is: 'seen', sight: queues({ depth: [], used: 8 }, saturated) },
  { title: 'the backlog is gone within the hour', is: 'gone', sight: queues({ finishedPerMinute: 20 }, saturated) },
  { title: 'the oldest job waits for five minutes', is: 'gone', sight: queues({ due: { count: 600, how: 'exact', oldestAt: ago(5) } }, saturated) },
  { title: 'a slot is free', is: 'gone', sight: queues({ depth: running(7) }, saturated) },
  { title: 'the slots are held now, but as a rule half of them are free', is: 'gone', sight: queues({ usuallyExecuting: 4 }, saturated) },
  { title: 'it is paused', is: 'gone', sight: queues({ paused: true }, saturated) },
  { title: 'nobody reports slots', is: 'gone', sight: queues({ slots: null }, saturated) },
  { title: 'its figures are six minutes old', is: 'unknown', sight: queues({ asOf: ago(6) }, saturated) },
  { title: 'nothing was measured', is: 'unknown', sight: {} },
]

const at = <Value>(value: Value, asOf = ago(0, 5)) => ({ value, asOf })
const engineScenes: Scene[] = [
  { title: 'the check failed', is: 'seen', sight: { engine: at({ ok: false, detail: 'connect ECONNREFUSED' }) } },
  { title: 'the check succeeded', is: 'gone', sight: { engine: at({ ok: true, detail: '' }) } },
  { title: 'nobody checked', is: 'unknown', sight: {} },
]

const left = { executor: 'e7', name: 'worker-7', host: 'app-2', version: 'v412', beatAt: ago(4).toISOString(), count: 3, queues: [{ queue: 'mail', count: 2 }, { queue: 'secret', count: 1 }], deserted: ['mail'], jobs: [{ id: '1', queue: 'mail', startedAt: ago(9).toISOString() }] }
const missingScenes: Scene[] = [
  { title: 'a missing executor left jobs executing', is: 'seen', sight: { missing: at([left]) } },
  { title: 'no missing executor has jobs that still execute', is: 'gone', sight: { missing: at([]) } },
  { title: 'executors could not be read', is: 'unknown', sight: {} },
]

const job: RunningSeen = { id: '42', queue: 'report', worker: 'Export', attempt: 1, startedAt: ago(180).toISOString(), usual: { p50Seconds: 40, p95Seconds: 90, runs: 200 } }
const runs = (...jobs: Partial<RunningSeen>[]) => ({ running: at(jobs.map((each) => ({ ...job, ...each }))) })
const longScenes: Scene[] = [
  { title: 'a job of seconds runs for three hours', is: 'seen', sight: runs({}) },
  { title: 'several of one worker do', is: 'seen', sight: runs({}, { id: '43' }) },
  { title: 'an hour is usual, and it runs for eleven', is: 'seen', sight: runs({ startedAt: ago(660).toISOString(), usual: { p50Seconds: 3_600, p95Seconds: 7_200, runs: 30 } }) },
  { title: 'it runs for nine times as long as usual', is: 'gone', sight: runs({ startedAt: ago(90).toISOString(), usual: { p50Seconds: 600, p95Seconds: 900, runs: 30 } }) },
  { title: 'it runs a hundred times as long as usual, for three minutes', is: 'gone', sight: runs({ startedAt: ago(3).toISOString(), usual: { p50Seconds: 1, p95Seconds: 2, runs: 30 } }) },
  { title: 'one of twenty usually takes as long', is: 'gone', sight: runs({ usual: { p50Seconds: 40, p95Seconds: 10_800, runs: 200 } }) },
  { title: 'nobody knows what is usual', is: 'gone', sight: runs({ usual: undefined }) },
  { title: 'nothing runs', is: 'gone', sight: runs() },
  { title: 'the engine cannot tell', is: 'unknown', sight: {} },
]

const dead = { queue: 'mail', fingerprint: 'e1:0123456789abcdef', worker: 'Mailer', count: 3, how: 'exact' as const, ids: ['1', '2', '3'], error: 'connect ETIMEDOUT', firstAt: ago(300).toISOString(), lastAt: ago(2).toISOString() }
const exhaustedScenes: Scene[] = [
  { title: 'jobs failed for good', is: 'seen', sight: { discarded: at([dead]) } },
  { title: 'more failed than could be counted', is: 'seen', sight: { discarded: at([{ ...dead, count: 1_000, how: 'capped' as const }]) } },
  { title: 'fewer failed than its queue allows', is: 'gone', sight: { discarded: at([{ ...dead, queue: 'noisy' }]) } },
  { title: 'all were retried or removed', is: 'gone', sight: { discarded: at([]) } },
  { title: 'they could not be counted', is: 'unknown', sight: {} },
]

const burst: BurstSeen = {
  fingerprint: 'e1:0123456789abcdef', queue: 'mail', worker: 'Mailer', sample: 'connect ETIMEDOUT 10.4.0.12:587', title: 'connect ETIMEDOUT <ip>:<int>', errorClass: 'Error', state: 'new', status: 'unresolved', silenced: false,
  firstSeenAt: ago(30), lastSeenAt: ago(0, 9), burst: true, burstSince: ago(28), since: ago(28), probability: 1e-15, failures: 25, attempts: 73, expected: 0.5, exhausted: 20, exhaustedOfDay: 140, jobIds: ['1'],
  origins: [{ fingerprint: 'e1:0123456789abcdef', kind: 'version', name: 'v412', count: 140 }, { fingerprint: 'e1:0123456789abcdef', kind: 'executor', name: 'worker-1', count: 70 }, { fingerprint: 'e1:0123456789abcdef', kind: 'executor', name: 'worker-2', count: 70 }],
  serving: [{ name: 'worker-1', version: 'v412' }, { name: 'worker-2', version: 'v412' }, { name: 'worker-3', version: 'v411' }],
  deploy: { version: 'v412', at: ago(31).toISOString() },
}
const burstScenes: Scene[] = [
  { title: 'a group fails far more often than usual', is: 'seen', sight: { bursts: at([burst]) } },
  { title: 'the engine does not report how many jobs end, nor where', is: 'seen', sight: { bursts: at([{ ...burst, attempts: null, origins: [], deploy: undefined, probability: 1e-7 }]) } },
  { title: 'no group is in a burst', is: 'gone', sight: { bursts: at([]) } },
  { title: 'failures were not read, or attempts not measured', is: 'unknown', sight: {} },
]

const missed: MissedRun = { entry: 'nightly_sync', queue: 'mail', at: ago(60), why: 'missed_fire' }
const cron = (change: Partial<CronSeen>) => ({ cron: at({ entries: 3, capped: false, missed: [], lastScheduling: ago(0, 4), gap: null, ...change }, now) })
const missedScenes: Scene[] = [
  { title: 'a run was missed', is: 'seen', sight: cron({ missed: [missed] }) },
  { title: 'it was missed because no scheduler ran', is: 'seen', sight: cron({ missed: [{ ...missed, why: 'scheduler_down' }] }) },
  { title: 'its job could not be created', is: 'seen', sight: cron({ missed: [{ ...missed, why: 'enqueue_failed', error: 'no such queue' }] }) },
  { title: 'the entry has run since', is: 'gone', sight: cron({}) },
  { title: 'there are more entries than were looked at', is: 'unknown', sight: cron({ capped: true }) },
  { title: 'entries could not be read', is: 'unknown', sight: {} },
]
const downScenes: Scene[] = [
  { title: 'no scheduler for three minutes', is: 'seen', sight: cron({ lastScheduling: ago(3) }) },
  { title: 'no scheduler ever', is: 'seen', sight: cron({ lastScheduling: null }) },
  { title: 'everything was down for an hour and has just come back', is: 'seen', sight: cron({ gap: { from: ago(60), to: ago(0, 20) } }) },
  { title: 'a scheduler is on record', is: 'gone', sight: cron({}) },
  { title: 'one scheduler took over from another within half a minute', is: 'gone', sight: cron({ lastScheduling: ago(0, 30), gap: { from: ago(1), to: ago(0, 30) } }) },
  { title: 'everything was down, some time ago', is: 'gone', sight: cron({ gap: { from: ago(50), to: ago(40) } }) },
  { title: 'nothing waits for a scheduler', is: 'gone', sight: cron({ entries: 0, lastScheduling: null }) },
  { title: 'entries could not be read', is: 'unknown', sight: {} },
]

const request = { eventId: '0192', action: 'retry_job', subject: { type: 'job', id: '42' }, actor: { id: 'a', type: 'user', label: 'a' }, at: ago(5).toISOString(), queue: 'mail' }
const orphanScenes: Scene[] = [
  { title: 'nobody knows what became of a retry', is: 'seen', sight: { requests: at([request]) } },
  { title: 'nobody knows what became of a pause', is: 'seen', sight: { requests: at([{ ...request, action: 'pause_queue', subject: { type: 'queue', id: 'mail' } }]) } },
  { title: 'every request has its outcome', is: 'gone', sight: { requests: at([]) } },
  { title: 'requests could not be read', is: 'unknown', sight: {} },
]

const tables: Partial<Record<IncidentClassName, Scene[]>> = {
  engine_unreachable: engineScenes,
  scheduler_down: downScenes,
  stuck_queue: stuckScenes,
  saturated_queue: saturatedScenes,
  executor_missing: missingScenes,
  long_running_job: longScenes,
  failure_burst: burstScenes,
  retry_exhausted: exhaustedScenes,
  missed_fire: missedScenes,
  orphan_request: orphanScenes,
}

/** An incident of each class as it would be open when the scene comes. */
const scopes: Partial<Record<IncidentClassName, object>> = { stuck_queue: { queue: 'report' }, saturated_queue: { queue: 'report' }, missed_fire: { cronEntry: 'nightly_sync' } }

function look(of: IncidentClass, sight: Partial<Sight>): { is: Verdict; seen?: Seen<unknown> } {
  const seen = of.find({ ...nothing, ...sight }, thresholdsOf)
  if (seen === 'unavailable') return { is: 'unknown' }
  if (seen.candidates.length) return { is: 'seen', seen }
  return { is: seen.blind?.(scopes[of.name] ?? {}) ? 'unknown' : 'gone' }
}

test('every class has a table, and every table has scenes that open, resolve and freeze', () => {
  expect(Object.keys(tables).toSorted()).toEqual(classes.map(({ name }) => name).toSorted())
  for (const scenes of Object.values(tables)) expect(new Set(scenes.map(({ is }) => is))).toEqual(new Set(['seen', 'gone', 'unknown']))
})

describe.each(Object.entries(tables) as [IncidentClassName, Scene[]][])('%s', (name, scenes) => {
  const of = findClass(name)!
  const titled = (is: Verdict) => scenes.filter((scene) => scene.is === is).map((scene) => [scene.title, scene.sight] as const)

  test.each(titled('seen'))('opens and stays open: %s', (_title, sight) => {
    expect(look(of, sight).is).toBe('seen')
  })
  test.each(titled('gone'))('neither opens nor stays open: %s', (_title, sight) => {
    expect(look(of, sight).is).toBe('gone')
  })
  test.each(titled('unknown'))('is left as it is: %s', (_title, sight) => {
    expect(look(of, sight).is).toBe('unknown')
  })

  const told = titled('seen').flatMap(([, sight]) => look(of, sight).seen!.candidates)
  const telling: Telling = { now, sees: (queue) => queue !== 'secret', showError: (text) => text }

  test('is described from what is stored of it, in sentences, with a cause only for half of the problem or more', () => {
    for (const { facts, began } of told) {
      const stored = of.facts.parse(JSON.parse(JSON.stringify(facts)))
      const { title, headline, measured, ruledOut, cause, facts: shown } = of.describe(stored, telling)
      expect(title).toMatch(/^[\w-]+.*[^.]$/)
      expect(headline).toMatch(/^.*\.$/)
      expect(`${title} ${headline}`).not.toMatch(/undefined|null|NaN|Infinity/)
      for (const { label, share = 1 } of [...measured, ...ruledOut]) expect([label, share >= 0 && share <= 1]).toEqual([expect.not.stringMatching(/undefined|null|NaN/), true])
      for (const { value } of shown) expect(value).not.toMatch(/undefined|null|NaN/)
      if (cause) expect(cause.share).toBeGreaterThanOrEqual(0.5)
      expect(ruledOut.every(({ note }) => note !== undefined)).toBe(true)
      expect(began.getTime()).toBeLessThanOrEqual(now.getTime())
    }
  })

  test('says nothing of queues and errors that are withheld', () => {
    for (const { facts } of told) {
      const text = JSON.stringify(of.describe(of.facts.parse(JSON.parse(JSON.stringify(facts))), { ...telling, showError: () => undefined }))
      expect(text).not.toMatch(/secret|ETIMEDOUT|ECONNREFUSED|no such queue/)
    }
  })

  test('says what its repairs apply to', () => {
    for (const { facts } of told) expect(() => of.affected(of.facts.parse(JSON.parse(JSON.stringify(facts))))).not.toThrow()
  })
})

test('counts only the jobs of queues that the viewer may see', () => {
  const described = findClass('executor_missing')!.describe(look(findClass('executor_missing')!, { missing: at([left]) }).seen!.candidates[0]!.facts, { now, sees: (queue) => queue === 'mail', showError: () => undefined })
  expect(described.affected).toMatchObject({ jobs: { count: 2 }, queues: ['mail'] })
  expect(described.headline).toContain('2 jobs are')
})

test('a standstill is claimed only for the minutes that were measured', () => {
  const of = findClass('stuck_queue')!
  const told = (measured: ReadonlySet<number>) => of.describe(look(of, { queues: { asOf: ago(0, 5), value: { queues: [{ ...stuck, movedAt: null }], measured } } }).seen!.candidates[0]!.facts, { now, sees: () => true, showError: () => undefined }).headline
  expect(told(everyMinute)).toContain('no job has started or ended for over an hour.')
  const few = new Set([...everyMinute].toSorted((a, b) => b - a).slice(0, 12))
  expect(told(few)).toContain('no job has started or ended in the 12 minutes of the last hour that were measured.')
})

test('each class has its words', () => {
  expect(classes.every(({ name }) => name in incidentClasses)).toBe(true)
})

describe('the cause of a burst', () => {
  const describeBurst = (change: Partial<BurstSeen>) => {
    const of = findClass('failure_burst')!
    return of.describe(look(of, { bursts: at([{ ...burst, ...change }]) }).seen!.candidates[0]!.facts, { now, sees: () => true, showError: (text) => text })
  }

  test('is the version on which all of it happens, if another version serves the queue without it', () => {
    expect(describeBurst({}).cause).toEqual({ label: 'It fails on version v412', share: 1, note: 'measured' })
    expect(describeBurst({}).ruledOut.map(({ label }) => label)).toContain('v411: it also serves this queue and had no failures')
  })

  test('is no version if no other serves the queue, and a deploy is only an order of events', () => {
    const described = describeBurst({ serving: [{ name: 'worker-1', version: 'v412' }, { name: 'worker-2', version: 'v412' }] })
    expect(described.cause).toBeUndefined()
    expect(described.measured).toContainEqual({ label: expect.stringContaining('v412 was deployed 3 min before it began'), note: 'order only' })
  })

  test('is no version that has less than half of it', () => {
    const origins = ['v412', 'v413', 'v414'].map((name) => ({ fingerprint: burst.fingerprint, kind: 'version' as const, name, count: 40 }))
    expect(describeBurst({ origins }).cause).toBeUndefined()
  })
})
