import { Client } from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type DetectorWorld, startDetector } from '../../support/detector.ts'
import { openKit } from '../../../server/open.ts'
import { detect } from '../../../server/incidents/detector.ts'
import { idle } from '../../../server/repeat.ts'
import { pgBoss } from '../../../server/engines/pg-boss/index.ts'
import { auth, displayPolicy } from '../../support/server.ts'

let world: DetectorWorld
beforeEach(async () => {
  world = await startDetector()
})
afterEach(async () => {
  await world?.stop()
})

const stuck = () => ({ name: 'report', executors: 2, limit: 4, due: { count: 84, how: 'exact' as const, oldestAt: new Date(world.now().getTime() - 3 * 3_600_000) } })
const moving = () => ({ ...stuck(), started: 3, finished: 2 })
const down = { ok: false, detail: 'connect ECONNREFUSED' }
const up = { ok: true, detail: 'fine' }

/** So many looks, ten seconds apart, each after a measurement. */
async function pass(minutes: number, queue: () => Parameters<DetectorWorld['measure']>[0][number], { everySeconds = 30 } = {}): Promise<void> {
  for (let second = 0; second < minutes * 60; second += everySeconds) {
    world.pass(everySeconds)
    await world.measure([queue()], everySeconds)
    await world.look()
  }
}
const states = async () => (await world.incidents()).map(({ key, state }) => [key, state])
const types = async () => (await world.events()).map(({ type }) => type.replace('incident.', ''))

describe('the detector', () => {
  test('opens an incident in one row with one event, resolves it, and reopens it in the same row', async () => {
    await pass(12, stuck)
    expect(await states()).toEqual([['stuck_queue:report', 'open']])
    const [opened] = await world.incidents()
    await pass(6, moving)
    expect(await states()).toEqual([['stuck_queue:report', 'resolved']])
    await pass(12, stuck)
    expect(await world.incidents()).toMatchObject([{ id: opened!.id, state: 'open', reopened: 1 }])
    expect(await types()).toEqual(['opened', 'resolved', 'reopened'])
    expect((await world.events())[0]).toMatchObject({ subject: opened!.id, metadata: { class: 'stuck_queue', title: 'report is stuck', resource: { queue: 'report' } } })
  })

  test('opens and resolves nothing while its figures are too old, and takes the time for unmeasured', async () => {
    await pass(12, stuck)
    for (let minute = 0; minute < 20; minute++) {
      world.pass(60)
      await world.look()
    }
    expect(await states()).toEqual([['stuck_queue:report', 'open']])
    expect((await world.client.query(`select sources ->> 'queues' as queues from ops.detection`)).rows).toEqual([{ queues: null }])
    await pass(1, moving)
    expect(await states()).toEqual([['stuck_queue:report', 'open']])
    await pass(6, moving)
    expect(await states()).toEqual([['stuck_queue:report', 'resolved']])
  })

  test('recognizes one incident as the cause of another, and records when that ends', async () => {
    await pass(12, stuck)
    for (let round = 0; round < 3; round++) {
      world.pass(15)
      await world.check(down)
      await world.look()
    }
    const [engine, queue] = await world.incidents()
    expect([engine?.state, queue?.explained_by]).toEqual(['open', engine?.id])
    for (let round = 0; round < 4; round++) {
      world.pass(15)
      await world.check(up)
      await world.measure([stuck()])
      await world.look()
    }
    expect((await world.incidents()).map(({ key, state, explained_by }) => [key, state, explained_by])).toEqual([
      ['engine_unreachable:engine', 'resolved', null],
      ['stuck_queue:report', 'open', null],
    ])
    const told = (await world.events()).map(({ type, metadata }) => [type.replace('incident.', ''), metadata.class])
    expect(told).toEqual([
      ['opened', 'stuck_queue'],
      ['opened', 'engine_unreachable'],
      ['explained', 'stuck_queue'],
      ['resolved', 'engine_unreachable'],
      ['unexplained', 'stuck_queue'],
    ])
  })

  test('runs once per interval, whichever process comes first', async () => {
    const second = await openKit({ database: { url: world.database.url }, auth, displayPolicy, engine: pgBoss({} as never), log: { info() {}, warn() {}, error() {} }, now: world.now })
    try {
      const looks: number[] = []
      for (let round = 0; round < 20; round++) {
        world.pass(5)
        const done = await Promise.all([detect(world.kit), detect(second), detect(world.kit)])
        looks.push(done.filter((each) => each !== idle).length)
      }
      expect(looks.every((count) => count <= 1)).toBe(true)
      expect(looks.reduce((sum, count) => sum + count, 0)).toBe(10)
    } finally {
      await second.db.close()
    }
  })

  test('leaves what an operator did meanwhile as it is', async () => {
    await pass(12, stuck)
    await world.client.query(`update ops.incident set assigned_at = now(), assigned_to = '{"id":"ops-two","type":"user","label":"ops-two"}', acknowledged_at = now(), acknowledged_by = '{"id":"ops-two","type":"user","label":"ops-two"}'`)
    await pass(2, stuck)
    expect(await world.incidents('acknowledged_by is not null and assigned_to is not null')).toHaveLength(1)
  })

  test('ends a silence by itself, with an event', async () => {
    await pass(12, stuck)
    const until = new Date(world.now().getTime() + 60_000).toISOString()
    await world.client.query(`update ops.incident set silence = $1`, [JSON.stringify({ at: until, by: { id: 'a', type: 'user', label: 'a' }, eventId: 'x', until })])
    await pass(3, stuck)
    expect(await types()).toEqual(['opened', 'silence_ended'])
    expect((await world.events())[1]!.metadata).toMatchObject({ endedBy: 'time' })
  })
})

test('live hints about an incident are for those who may see its queue', async () => {
  const heard: { topic: string; queues?: string[]; resource?: { queue?: string }; subject?: { id: string } }[] = []
  const listener = new Client({ connectionString: world.database.url })
  await listener.connect()
  listener.on('notification', ({ payload }) => heard.push(JSON.parse(payload!) as (typeof heard)[number]))
  await listener.query('listen ops_powertools_ops')
  try {
    await pass(12, stuck)
    const [incident] = await world.incidents()
    await expect.poll(() => heard.find(({ topic, subject }) => topic === 'incidents' && subject)).toMatchObject({ subject: { id: incident!.id }, resource: { queue: 'report' } })
    // What was measured again is one hint for the queue, and no hint names no queue.
    await expect.poll(() => heard.some(({ topic, queues }) => topic === 'incidents' && queues?.includes('report'))).toBe(true)
    expect(heard.filter(({ queues, resource }) => !queues && resource?.queue !== 'report')).toEqual([])
  } finally {
    await listener.end()
  }
})

describe('a request without an outcome', () => {
  test('is an incident at once, and none anymore as soon as its outcome is recorded', async () => {
    const eventId = '01920000-0000-7000-8000-000000000001'
    await world.client.query(
      `insert into ops.open_request (event_id, final_event_id, action, event_type, actor, subject_type, subject_id, requested_at, request_id, source, detail)
       values ($1, gen_random_uuid(), 'retry_job', 'job.retried', '{"id":"a","type":"user","label":"a"}', 'job', '42', $2::timestamptz - interval '5 minutes', 'r', 'api', '{"resource":{"queue":"mail","worker":"Mailer"}}')`,
      [eventId, world.now()],
    )
    await world.look()
    expect(await world.incidents()).toMatchObject([{ state: 'open', scope: { eventId, queue: 'mail', worker: 'Mailer', jobId: '42' } }])
    await world.client.query('delete from ops.open_request')
    world.pass(10)
    await world.look()
    expect(await world.incidents()).toMatchObject([{ state: 'resolved' }])
  })
})
