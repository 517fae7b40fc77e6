import { afterAll, beforeAll, expect, test } from 'vitest'
import type { LiveHint } from '../../schemas/index.ts'
import { startJobServer } from '../support/jobs.ts'
import { auth, startServer, type TestServer } from '../support/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.stop())

interface Heard {
  id: string
  hint: LiveHint
}

/** An open stream, what it has told so far, and a way to wait for more. */
async function listen(who: string, lastEventId?: string, { api }: Pick<TestServer, 'api'> = server) {
  const stopped = new AbortController()
  const headers = { authorization: `Bearer ${who}`, ...(lastEventId ? { 'last-event-id': lastEventId } : {}) }
  const response = await fetch(`${api}/live`, { headers, signal: stopped.signal })
  expect(response.headers.get('content-type')).toContain('text/event-stream')
  const heard: Heard[] = []
  let text = ''
  let ended = false
  const reading = (async () => {
    for await (const chunk of response.body!) text += new TextDecoder().decode(chunk)
  })()
    .catch(() => {})
    .finally(() => (ended = true))
  const parse = () => {
    heard.length = 0
    for (const [, id, data] of text.matchAll(/id: (\S+)\nevent: hint\ndata: (.+)\n\n/g)) heard.push({ id: id!, hint: JSON.parse(data!) as LiveHint })
    return heard
  }
  return {
    heard: parse,
    text: () => text,
    ended: () => ended,
    async until(found: (all: Heard[]) => boolean, milliseconds = 10_000) {
      const end = Date.now() + milliseconds
      while (!found(parse())) {
        if (Date.now() > end) throw new Error(`not heard within ${milliseconds} ms: ${text}`)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      return parse()
    },
    async close() {
      stopped.abort()
      await reading
    },
  }
}

const operate = (action: string, reason?: string) =>
  server.call('ops-demo', 'POST', '/operations', { action, subject: { type: 'cron_entry', id: 'nightly_sync' }, reason }, { 'idempotency-key': crypto.randomUUID() })

test('a pause is heard within two seconds, by topic and subject and without its data', async () => {
  const stream = await listen('viewer-demo')
  await stream.until(() => stream.text().includes('welcome'))
  expect((await operate('pause_cron_entry', 'canary-in-a-reason')).status).toBe(200)
  const all = await stream.until((heard) => heard.some(({ hint }) => hint.topic === 'cron') && heard.some(({ hint }) => hint.topic === 'audit'))
  expect(all.find(({ hint }) => hint.topic === 'cron')!.hint).toEqual({ topic: 'cron', subject: { type: 'cron_entry', id: 'nightly_sync' } })
  expect(stream.text()).not.toContain('canary')
  await stream.close()
  expect((await operate('resume_cron_entry')).status).toBe(200)
})

test('a stream that comes back hears what it missed; one that was away too long is told to read everything', async () => {
  const first = await listen('ops-demo')
  await first.until(() => first.text().includes('welcome'))
  await operate('pause_cron_entry')
  const [seen] = await first.until((heard) => heard.length > 0)
  await first.close()
  await operate('resume_cron_entry')
  const second = await listen('ops-demo', seen!.id)
  const missed = await second.until((heard) => heard.some(({ hint }) => hint.topic === 'cron'))
  expect(missed.every(({ id }) => id !== seen!.id)).toBe(true)
  await second.close()
  const stranger = await listen('ops-demo', 'another-process-7')
  expect((await stranger.until((heard) => heard.length > 0))[0]!.hint).toEqual({ topic: 'reset' })
  await stranger.close()
})

test('who may not see a surface hears nothing of it', async () => {
  const support = await listen('support-demo')
  await support.until(() => support.text().includes('welcome'))
  await operate('pause_cron_entry')
  await support.until((heard) => heard.some(({ hint }) => hint.topic === 'cron'))
  expect(support.heard().filter(({ hint }) => hint.topic === 'overview')).toEqual([])
  await support.close()
})

test('a job or queue that the host keeps from somebody is not named to them, and with their rights the stream goes too', { timeout: 20_000 }, async () => {
  let signedIn = true
  const jobs = await startJobServer({
    auth: {
      ...auth,
      currentActor: (request) => (signedIn || !request.headers.authorization?.includes('viewer-demo') ? auth.currentActor(request) : null),
      authorize: (person, action, resource) => (person.id === 'ops-two' && resource.type !== 'page' ? resource.queue === 'mail' : auth.authorize(person, action, resource)),
    },
  })
  try {
    const [all, some, gone] = await Promise.all(['ops-demo', 'ops-two', 'viewer-demo'].map((who) => listen(who, undefined, jobs)))
    for (const stream of [all!, some!, gone!]) await stream.until(() => stream.text().includes('welcome'))
    const once = async (action: string, subject: object) => {
      const body = { action, subject, reason: 'the mail server is back' }
      const answer = await jobs.call('ops-demo', 'POST', '/operations', body, { 'idempotency-key': crypto.randomUUID() })
      expect(answer.status, answer.text).toBe(200)
    }
    const ids: Record<string, string> = {}
    for (const queue of ['books', 'mail']) {
      ids[queue] = await jobs.oban.insert({ queue, state: 'discarded', tags: ['tenant-b'], discardedIn: -10 })
      await once('retry_job', { type: 'job', id: ids[queue] })
      await once('pause_queue', { type: 'queue', id: queue })
    }
    const named = (heard: Heard[]) => heard.flatMap(({ hint: { subject } }) => (subject ? [`${subject.type} ${subject.id}`] : [])).toSorted()
    const mine = [`job ${ids.mail}`, 'queue mail']
    expect(named(await all!.until((heard) => named(heard).length === 4))).toEqual([...mine, `job ${ids.books}`, 'queue books'].toSorted())
    expect(named(await some!.until((heard) => named(heard).length === 2))).toEqual(mine)
    expect(some!.heard().filter(({ hint }) => hint.topic === 'jobs')).toHaveLength(2)
    for (const { text } of [all!, some!]) expect(text()).not.toContain('tenant-b')
    signedIn = false
    await expect.poll(async () => {
      await once('retry_job', { type: 'job', id: await jobs.oban.insert({ queue: 'mail', state: 'discarded', discardedIn: -10 }) })
      return gone!.ended()
    }, { timeout: 12_000, interval: 500 }).toBe(true)
    expect([all!.ended(), some!.ended()]).toEqual([false, false])
    await Promise.all([all!.close(), some!.close()])
  } finally {
    await jobs.stop()
  }
})
