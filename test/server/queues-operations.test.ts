import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { operate } from '../support/operate.ts'
import { type JobServer, startJobServer } from '../support/jobs.ts'
import { type Answer, auth } from '../support/server.ts'

const reason = 'the payment provider is down'
let server: JobServer
let refused: string[] = []
let failing = false

beforeAll(async () => {
  server = await startJobServer({
    auth: {
      ...auth,
      authorize: (person, action, resource) => !refused.includes(`${person.id} ${action} ${resource.queue ?? '-'}`) && auth.authorize(person, action, resource),
    },
    wrap: (engine) => ({ ...engine, pauseQueue: (...asked) => (failing ? Promise.reject(new Error('canary of the engine')) : engine.pauseQueue!(...asked)) }),
  })
})
afterAll(() => server?.stop())
beforeEach(async () => {
  refused = []
  await server.oban.pool.query('delete from ops.refusal_tally')
})

let queues = 0
/** A queue that a living Oban node works on. */
async function makeQueue(): Promise<string> {
  const queue = `queue_${++queues}`
  await server.oban.insert({ queue })
  return queue
}
const on = (action: string, queue: string, input: object = {}) => ({ action, subject: { type: 'queue', id: queue }, input })
const { preview, execute, once } = operate(() => server, reason)
const eventsOf = async (queue: string) =>
  (await server.call('ops-demo', 'GET', `/audit-events?subjectType=queue&subjectId=${queue}`)).body.items!.map(({ eventType, outcome, code }) => [eventType, outcome, code])
const noteOf = async (queue: string) => (await server.oban.pool.query('select paused_by, reason from ops.queue_pause where queue = $1', [queue])).rows[0] as unknown

describe('a queue', () => {
  test('is paused with a preview, a reason, a signal and one event, and resumed', async () => {
    const queue = await makeQueue()
    const shown = await preview('ops-demo', on('pause_queue', queue))
    expect(shown.status, shown.text).toBe(201)
    expect(shown.body).toMatchObject({ reasonRequired: true, plan: { title: `Pause queue ${queue}`, risk: 'high', before: { paused: false }, after: { paused: true } } })
    const signals = await server.oban.heard(async () => expect((await execute('ops-demo', shown)).status).toBe(200))
    expect(signals).toEqual([expect.objectContaining({ payload: expect.objectContaining({ action: 'pause', queue }) as object })])
    expect(await noteOf(queue)).toMatchObject({ paused_by: { id: 'ops-demo' }, reason })
    expect(await once('ops-two', on('pause_queue', queue))).toMatchObject({ status: 409, body: { code: 'illegal_transition' } })
    const resume = await preview('ops-two', on('resume_queue', queue))
    expect(resume.body.plan).toMatchObject({ before: { paused: true, pausedBy: 'ops-demo' }, after: { paused: false } })
    const resumed = await server.oban.heard(async () => expect((await execute('ops-two', resume)).status).toBe(200))
    expect(resumed).toEqual([expect.objectContaining({ payload: expect.objectContaining({ action: 'resume', queue }) as object })])
    expect(await noteOf(queue)).toBeUndefined()
    expect(await eventsOf(queue)).toEqual([['queue.resumed', 'succeeded', undefined], ['queue.paused', 'failed', 'illegal_transition'], ['queue.paused', 'succeeded', undefined]])
  })

  test('is paused only once if ten actors click at once', async () => {
    const queue = await makeQueue()
    const answers: Answer[] = []
    const signals = await server.oban.heard(async () => {
      answers.push(...(await Promise.all(Array.from({ length: 10 }, (_, n) => once(n % 2 ? 'ops-demo' : 'ops-two', on('pause_queue', queue))))))
    })
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, ...Array<number>(9).fill(409)])
    expect(signals).toHaveLength(1)
    expect((await eventsOf(queue)).filter(([, outcome]) => outcome === 'succeeded')).toHaveLength(1)
  })

  test('can be paused again if the engine does not report pauses, and resumed if it was paused elsewhere', async () => {
    const queue = await makeQueue()
    expect((await once('ops-demo', on('pause_queue', queue))).status).toBe(200)
    await server.oban.pool.query(`update ops.queue_pause set paused_at = paused_at - interval '1 minute' where queue = $1`, [queue])
    const shown = await preview('ops-two', on('pause_queue', queue))
    expect(shown.body.plan).toMatchObject({ title: `Pause queue ${queue} again`, before: { paused: true, pausedBy: 'ops-demo' }, after: { paused: true } })
    const signals = await server.oban.heard(async () => expect((await execute('ops-two', shown)).status).toBe(200))
    expect(signals).toEqual([expect.objectContaining({ payload: expect.objectContaining({ action: 'pause', queue }) as object })])
    expect(await noteOf(queue)).toMatchObject({ paused_by: { id: 'ops-two' } })
    expect((await eventsOf(queue)).map(([, outcome]) => outcome)).toEqual(['succeeded', 'succeeded'])
    const elsewhere = await makeQueue()
    for (const name of [queue, elsewhere]) {
      await server.oban.pool.query(
        `insert into ops.queue_figure (queue, as_of, depth, paused) values ($1, now() + interval '1 s', '[]', null) on conflict (queue) do update set paused = null`,
        [name],
      )
      const { body } = await server.call('ops-demo', 'GET', `/queues?name=${name}`)
      expect(body.items![0]!.operations).toMatchObject({ pause_queue: { allowed: true }, resume_queue: { allowed: true } })
    }
    expect((await once('ops-demo', on('resume_queue', elsewhere))).status).toBe(200)
  })

  test('is not recorded as paused if the engine fails, and the failure is evidence', async () => {
    const queue = await makeQueue()
    failing = true
    const answer = await once('ops-demo', on('pause_queue', queue)).finally(() => (failing = false))
    expect(answer.status).toBe(500)
    expect(answer.text).not.toContain('canary')
    expect([await noteOf(queue), await eventsOf(queue)]).toEqual([undefined, [['queue.paused', 'failed', 'internal']]])
    expect((await once('ops-demo', on('pause_queue', queue))).status).toBe(200)
  })

  test('can get a different concurrency', async () => {
    const queue = await makeQueue()
    const signals = await server.oban.heard(async () => expect((await once('ops-demo', on('scale_queue', queue, { limit: 7 }))).status).toBe(200))
    expect(signals).toEqual([expect.objectContaining({ payload: expect.objectContaining({ action: 'scale', queue, limit: 7 }) as object })])
    expect((await preview('ops-demo', on('scale_queue', queue, { limit: 0 }))).status).toBe(400)
    expect(await eventsOf(queue)).toEqual([['queue.scaled', 'succeeded', undefined]])
  })

  test('is not found if unknown, and a reason is required', async () => {
    expect((await once('ops-demo', on('pause_queue', 'nowhere'))).status).toBe(404)
    const queue = await makeQueue()
    expect((await once('ops-demo', { ...on('pause_queue', queue), reason: undefined })).body.code).toBe('reason_required')
    expect((await once('ops-demo', { ...on('pause_queue', queue), reason: 'short' })).body.code).toBe('reason_too_short')
    expect(await noteOf(queue)).toBeUndefined()
  })

  test('is changed only by authorized actors, queue by queue, and a refusal is evidence', async () => {
    const [mine, theirs] = [await makeQueue(), await makeQueue()]
    refused = [`ops-two pause_queue ${theirs}`]
    expect((await once('ops-two', on('pause_queue', mine))).status).toBe(200)
    expect((await once('ops-two', on('pause_queue', theirs))).status).toBe(403)
    expect((await preview('viewer-demo', on('pause_queue', theirs))).status).toBe(403)
    expect((await once('nameless', on('pause_queue', theirs))).body.code).toBe('unattributable_actor')
    expect(await eventsOf(theirs)).toEqual([
      ['queue.paused', 'denied', 'unattributable_actor'],
      ['queue.paused', 'denied', 'forbidden'],
      ['queue.paused', 'denied', 'forbidden'],
    ])
  })
})
