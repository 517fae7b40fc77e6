import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { operate } from '../support/operate.ts'
import { startServer, type TestServer } from '../support/server.ts'

const subject = { type: 'cron_entry', id: 'nightly_sync' }
const pause = { action: 'pause_cron_entry', subject }
const resume = { action: 'resume_cron_entry', subject }

let server: TestServer
let skewMinutes = 0

beforeAll(async () => {
  server = await startServer({ now: () => new Date(Date.now() + skewMinutes * 60_000) })
})
afterAll(() => server.stop())

const call = (...args: Parameters<TestServer['call']>) => server.call(...args)
const { preview, execute, once } = operate(() => server)
const events = async (search: string) => (await call('ops-demo', 'GET', `/audit-events?${search}`)).body.items!
const entry = async () => (await call('ops-demo', 'GET', '/cron-entries/nightly_sync')).body

/** Every test begins with a runnable entry. */
async function runnable(): Promise<void> {
  if ((await entry()).pause) expect((await once('ops-demo', resume)).status).toBe(200)
}

describe('the canonical session', () => {
  test('the entry is as the fixture declares it, and runnable', async () => {
    expect(await entry()).toMatchObject({
      name: 'nightly_sync',
      source: 'fixture',
      expression: '0 2 * * *',
      timezone: 'Etc/UTC',
      queue: 'nightly_sync',
      args: { scope: 'ops-demo' },
      overlap: 'queue_one',
      catchUp: 'latest',
      maxCatchUp: 1,
      status: 'runnable',
    })
  })

  test('a preview tells who does what to whom, and what will be recorded', async () => {
    const { status, body } = await preview('ops-demo', pause)
    expect(status).toBe(201)
    expect(body).toMatchObject({
      status: 'ready',
      reasonRequired: false,
      plan: {
        action: 'pause_cron_entry',
        subject,
        actor: { id: 'ops-demo' },
        risk: 'low',
        ownership: 'powertools_native',
        record: { eventType: 'cron.paused', subject: 'cron_entry:nightly_sync', actor: 'ops-demo' },
      },
    })
    expect(await events('subjectId=nightly_sync&eventType=cron.paused')).toEqual([])
  })

  test('executing it pauses the entry and leaves exactly one event, which forensics and audit show', async () => {
    const shown = await preview('ops-demo', pause)
    const done = await execute('ops-demo', shown, '  fixture maintenance ')
    expect(done.status).toBe(200)
    expect(await entry()).toMatchObject({
      status: 'waiting',
      diagnosis: 'paused',
      pause: { by: { id: 'ops-demo' }, reason: 'fixture maintenance' },
      nextRuns: [],
    })
    const paused = await events('subjectType=cron_entry&subjectId=nightly_sync&eventType=cron.paused')
    expect(paused).toHaveLength(1)
    expect(paused[0]).toMatchObject({
      action: 'pause_cron_entry',
      outcome: 'succeeded',
      actor: { id: 'ops-demo', label: 'ops-demo' },
      subject,
      reason: 'fixture maintenance',
      source: 'api',
      previewId: shown.body.id,
      before: { pausedAt: null },
    })
    expect(String(paused[0]!.occurredAt)).toMatch(/\.\d{6}Z$/)
    const bundle = (await call('ops-demo', 'GET', '/forensics/cron_entry/nightly_sync')).body
    expect(JSON.stringify(bundle.chronology)).toContain(String(paused[0]!.id))
    expect(bundle).toMatchObject({ diagnosis: { status: 'waiting' }, followUp: { status: 'unconfigured' } })
    const ownership = (bundle.nextPaths as { ownershipLabel: string }[]).map((path) => path.ownershipLabel)
    expect(ownership).toContain('Powertools-native')
    expect(ownership).toContain('host-owned follow-up')
  })

  test('the paused entry can be resumed, and not be paused again', async () => {
    expect((await preview('ops-demo', pause)).body).toMatchObject({ code: 'illegal_transition', status: 409 })
    expect((await once('ops-demo', resume)).status).toBe(200)
    expect((await entry()).status).toBe('runnable')
  })
})

describe('a preview', () => {
  test('of the same plan is the same preview for its actor, and another one for another actor', async () => {
    await runnable()
    const [first, again, other] = [await preview('ops-demo', pause), await preview('ops-demo', pause), await preview('ops-two', pause)]
    expect(again.body.id).toBe(first.body.id)
    expect(other.body.id).not.toBe(first.body.id)
  })

  test('is the same one also when two tabs ask at once', async () => {
    await runnable()
    const ids = await Promise.all(Array.from({ length: 8 }, () => preview('ops-two', pause)))
    expect(new Set(ids.map(({ body }) => body.id)).size).toBe(1)
  })

  test('does not exist for another actor, and never shows its token again', async () => {
    await runnable()
    const { body } = await preview('ops-demo', pause)
    expect((await call('ops-two', 'GET', `/previews/${String(body.id)}`)).status).toBe(404)
    expect((await call('ops-two', 'POST', `/previews/${String(body.id)}/execute`, { token: body.token })).status).toBe(404)
    const read = await call('ops-demo', 'GET', `/previews/${String(body.id)}`)
    expect(read.body.status).toBe('ready')
    expect(read.text).not.toContain(String(body.token))
  })

  test('with a wrong token is refused', async () => {
    await runnable()
    const { body } = await preview('ops-demo', pause)
    expect((await call('ops-demo', 'POST', `/previews/${String(body.id)}/execute`, { token: 'x'.repeat(32) })).body.code).toBe('forbidden')
  })

  test('works once, also when it is confirmed ten times at once', async () => {
    await runnable()
    const before = (await events('subjectId=nightly_sync&eventType=cron.paused&outcome=succeeded')).length
    const shown = await preview('ops-demo', pause)
    const answers = await Promise.all(Array.from({ length: 10 }, () => execute('ops-demo', shown)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ body }) => body.code === 'preview_consumed')).toHaveLength(9)
    expect((await events('subjectId=nightly_sync&eventType=cron.paused&outcome=succeeded')).length).toBe(before + 1)
  })

  test('drifts when somebody else was faster, and then stays drifted', async () => {
    await runnable()
    const shown = await preview('ops-demo', resumeAtTomorrow())
    expect((await once('ops-two', pause)).status).toBe(200)
    expect((await once('ops-two', resume)).status).toBe(200)
    const late = await execute('ops-demo', shown)
    expect(late).toMatchObject({ status: 409, body: { code: 'preview_drifted' } })
    expect((late.body.plan as { subject: object }).subject).toEqual(subject)
    expect((await execute('ops-demo', shown)).body.code).toBe('preview_drifted')
    expect((await call('ops-demo', 'GET', `/previews/${String(shown.body.id)}`)).body.status).toBe('drifted')
    expect((await entry()).status).toBe('runnable')
  })

  test('expires after half an hour, and a new one is given for the same plan', async () => {
    await runnable()
    const shown = await preview('ops-demo', pause)
    skewMinutes = 31
    try {
      expect(await execute('ops-demo', shown)).toMatchObject({ status: 410, body: { code: 'preview_expired' } })
      const fresh = await preview('ops-demo', pause)
      expect(fresh.body).toMatchObject({ status: 'ready' })
      expect(fresh.body.id).not.toBe(shown.body.id)
    } finally {
      skewMinutes = 0
    }
  })
})

describe('one shot', () => {
  test('needs an Idempotency-Key', async () => {
    expect((await call('ops-demo', 'POST', '/operations', pause)).body).toMatchObject({ code: 'invalid_request', status: 400 })
  })

  test('a repeat with the same key gets the first answer and changes nothing', async () => {
    await runnable()
    const key = crypto.randomUUID()
    const first = await once('ops-demo', pause, key)
    const again = await once('ops-demo', pause, key)
    expect(again.status).toBe(200)
    expect(again.body).toEqual(first.body)
  })

  test('the same key while the first is still running waits for its answer', async () => {
    await runnable()
    const key = crypto.randomUUID()
    const answers = await Promise.all(Array.from({ length: 6 }, () => once('ops-demo', pause, key)))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200])
    expect(new Set(answers.map(({ body }) => (body.event as { id: string }).id)).size).toBe(1)
  })

  test('a refusal is repeated too, and recorded once', async () => {
    await runnable()
    const key = crypto.randomUUID()
    const before = (await events('outcome=failed&actor=ops-two')).length
    expect((await once('ops-two', resume, key)).body.code).toBe('illegal_transition')
    expect((await once('ops-two', pause)).status).toBe(200)
    expect((await once('ops-two', resume, key)).body.code).toBe('illegal_transition')
    expect((await events('outcome=failed&actor=ops-two')).length).toBe(before + 1)
  })

  test('the same key with another body is refused; keys belong to their actor', async () => {
    await runnable()
    const key = crypto.randomUUID()
    expect((await once('ops-demo', pause, key)).status).toBe(200)
    expect(await once('ops-demo', resume, key)).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } })
    expect((await once('ops-two', resume, key)).status).toBe(200)
  })

  test('of twenty operators who pause at once, one does', async () => {
    await runnable()
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => once(n % 2 ? 'ops-demo' : 'ops-two', pause)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ body }) => body.code === 'illegal_transition' || body.code === 'mutation_conflict')).toHaveLength(19)
  })
})

describe('a refusal is evidence', () => {
  test('a viewer is denied with the host’s reason, and that is recorded', async () => {
    await runnable()
    expect(await preview('viewer-demo', pause)).toMatchObject({ status: 403, body: { code: 'forbidden', detail: 'Your role is viewer.' } })
    const [denied] = await events('actor=viewer-demo&outcome=denied')
    expect(denied).toMatchObject({ action: 'pause_cron_entry', code: 'forbidden', subject })
  })

  test('somebody who cannot be named may look and not change', async () => {
    expect((await call('nameless', 'GET', '/cron-entries/nightly_sync')).status).toBe(200)
    expect((await preview('nameless', pause)).body.code).toBe('unattributable_actor')
    const [denied] = await events('actor=unattributable')
    expect(denied).toMatchObject({ outcome: 'denied', code: 'unattributable_actor' })
  })

  test('a flood of one actor is folded', async () => {
    const tries = 60
    await Promise.all(Array.from({ length: tries }, () => once('support-demo', pause)))
    const denied = await events('actor=support-demo&outcome=denied&limit=200')
    expect(denied.length).toBeGreaterThan(0)
    expect(denied.length).toBeLessThanOrEqual(20)
  })
})

function resumeAtTomorrow(): object {
  return { ...pause, input: { resumeAt: new Date(Math.ceil(Date.now() / 1000) * 1000 + 86_400_000).toISOString() } }
}
