import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { getIncident, type IncidentClassName, type IncidentDetail } from '../../schemas/index.ts'
import type { Affected, DescribedClass } from '../../server/incidents/class.ts'
import { classes } from '../../server/incidents/classes.ts'
import { givenIncident } from '../support/incidents.ts'
import { type JobServer, startJobServer } from '../support/jobs.ts'
import { auth } from '../support/server.ts'

let server: JobServer
let client: Client
let refused: string[] = []

/** Classes whose facts say outright what they affect. */
const facts = z.object({ affects: z.any(), jobs: z.number().optional() })
type Facts = z.infer<typeof facts>
const plain = (['failure_burst', 'executor_missing', 'stuck_queue', 'saturated_queue', 'missed_fire', 'scheduler_down', 'long_running_job'] as const).map(
  (name): DescribedClass<Facts> => ({
    name,
    facts,
    describe: ({ jobs }) => ({ title: name, headline: name, measured: [], ruledOut: [], facts: [], affected: { jobs: jobs === undefined ? null : { count: jobs, how: 'exact' }, queues: [], executors: null } }),
    affected: ({ affects }) => affects as Affected,
  }),
)
const all = classes as unknown as unknown[]

beforeAll(async () => {
  all.unshift(...plain)
  server = await startJobServer({
    detector: { enabled: false },
    auth: { ...auth, authorize: (person, action, resource) => (refused.includes(action) ? { allowed: false, reason: 'Not at night.' } : auth.authorize(person, action, resource)) },
  })
  client = new Client({ connectionString: server.oban.url })
  await client.connect()
})
afterAll(async () => {
  all.splice(0, plain.length)
  await client?.end()
  await server?.stop()
})
beforeEach(async () => {
  refused = []
  await client.query('truncate ops.incident')
})

async function read(name: IncidentClassName, affects: Affected, more: object = {}, who = 'ops-demo'): Promise<IncidentDetail> {
  const id = await givenIncident(client, { class: name, queue: 'mail', facts: { affects, jobs: 140 }, ...more })
  const { status, body, text } = await server.call(who, 'GET', `/incidents/${id}`)
  expect(status, text).toBe(200)
  return getIncident.output.parse(body)
}
const inShort = ({ repairs }: IncidentDetail) => repairs.map(({ action, label, primary, allowed }) => `${action}: ${label}${primary ? ', first' : ''}${allowed ? '' : ', refused'}`)
const jobs: Affected = { jobs: { filter: { queue: 'mail', states: ['discarded'] } } }

describe('the repairs of an incident', () => {
  test.each<[IncidentClassName, Affected, string[]]>([
    ['failure_burst', jobs, ['retry_job: Retry 140 jobs, first', 'discard_job: Discard 140 jobs']],
    ['executor_missing', jobs, ['rescue_job: Rescue 140 jobs, first', 'discard_job: Discard 140 jobs']],
    ['long_running_job', jobs, ['cancel_job: Cancel 140 jobs, first']],
    ['stuck_queue', { ...jobs, queue: 'mail' }, ['cancel_job: Cancel 140 jobs']],
    ['missed_fire', { slot: { cronEntry: 'nightly_sync', slotAt: '2026-01-01T02:00:00.000Z' } }, ['run_cron_entry: Run the missed slot, first']],
    ['saturated_queue', { ...jobs, queue: 'mail' }, ['scale_queue: Change concurrency of mail, first', 'cancel_job: Cancel 140 jobs']],
    ['scheduler_down', {}, []],
    ['failure_burst', {}, []],
  ])('of class %s are what helps there', async (name, affects, expected) => {
    expect(inShort(await read(name, affects))).toEqual(expected)
  })

  test('name what to send, and say the caution that comes before it', async () => {
    const { id, repairs } = await read('failure_burst', jobs)
    expect(repairs[0]).toMatchObject({ selection: { filter: { incident: id } }, caution: expect.stringContaining('a retry fails again') })
    const { repairs: ofSlot } = await read('missed_fire', { slot: { cronEntry: 'nightly_sync', slotAt: '2026-01-01T02:00:00.000Z' } })
    expect(ofSlot[0]).toMatchObject({ subject: { type: 'cron_entry', id: 'nightly_sync' }, input: { slotAt: '2026-01-01T02:00:00.000Z' } })
  })

  test('are none for what is over or not open yet', async () => {
    for (const state of ['resolved', 'pending'] as const) expect((await read('failure_burst', jobs, { state })).repairs).toEqual([])
  })

  test('resume the queue first if it was paused here', async () => {
    await client.query(`insert into ops.queue_pause (queue, paused_at, paused_by, reason, event_id) values ('mail', now(), '{"id":"x","type":"user","label":"x"}', 'why', gen_random_uuid())`)
    expect(inShort(await read('stuck_queue', { ...jobs, queue: 'mail' }))[0]).toBe('resume_queue: Resume mail, first')
    await client.query('delete from ops.queue_pause')
  })

  test('are refused with the reason of the host or of the engine', async () => {
    refused = ['retry_job']
    const { repairs } = await read('failure_burst', jobs)
    expect(repairs[0]).toMatchObject({ allowed: false, reason: 'Not at night.' })
    refused = []
    expect((await read('failure_burst', jobs, {}, 'viewer-demo')).repairs[0]).toMatchObject({ allowed: false, reason: 'Your role is viewer.' })
  })
})

describe('the chart of an incident', () => {
  test('has the minutes of its queue, with failures and its start; minutes that were not measured are missing', async () => {
    const { chart } = await read('failure_burst', jobs, { minutesAgo: 20 })
    expect(chart).toMatchObject({ label: 'Jobs ended per minute', kind: 'bars', stepSeconds: 60, marks: [{ kind: 'incident', label: 'began' }] })
    expect(Date.parse(chart!.to) - Date.parse(chart!.from)).toBe(3_600_000)
    expect((await read('failure_burst', jobs, { minutesAgo: 120 })).chart).toMatchObject({ stepSeconds: 300 })
  })

  test('is none for what is not about a queue', async () => {
    expect((await read('scheduler_down', {}, { queue: undefined })).chart).toBeNull()
  })
})
