import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { asTerminal, commandLine, type CommandLine, realAuth } from '../support/command-line.ts'
import { insertJobs, statesOf } from '../support/failed-jobs.ts'
import { startServer, type TestServer } from '../support/server.ts'

const canary = 'canary-7d1f'

let server: TestServer
let client: Client
let ops: CommandLine
beforeAll(async () => {
  // Without background loops, so that only the command itself can process a run.
  server = await startServer({ queues: ['nightly_sync', 'mail', 'payroll'] })
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
  test('shows the jobs that match the filters, as a table and as JSON', async () => {
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

  test('continues where a page ended', async () => {
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
    [['--limit', 'many'], /--limit: expected a whole number\.$/m],
    [['--limit', '1000'], /--limit: expected at most 200\.$/m],
    [['--queue', ''], /--queue: expected some text\.$/m],
  ])('%j is explained', async (flags, message) => {
    expect(await ops.run(['jobs', 'list', ...flags])).toMatchObject({ code: 1, out: '', err: expect.stringMatching(message) as string })
  })
})

describe('jobs show', () => {
  test('shows arguments, attempts and audit events, and keeps large numbers exact', async () => {
    const [id] = await insertJobs(client, 1, { error: 'no route' })
    await client.query(`update pgboss.job set data = '{"order": 9007199254740993}' where id = $1`, [id])
    await ops.run(['jobs', 'retry', id!, '--yes', '--reason', 'the route is back'])
    const { code, out } = await ops.run(['jobs', 'show', id!])
    expect(code).toBe(0)
    for (const line of [/queue +mail/, /args +\{"order":9007199254740993\}/, /audit +.* job\.retried succeeded by ops-demo: the route is back/]) expect(out).toMatch(line)
    expect((await ops.run(['jobs', 'show', id!, '--json'])).out).toContain('9007199254740993')
  })

  test('a missing job is reported as not found', async () => {
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

describe('jobs that the host denies the actor', () => {
  test('are not listed, shown, changed or named, alone or among others', async () => {
    const [hidden] = await insertJobs(client, 1, { queue: 'payroll', args: { note: canary }, error: canary })
    const [seen] = await insertJobs(client, 1)
    const auth = realAuth.replace(/authorize: .*/, `authorize: (_actor: object, _action: string, { queue }: { queue?: string }) => queue !== 'payroll' || { allowed: false, reason: 'Payroll is not yours.' },`)
    const clerk = await commandLine(server.database.url, { auth })
    const list = await clerk.run(['jobs', 'list'])
    expect(list).toMatchObject({ code: 0, err: '' })
    const many = await clerk.run(['jobs', 'retry', '--state', 'discarded', '--yes', '--reason', 'the route is back'])
    expect(many).toMatchObject({ code: 0, out: expect.stringMatching(/Outcomes: done 1\./) as string })
    const named = await clerk.run(['jobs', 'retry', hidden!, seen!, '--dry-run', '--json'])
    const [shown, changed] = [await clerk.run(['jobs', 'show', hidden!]), await clerk.run(['jobs', 'retry', hidden!, '--yes', '--reason', 'the route is back'])]
    for (const { code, err } of [shown, changed]) expect([code, err]).toEqual([1, expect.stringMatching(/\((not_found|forbidden)\)\n$/)])
    for (const { out, err } of [list, many, shown, changed, named]) expect(out + err).not.toMatch(/canary|payroll/)
    expect(list.out + many.out).not.toContain(hidden!)
    expect(await statesOf(client, [hidden!, seen!])).toEqual({ failed: 1, retry: 1 })
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

  test('is not changed by a dry run, which shows the preview', async () => {
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

  test('is refused to an actor without permission, and without an actor', async () => {
    const [id] = await insertJobs(client, 1)
    for (const who of [{ OPS_USER: 'viewer' }, {}]) {
      const refused = await ops.run(['jobs', 'retry', id!, '--yes', '--reason', 'x'], who)
      expect(refused).toMatchObject({ code: 1, out: '' })
    }
    expect(await statesOf(client, [id!])).toEqual({ failed: 1 })
  })

  test('is not attempted without a required reason, so that forgetting it records no refused attempt', async () => {
    const [id] = await insertJobs(client, 1)
    for (const env of [{}, asTerminal]) {
      const asked = await ops.run(['jobs', 'retry', id!, '--yes'], { OPS_USER: 'ops', ...env })
      expect(asked).toMatchObject({ code: 1, err: 'ops-powertools: retry_job requires a reason; expected --reason <text>. Nothing was changed.\n' })
    }
    const { rows } = await client.query('select 1 from ops.audit_event where subject_id = $1', [id])
    expect([rows, await statesOf(client, [id!])]).toEqual([[], { failed: 1 }])
  })

  test('is not changed when input ends at the confirmation', async () => {
    const [id] = await insertJobs(client, 1)
    const left = await ops.run(['jobs', 'retry', id!, '--reason', 'the route is back'], { OPS_USER: 'ops', ...asTerminal })
    expect(left).toMatchObject({ code: 1, err: expect.stringMatching(/\[y\/N\].*Nothing was changed\.\n$/s) as string })
    expect(await statesOf(client, [id!])).toEqual({ failed: 1 })
  })

  test('is not changed without --yes if there is no terminal', async () => {
    const [id] = await insertJobs(client, 1)
    expect(await ops.run(['jobs', 'retry', id!])).toMatchObject({ code: 1, err: expect.stringContaining('--yes') as string })
  })
})

describe('queues', () => {
  test('are listed, and operations that the engine lacks are refused with its reason', async () => {
    expect((await ops.run(['queues', 'list'])).out).toMatch(/^nightly_sync +/m)
    const refused = await ops.run(['queues', 'pause', 'mail', '--yes', '--reason', 'x'])
    expect(refused).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/pg-boss|pause/i) as string })
    expect(await ops.run(['queues', 'scale', 'mail', 'many', '--yes'])).toMatchObject({ code: 1, err: expect.stringContaining('whole number') as string })
  })
})
