import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { asTerminal, commandLine, type CommandLine } from '../support/command-line.ts'
import { insertJobs, statesOf } from '../support/failed-jobs.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let client: Client
let ops: CommandLine
beforeAll(async () => {
  // Without background loops, so that only the command itself can process a run.
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

describe('many jobs', () => {
  test('must be named in exactly one way', async () => {
    for (const flags of [[], ['some-id', '--queue', 'mail'], ['--queue', 'mail', '--left-by', crypto.randomUUID()]]) {
      expect(await ops.run(['jobs', 'retry', ...flags, '--yes'])).toMatchObject({ code: 1, err: expect.stringContaining('jobs retry expects ids, or filters') as string })
    }
    expect(await ops.run(['jobs', 'retry', '--left-by', 'that one', '--yes'])).toMatchObject({ code: 1, err: expect.stringContaining('a UUID') as string })
  })

  test('must be valid ids, and not too many', async () => {
    const wrong: [string[], string][] = [
      [[''], 'An id is empty'],
      [['a', ''], 'An id is empty'],
      [['a', 'x'.repeat(401)], 'An id of 401 characters'],
      [Array.from({ length: 10_001 }, (_none, n) => String(n)), 'Got 10001 ids; expected at most 10000'],
    ]
    for (const [ids, message] of wrong) {
      expect(await ops.run(['jobs', 'retry', ...ids, '--yes'])).toMatchObject({ code: 1, out: '', err: expect.stringContaining(message) as string })
    }
  })

  test('are counted by a dry run, with the reasons why some are left alone', async () => {
    await insertJobs(client, 2)
    await insertJobs(client, 1, { state: 'active' })
    const { code, out } = await ops.run(['jobs', 'retry', '--queue', 'mail', '--dry-run'])
    expect(code).toBe(0)
    expect(out).toMatch(/jobs +2 of 3 can be changed/)
    expect(out).toMatch(/left +1: \S/)
    expect(out).toMatch(/Nothing was changed/)
  })

  test('by id are changed at once, and a missing one is reported', async () => {
    const ids = await insertJobs(client, 2)
    const done = await ops.run(['jobs', 'retry', ...ids, crypto.randomUUID(), '--yes', '--reason', 'both of them'])
    expect(done).toMatchObject({ code: 0, out: expect.stringMatching(/left +1: .*\n[^]*Outcomes: done 2\./) as string })
    expect(await statesOf(client, ids)).toEqual({ retry: 2 })
  })

  test('are all changed except one that changed in between, which the exit code reports', async () => {
    const ids = await insertJobs(client, 3)
    // As if a worker took the job while the operator read the preview.
    await client.query(`create function ops.meanwhile() returns trigger language plpgsql as $$ begin
      update pgboss.job set state = 'completed' where id = '${ids[0]}'; return null; end $$`)
    await client.query('create trigger meanwhile after insert on ops.preview execute function ops.meanwhile()')
    try {
      const done = await ops.run(['jobs', 'retry', ...ids, '--yes', '--reason', 'all three of them', '--json'])
      expect(done).toMatchObject({ code: 1, err: '' })
      const { result } = JSON.parse(done.out) as { result: { bulkId: string; outcomes: object } }
      expect(result.outcomes).toEqual({ done: 2, changed: 1 })
      const named = await ops.run(['bulk', 'items', result.bulkId, '--outcome', 'changed'])
      expect(named.out.trim().split('\n').slice(1)).toEqual([expect.stringMatching(new RegExp(`^${ids[0]} +mail +discarded +changed`)) as string])
      expect(await statesOf(client, ids)).toEqual({ completed: 1, retry: 2 })
    } finally {
      await client.query('drop function ops.meanwhile() cascade')
    }
  })

  test('of a filter are processed by the command itself, with progress on standard error', async () => {
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

  test('are counted on a terminal in one line that is rewritten, which also shows what holds up the run', async () => {
    await insertJobs(client, 2_000)
    const blocked = 'alter table ops.bulk_batch add constraint blocked check (number <> 0 or status <> $$done$$) not valid'
    await client.query(blocked)
    const opened = /a batch failed, retrying/
    let lifted: Promise<unknown> | undefined
    const done = await ops.run(['jobs', 'retry', '--queue', 'mail', '--yes', '--reason', 'all of them'], { OPS_USER: 'ops', ...asTerminal }, (said) => {
      if (opened.test(said)) lifted ??= client.query('alter table ops.bulk_batch drop constraint blocked')
    })
    await lifted
    expect(done.code).toBe(0)
    expect(done.err).toMatch(opened)
    expect(done.err.trim().split('\n')).toHaveLength(1)
    expect(done.err.split('\r').at(-1)).toBe(`\u001b[2K${'█'.repeat(20)} 100 %  2000 of 2000 jobs, finished\n`)
  })

  test('are all changed, each once, even if the database cuts all of the command’s connections midway', async () => {
    const ids = await insertJobs(client, 6_000)
    const { rows } = await client.query<{ now: string }>('select clock_timestamp()::text as now')
    let cut: Promise<{ rowCount: number | null }> | undefined
    const done = await ops.run(['jobs', 'retry', '--queue', 'mail', '--yes', '--reason', 'all of them'], undefined, (said) => {
      if (!said.includes(' of 6000 jobs')) return
      cut ??= client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and backend_start > $1', [rows[0]!.now])
    })
    expect((await cut)!.rowCount).toBeGreaterThan(0)
    expect(done).toMatchObject({ code: 0, out: expect.stringMatching(/Outcomes: done 6000\./) as string })
    expect(await statesOf(client, ids)).toEqual({ retry: 6_000 })
    const { rows: told } = await client.query("select unnest(jobs) as job from ops.audit_event where event_type = 'job.retried' and jobs && $1::text[]", [ids])
    expect(told).toHaveLength(6_000)
  })

  test('stop at Ctrl-C after the batch in progress, and the run continues elsewhere', async () => {
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

  test('left to the servers wait for one, can be aborted, and the rest can be retried', async () => {
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
