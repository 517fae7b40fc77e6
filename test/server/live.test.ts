import { afterAll, beforeAll, expect, test } from 'vitest'
import type { LiveHint } from '../../schemas/index.ts'
import { connect } from 'node:net'
import { startJobServer } from '../support/jobs.ts'
import { auth, startServer, type TestServer } from '../support/server.ts'
import { Outbox } from '../../server/live/outbox.ts'
import { runSql } from '../support/template.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.stop())

interface Heard {
  id: string
  hint: LiveHint
}

/** An open stream, what it has received so far, and a way to wait for more. */
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
  let parsed = 0
  const parse = () => {
    const whole = text.lastIndexOf('\n\n') + 2
    for (const [, id, data] of text.slice(parsed, Math.max(whole, parsed)).matchAll(/id: (\S+)\nevent: hint\ndata: (.+)\n\n/g)) heard.push({ id: id!, hint: JSON.parse(data!) as LiveHint })
    parsed = Math.max(whole, parsed)
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

/** An open stream that is not read until requested. */
async function openUnread(who: string) {
  const { hostname, port, pathname } = new URL(`${server.api}/live`)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => {})
  await new Promise<void>((resolve) => socket.once('connect', resolve))
  socket.pause()
  socket.write(`GET ${pathname} HTTP/1.1\r\nhost: ${hostname}:${port}\r\nauthorization: Bearer ${who}\r\n\r\n`)
  return {
    read: (whole: (text: string) => boolean) =>
      new Promise<string>((resolve, reject) => {
        let text = ''
        socket.on('data', (chunk) => {
          text += String(chunk)
          if (whole(text)) resolve(text)
        })
        socket.on('close', () => reject(new Error(`cut off after ${text.length} characters`)))
        socket.resume()
      }),
    close: () => socket.destroy(),
  }
}

const operate = (action: string, reason?: string) =>
  server.call('ops-demo', 'POST', '/operations', { action, subject: { type: 'cron_entry', id: 'nightly_sync' }, reason }, { 'idempotency-key': crypto.randomUUID() })

test('a pause is signalled within two seconds, with topic and subject but without its data', async () => {
  const stream = await listen('viewer-demo')
  await stream.until(() => stream.text().includes('welcome'))
  expect((await operate('pause_cron_entry', 'canary-in-a-reason')).status).toBe(200)
  const all = await stream.until((heard) => heard.some(({ hint }) => hint.topic === 'cron') && heard.some(({ hint }) => hint.topic === 'audit'), 2_000)
  expect(all.find(({ hint }) => hint.topic === 'cron')!.hint).toEqual({ topic: 'cron', subject: { type: 'cron_entry', id: 'nightly_sync' } })
  expect(stream.text()).not.toContain('canary')
  await stream.close()
  expect((await operate('resume_cron_entry')).status).toBe(200)
})

test('a stream that reconnects receives what it missed; one that was away too long gets a reset', async () => {
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

test('a viewer who may not see the subject of a hint does not learn that anything happened', async () => {
  const teams = await startServer({
    auth: { ...auth, authorize: (person, action, { queue }) => (person.id === 'ops-two' && queue === 'nightly_sync' ? false : auth.authorize(person, action, { type: 'page', id: '' })) },
  })
  try {
    const [all, team] = [await listen('ops-demo', undefined, teams), await listen('ops-two', undefined, teams)]
    const topics = (heard: Heard[]) => heard.map(({ hint }) => hint.topic)
    // Hints from the start itself may still be in flight; they have all arrived once this one has.
    await runSql(teams.database.url, `select pg_notify('ops_powertools_ops', '{"topic":"bulk"}')`)
    const before = new Map<object, number>()
    for (const stream of [all, team]) before.set(stream, (await stream.until((heard) => topics(heard).includes('bulk'))).length)
    const since = (stream: typeof all) => stream.heard().slice(before.get(stream))
    await teams.call('ops-demo', 'POST', '/operations', { action: 'pause_cron_entry', subject: { type: 'cron_entry', id: 'nightly_sync' } }, { 'idempotency-key': crypto.randomUUID() })
    const moved = [{ topic: 'jobs', queues: ['nightly_sync'] }, { topic: 'jobs', queues: ['nightly_sync', 'mail'] }, { topic: 'overview' }]
    await all.until(() => since(all).length === 2)
    for (const hint of moved) await runSql(teams.database.url, `select pg_notify('ops_powertools_ops', '${JSON.stringify(hint)}')`)
    for (const stream of [all, team]) await stream.until(() => topics(since(stream)).includes('overview'))
    expect(topics(since(all)).toSorted()).toEqual(['audit', 'cron', 'jobs', 'jobs', 'overview'])
    expect(since(team).map(({ hint }) => hint)).toEqual([{ topic: 'jobs' }, { topic: 'overview' }])
    await Promise.all([all.close(), team.close()])
  } finally {
    await teams.stop()
  }
})

test('a viewer who may not see a surface receives none of its hints', async () => {
  const [ops, support] = await Promise.all([listen('ops-demo'), listen('support-demo')])
  for (const stream of [ops, support]) await stream.until(() => stream.text().includes('welcome'))
  await runSql(server.database.url, `select pg_notify('ops_powertools_ops', json_build_object('topic', topic)::text) from unnest(array['overview', 'jobs', 'queues', 'bulk', 'cron']) topic`)
  // Hints of earlier tests, which may still be in flight, name their subject. 'cron' was sent last.
  const topics = (stream: typeof ops) => stream.heard().flatMap(({ hint: { topic, subject } }) => (subject || topic === 'audit' ? [] : [topic]))
  for (const stream of [ops, support]) await stream.until(() => topics(stream).includes('cron'))
  expect(topics(ops)).toEqual(['overview', 'jobs', 'queues', 'bulk', 'cron'])
  expect(topics(support)).toEqual(['cron'])
  await Promise.all([ops.close(), support.close()])
})

test('one account gets twenty streams per process, is then refused, and gets a new one for each that ends', async () => {
  const streams = await Promise.all(Array.from({ length: 20 }, () => listen('ops-two')))
  const more = await server.call('ops-two', 'GET', '/live')
  expect({ status: more.status, code: more.body.code, retryAfter: more.headers.get('retry-after') }).toEqual({ status: 429, code: 'rate_limited', retryAfter: '10' })
  const other = await listen('ops-demo')
  await other.close()
  await streams[0]!.close()
  await expect.poll(async () => {
    const again = await listen('ops-two').catch(() => undefined)
    await again?.close()
    return again !== undefined
  }).toBe(true)
  await Promise.all(streams.map((stream) => stream.close()))
})

test('a reader that stalls is told to read everything once it resumes, and costs other readers no hints', { timeout: 60_000 }, async () => {
  const healthy = await listen('ops-demo')
  const slow = await openUnread('viewer-demo')
  // Far more than the socket buffers can hold, in steps that a normal reader keeps up with.
  const [rounds, each] = [200, 15]
  for (let round = 1; round <= rounds; round++) {
    await runSql(server.database.url, `select pg_notify('ops_powertools_ops', json_build_object('topic', 'cron', 'subject',
      json_build_object('type', 'cron_entry', 'id', repeat('x', 3000) || number))::text) from generate_series(1, ${each}) number`)
    await healthy.until((heard) => heard.length === round * each)
  }
  await runSql(server.database.url, `select pg_notify('ops_powertools_ops', json_build_object('topic', 'overview')::text)`)
  await healthy.until((heard) => heard.at(-1)!.hint.topic === 'overview')
  expect(healthy.ended()).toBe(false)
  expect(healthy.heard().every(({ hint }) => hint.topic === 'overview' || hint.subject !== undefined)).toBe(true)
  const text = await slow.read((so) => so.includes('{"topic":"overview"}'))
  expect(text).toContain('data: {"topic":"cron"}\n')
  expect(text.length).toBeLessThan(rounds * each * 3_000)
  slow.close()
  await healthy.close()
})

test('the backlog for one reader is bounded, however much there is and however long it waits', () => {
  const outbox = new Outbox()
  const told = (number: number, topic: string) => ({ id: `e-${number}`, hint: { topic, subject: { type: 'x', id: 'y'.repeat(3_000) } }, bytes: 3_000 })
  for (let number = 1; number <= 10_000; number++) {
    outbox.add(told(number, ['cron', 'jobs', 'audit'][number % 3]!))
    expect(outbox.size).toBeLessThan(64 * 1024 / 3_000 + 3)
  }
  const left = Array.from({ length: outbox.size }, () => outbox.next()!)
  expect(new Set(left.map(({ hint }) => hint.topic))).toEqual(new Set(['cron', 'jobs', 'audit']))
  // A reader that resumes from any of them receives the rest again.
  const numbers = left.map(({ id }) => Number(id.slice(2)))
  expect(numbers).toEqual(numbers.toSorted((one, other) => one - other))
  expect(numbers.at(-1)).toBe(10_000)
  expect(outbox.next()).toBeUndefined()
})

test('a job or queue that the host denies a viewer is not named to them, and losing all permissions ends the stream', { timeout: 20_000 }, async () => {
  let signedIn = true
  const jobs = await startJobServer({
    // The hint about the entry declared at start may still be in flight when the stream opens.
    cron: [],
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
    // Nor does a hint without a subject reveal that something happened elsewhere.
    expect(some!.heard().filter(({ hint }) => hint.topic === 'jobs')).toHaveLength(1)
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

test('a measurement without a change is a beat without a hint, and only who may see the queue that changed hears of it', { timeout: 60_000 }, async () => {
  const authorize: typeof auth.authorize = (person, _action, resource) => person.id !== 'ops-two' || resource?.queue !== 'secret'
  const own = await startServer({ loops: true, cron: [], queues: ['open', 'secret'], auth: { ...auth, authorize } })
  const [all, some] = [await listen('ops-demo', undefined, own), await listen('ops-two', undefined, own)]
  try {
    const beats = () => some.text().match(/^: measured \S+$/gm)?.length ?? 0
    const passed = async (count: number) => {
      const end = beats() + count
      await some.until(() => beats() >= end, 20_000)
    }
    const topics = (stream: typeof all, from: number) => [...new Set(stream.heard().slice(from).map(({ hint }) => hint.topic))].toSorted()
    await passed(2)
    const [before, beforeSome] = [all.heard().length, some.heard().length]
    await passed(2)
    expect([topics(all, before), topics(some, beforeSome)]).toEqual([[], []])
    await own.boss.send('secret', {})
    await all.until(() => topics(all, before).length >= 3, 20_000)
    expect(topics(all, before)).toEqual(['jobs', 'overview', 'queues'])
    await passed(1)
    expect(topics(some, beforeSome)).toEqual([])
    await own.boss.send('open', {})
    await some.until(() => topics(some, beforeSome).length >= 3, 20_000)
    expect(topics(some, beforeSome)).toEqual(['jobs', 'overview', 'queues'])
  } finally {
    await Promise.all([all.close(), some.close()])
    await own.stop()
  }
})
