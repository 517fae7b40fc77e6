import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { commandLine, type CommandLine } from '../support/command-line.ts'
import { insertJobs, statesOf } from '../support/failed-jobs.ts'
import { startServer, type TestServer } from '../support/server.ts'

const canary = 'canary-7d1f'

let server: TestServer
let client: Client
let ops: CommandLine
beforeAll(async () => {
  // Without loops: whatever happens to a run is the command's own doing.
  server = await startServer({ queues: ['nightly_sync', 'mail'] })
  client = new Client({ connectionString: server.database.url })
  await client.connect()
  ops = await commandLine(server.database.url)
})
beforeEach(() => client.query('delete from pgboss.job'))
afterAll(async () => {
  await client.end()
  await server.stop()
})

const events = async (type: string) => (await client.query<{ reason: string; subject_id: string; source: string }>('select * from ops.audit_event where event_type = $1 order by occurred_at desc', [type])).rows

describe('jobs list', () => {
  test('shows what the filters leave, as a table and as JSON', async () => {
    const [failed] = await insertJobs(client, 1, { error: 'connection timeout' })
    await insertJobs(client, 1, { state: 'created' })
    const table = await ops.run(['jobs', 'list', '--state', 'discarded', '--error', 'TIMEOUT'])
    expect(table).toMatchObject({ code: 0, err: '' })
    expect(table.out.split('\n')[0]).toMatch(/^id +state +queue +worker +attempt +created +due +finished +error$/)
    expect(table.out.split('\n')[1]).toMatch(new RegExp(`^${failed} +discarded +mail +.*connection timeout$`))
    expect(table.out.trim().split('\n')).toHaveLength(2)
    const json = JSON.parse((await ops.run(['jobs', 'list', '--json', '--queue', 'mail'])).out) as { items: { state: string }[] }
    expect(json.items.map(({ state }) => state).toSorted()).toEqual(['available', 'discarded'])
  })

  test('goes on where a page ended', async () => {
    const ids = await insertJobs(client, 3)
    const first = await ops.run(['jobs', 'list', '--limit', '2'])
    const [, cursor] = /--cursor (\S+)/.exec(first.err)!
    const second = await ops.run(['jobs', 'list', '--limit', '2', '--cursor', cursor!])
    const seen = [...first.out.matchAll(/^[\da-f-]{36}/gm), ...second.out.matchAll(/^[\da-f-]{36}/gm)].map(([id]) => id)
    expect(seen.toSorted()).toEqual(ids.toSorted())
  })

  test.each([
    [['--state', 'broken'], /^ops-powertools: --state: expected job states/],
    [['--args', '[1]'], /--args: expected a JSON object/],
    [['--time', 'sometime', '--from', 'yesterday'], /--time: /],
    [['--cursor', 'nonsense'], /cursor/],
  ])('%j is explained', async (flags, message) => {
    expect(await ops.run(['jobs', 'list', ...flags])).toMatchObject({ code: 1, out: '', err: expect.stringMatching(message) as string })
  })
})

describe('jobs show', () => {
  test('tells of arguments, attempts and what was done, and keeps large numbers whole', async () => {
    const [id] = await insertJobs(client, 1, { error: 'no route' })
    await client.query(`update pgboss.job set data = '{"order": 9007199254740993}' where id = $1`, [id])
    await ops.run(['jobs', 'retry', id!, '--yes', '--reason', 'the route is back'])
    const { code, out } = await ops.run(['jobs', 'show', id!])
    expect(code).toBe(0)
    for (const line of [/queue +mail/, /args +\{"order":9007199254740993\}/, /audit +.* job\.retried succeeded by ops-demo: the route is back/]) expect(out).toMatch(line)
    expect((await ops.run(['jobs', 'show', id!, '--json'])).out).toContain('9007199254740993')
  })

  test('a job that is not there is said to be so', async () => {
    expect(await ops.run(['jobs', 'show', crypto.randomUUID()])).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/No job .*not_found/) as string })
  })

  test('hides what the display policy hides, from lists too', async () => {
    const [id] = await insertJobs(client, 1, { args: { note: canary }, error: canary })
    for (const args of [['jobs', 'show', id!], ['jobs', 'show', id!, '--json'], ['jobs', 'list'], ['jobs', 'list', '--json']]) {
      const seen = await ops.run(args, { OPS_USER: 'support' })
      expect(seen.code).toBe(0)
      expect(seen.out + seen.err).not.toContain(canary)
      expect(seen.out).toContain('hidden')
    }
  })
})

describe('one job', () => {
  test('is retried with its evidence', async () => {
    const [id] = await insertJobs(client, 1)
    const done = await ops.run(['jobs', 'retry', id!, '--yes', '--reason', 'the mail server is back'])
    expect(done).toMatchObject({ code: 0, err: '' })
    expect(done.out).toMatch(/Done: job\.retried on job:/)
    expect(await statesOf(client, [id!])).toEqual({ retry: 1 })
    expect((await events('job.retried'))[0]).toMatchObject({ reason: 'the mail server is back', source: 'cli', subject_id: id })
  })

  test('is left as it is by a dry run, which shows the preview', async () => {
    const [id] = await insertJobs(client, 1)
    const shown = await ops.run(['jobs', 'discard', id!, '--dry-run'])
    expect(await statesOf(client, [id!])).toEqual({ failed: 1 })
    expect(shown).toMatchObject({ code: 1, err: expect.stringContaining('discarded') as string })
  })

  test('is cancelled, discarded and restored', async () => {
    const [cancelled, discarded] = await insertJobs(client, 2, { state: 'created' })
    expect((await ops.run(['jobs', 'cancel', cancelled!, '--yes', '--reason', 'not needed'])).code).toBe(0)
    expect((await ops.run(['jobs', 'discard', discarded!, '--yes', '--reason', 'not needed'])).code).toBe(0)
    expect(await statesOf(client, [cancelled!, discarded!])).toEqual({ cancelled: 1, failed: 1 })
    expect(await ops.run(['jobs', 'restore', discarded!, '--yes', '--reason', 'needed after all'])).toMatchObject({ code: 0, err: '' })
    expect(await statesOf(client, [discarded!])).toEqual({ created: 1 })
  })

  test('is refused to whom it is not allowed, and to nobody in particular', async () => {
    const [id] = await insertJobs(client, 1)
    for (const who of [{ OPS_USER: 'viewer' }, {}]) {
      const refused = await ops.run(['jobs', 'retry', id!, '--yes', '--reason', 'x'], who)
      expect(refused).toMatchObject({ code: 1, out: '' })
    }
    expect(await statesOf(client, [id!])).toEqual({ failed: 1 })
  })

  test('is not changed without a yes where nobody can be asked', async () => {
    const [id] = await insertJobs(client, 1)
    expect(await ops.run(['jobs', 'retry', id!])).toMatchObject({ code: 1, err: expect.stringContaining('--yes') as string })
  })
})

describe('many jobs', () => {
  test('have to be named in one way', async () => {
    for (const flags of [[], ['some-id', '--queue', 'mail'], ['--queue', 'mail', '--left-by', crypto.randomUUID()]]) {
      expect(await ops.run(['jobs', 'retry', ...flags, '--yes'])).toMatchObject({ code: 1, err: expect.stringContaining('jobs retry needs ids, or filters') as string })
    }
    expect(await ops.run(['jobs', 'retry', '--left-by', 'that one', '--yes'])).toMatchObject({ code: 1, err: expect.stringContaining('a UUID') as string })
  })

  test('a dry run tells how many and why others are left', async () => {
    await insertJobs(client, 2)
    await insertJobs(client, 1, { state: 'active' })
    const { code, out } = await ops.run(['jobs', 'retry', '--queue', 'mail', '--dry-run'])
    expect(code).toBe(0)
    expect(out).toMatch(/jobs +2 of 3 can be changed/)
    expect(out).toMatch(/left +1: \S/)
    expect(out).toMatch(/Nothing was changed/)
  })

  test('by id are done at once, and one that is gone is named', async () => {
    const ids = await insertJobs(client, 2)
    const done = await ops.run(['jobs', 'retry', ...ids, crypto.randomUUID(), '--yes', '--reason', 'both of them'])
    expect(done).toMatchObject({ code: 0, out: expect.stringMatching(/left +1: .*\n[^]*Outcomes: done 2\./) as string })
    expect(await statesOf(client, ids)).toEqual({ retry: 2 })
  })

  test('of a filter are worked off by the command itself, with its progress beside the answer', async () => {
    const ids = await insertJobs(client, 2_500)
    const done = await ops.run(['jobs', 'retry', '--state', 'discarded', '--queue', 'mail', '--yes', '--reason', 'all of them', '--json'])
    expect(done.code).toBe(0)
    const { bulk } = JSON.parse(done.out) as { bulk: { id: string; status: string; outcomes: object } }
    expect(bulk).toMatchObject({ status: 'finished', outcomes: { done: 2_500 } })
    expect(done.err).toMatch(/100 % {2}2500 of 2500 jobs, finished/)
    expect(await statesOf(client, ids)).toEqual({ retry: 2_500 })
    const shown = await ops.run(['bulk', 'show', bulk.id])
    expect(shown.out).toMatch(/outcomes +done 2500/)
    expect((await ops.run(['bulk', 'list'])).out).toMatch(new RegExp(`^${bulk.id} +retry_job +finished +2500 +done 2500 +ops-demo`, 'm'))
    expect((await ops.run(['bulk', 'items', bulk.id, '--limit', '3'])).out.trim().split('\n')).toHaveLength(4)
    expect(await ops.run(['bulk', 'abort', bulk.id, '--yes'])).toMatchObject({ code: 1, err: expect.stringContaining('finished') as string })
  })

  test('are left after the batch at hand by Ctrl-C, and the run goes on elsewhere', async () => {
    const ids = await insertJobs(client, 20_000)
    const left = await ops.run(['jobs', 'retry', '--queue', 'mail', '--yes', '--reason', 'all of them', '--json'], undefined, (said, child) => {
      if (said.includes(' of 20000 jobs') && !child.killed) child.kill('SIGINT')
    })
    const { bulk } = JSON.parse(left.out) as { bulk: { id: string; status: string } }
    expect(bulk.status).not.toBe('finished')
    expect(left).toMatchObject({ code: 130, err: expect.stringContaining(`ops-powertools bulk show ${bulk.id}`) as string })
    const { failed = 0, retry = 0 } = await statesOf(client, ids)
    expect([failed > 0, failed + retry, retry % 1_000]).toEqual([true, 20_000, 0])
    await ops.run(['bulk', 'abort', bulk.id, '--yes'])
  })

  test('left to the servers wait for one, can be aborted, and what is left can be done again', async () => {
    const ids = await insertJobs(client, 1_500)
    const queued = await ops.run(['jobs', 'retry', '--queue', 'mail', '--yes', '--reason', 'they can wait', '--no-wait', '--json'])
    const { bulk } = JSON.parse(queued.out) as { bulk: { id: string; status: string } }
    expect(bulk.status).toBe('queued')
    expect(await statesOf(client, ids)).toEqual({ failed: 1_500 })
    expect(await ops.run(['bulk', 'abort', bulk.id, '--yes'])).toMatchObject({ code: 0, out: expect.stringMatching(/status +aborted/) as string })
    const again = await ops.run(['jobs', 'retry', '--left-by', bulk.id, '--yes', '--reason', 'they are needed after all'])
    expect(again).toMatchObject({ code: 0, out: expect.stringMatching(/Outcomes: done 1500\./) as string })
    expect(await statesOf(client, ids)).toEqual({ retry: 1_500 })
  })
})

describe('queues', () => {
  test('are listed, and what an engine cannot do is refused with its reason', async () => {
    expect((await ops.run(['queues', 'list'])).out).toMatch(/^nightly_sync +/m)
    const refused = await ops.run(['queues', 'pause', 'mail', '--yes', '--reason', 'x'])
    expect(refused).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/pg-boss|pause/i) as string })
    expect(await ops.run(['queues', 'scale', 'mail', 'many', '--yes'])).toMatchObject({ code: 1, err: expect.stringContaining('whole number') as string })
  })
})
