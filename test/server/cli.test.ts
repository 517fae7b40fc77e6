import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { config, newFolder, run } from '../support/command-line.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'
import { startServer, type TestServer } from '../support/server.ts'

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

describe('with a host', () => {
  let server: TestServer
  let folder: string
  let url: string
  beforeAll(async () => {
    server = await startServer({ loops: true })
    url = server.database.url
    folder = await newFolder({ 'ops.config.ts': config(url) })
  })
  afterAll(() => server.stop())
  const events = (type: string) => ask(url, `select * from ops.audit_event where event_type = '${type}' order by occurred_at`)

  test('lists cron entries as a table and as JSON', async () => {
    const table = await run(folder, ['cron', 'list'], ops)
    expect(table).toMatchObject({ code: 0, err: '' })
    expect(table.out.split('\n')[0]).toMatch(/^name +status +expression +timezone +queue +last run +next run +detail$/)
    expect(table.out).toMatch(/^nightly_sync +Runnable +0 2 \* \* \* +Etc\/UTC +nightly_sync +- +\d{4}-\d\d-\d\d 02:00:00Z/m)
    const json = await run(folder, ['cron', 'list', '--json', '--search', 'nightly'], ops)
    expect((JSON.parse(json.out) as { name: string }[]).map(({ name }) => name)).toEqual(['nightly_sync'])
  })

  test('a dry run shows the preview and changes nothing', async () => {
    const { code, out } = await run(folder, ['cron', 'pause', 'nightly_sync', '--dry-run'], ops)
    expect(code).toBe(0)
    for (const line of [/actor +ops-demo \(user\)/, /subject +cron_entry:nightly_sync/, /effect +\S/, /risk +\S/, /audit +cron.paused on cron_entry:nightly_sync by ops-demo/, /Preview Ready until/, /Nothing was changed/]) expect(out).toMatch(line)
    const json = JSON.parse((await run(folder, ['cron', 'pause', 'nightly_sync', '--dry-run', '--json'], ops)).out) as Record<string, unknown>
    expect(json).toMatchObject({ status: 'ready', plan: { action: 'pause_cron_entry' } })
    expect(json).not.toHaveProperty('token')
    expect(await events('cron.paused')).toEqual([])
  })

  test('without a terminal a change needs --yes', async () => {
    const { code, out, err } = await run(folder, ['cron', 'pause', 'nightly_sync'], ops)
    expect([code, out]).toEqual([1, ''])
    expect(err).toMatch(/^ops-powertools: Nobody can be asked here.*--yes.*\n$/)
    expect(await ask(url, 'select id from ops.preview where consumed_at is not null')).toEqual([])
  })

  test('pause, refused twice, and resume go through the pipeline with source cli', async () => {
    const paused = await run(folder, ['cron', 'pause', 'nightly_sync', '--reason', 'fixture maintenance', '--until', '6h', '--yes'], ops)
    expect(paused).toMatchObject({ code: 0, err: '' })
    expect(paused.out).toMatch(/Done: cron\.paused on cron_entry:nightly_sync as ops-demo, audit event [0-9a-f-]{36}\./)
    const [event, ...others] = await events('cron.paused')
    expect(others).toEqual([])
    expect(event).toMatchObject({ outcome: 'succeeded', actor_id: 'ops-demo', source: 'cli', reason: 'fixture maintenance', subject_id: 'nightly_sync' })
    expect(String(event!.request_id)).toMatch(/^cli-/)
    const [entry] = await ask(url, "select resume_at - paused_at between '5 h 59 min' and '6 h 1 min' as right from ops.cron_entry where name = 'nightly_sync'")
    expect(entry).toEqual({ right: true })

    const again = await run(folder, ['cron', 'pause', 'nightly_sync', '--yes'], ops)
    expect([again.code, again.out]).toEqual([1, ''])
    expect(again.err).toMatch(/^ops-powertools: .*\(illegal_transition\)\n$/)
    expect((await events('cron.paused')).map(({ outcome }) => outcome)).toEqual(['succeeded', 'failed'])

    const resumed = JSON.parse((await run(folder, ['cron', 'resume', 'nightly_sync', '--yes', '--json'], ops)).out) as { event: unknown }
    expect(resumed.event).toMatchObject({ eventType: 'cron.resumed', outcome: 'succeeded', source: 'cli' })
  })

  test('run now makes one job', async () => {
    const { code, out } = await run(folder, ['cron', 'run', 'nightly_sync', '--yes'], ops)
    expect(code).toBe(0)
    const jobId = /Job ([0-9a-f-]{36})\./.exec(out)?.[1]
    expect(await ask(url, "select id::text from pgboss.job where name = 'nightly_sync'")).toEqual([{ id: jobId }])
  })

  test('who may not change is refused, and the refusal is evidence', async () => {
    const { code, err } = await run(folder, ['cron', 'pause', 'nightly_sync', '--yes'], { OPS_USER: 'viewer' })
    expect(code).toBe(1)
    expect(err).toBe('ops-powertools: Your role is viewer. (forbidden)\n')
    const denied = (await events('cron.paused')).at(-1)
    expect(denied).toMatchObject({ outcome: 'denied', actor_id: 'viewer-demo', source: 'cli' })
  })

  test('without an actor it only reads, and what a policy decides about is redacted', async () => {
    const list = await run(folder, ['audit', 'list', '--json'])
    expect(list.code).toBe(0)
    expect(list.err).toContain('this command only reads')
    expect(list.out).toContain('cron.paused')
    expect(list.out).not.toContain('fixture maintenance')
    const pause = await run(folder, ['cron', 'pause', 'nightly_sync', '--yes'])
    expect(pause.code).toBe(1)
    expect(pause.err).toMatch(/ops-powertools: Your account may look.*\n$/)
    expect((await run(folder, ['audit', 'export'])).code).toBe(1)
  })

  test('reads ask the host: the view, and the display policy with the surface cli', async () => {
    const refused = await run(folder, ['audit', 'list'], { OPS_USER: 'nobody' })
    expect([refused.code, refused.err]).toEqual([1, 'ops-powertools: Your role is nobody. (forbidden)\n'])
    const support = await run(folder, ['audit', 'list', '--event-type', 'cron.paused', '--json'], { OPS_USER: 'support' })
    expect(support.out).toContain('[hidden on cli]')
    expect(support.out).not.toContain('fixture maintenance')
    const args = await run(folder, ['cron', 'list', '--json'], { OPS_USER: 'support' })
    expect((JSON.parse(args.out) as { args: unknown }[])[0]!.args).toBe('[hidden on cli]')
  })

  test('audit list filters and pages', async () => {
    const found = await run(folder, ['audit', 'list', '--subject', 'cron_entry:nightly_sync', '--outcome', 'succeeded', '--search', 'maintenance', '--actor', 'ops-demo'], ops)
    expect(found.code).toBe(0)
    expect(found.out.trim().split('\n')).toHaveLength(2)
    expect(found.out).toMatch(/cron\.paused +succeeded +ops-demo +cron_entry:nightly_sync +cli +fixture maintenance/)
    const first = JSON.parse((await run(folder, ['audit', 'list', '--limit', '1', '--json'], ops)).out) as { items: { id: string }[]; nextCursor: string }
    const second = JSON.parse((await run(folder, ['audit', 'list', '--limit', '1', '--cursor', first.nextCursor, '--json'], ops)).out) as typeof first
    expect(second.items[0]!.id).not.toBe(first.items[0]!.id)
  })

  test('audit export writes CSV and NDJSON to standard output, and is audited', async () => {
    const csv = await run(folder, ['audit', 'export', '--format', 'csv', '--event-type', 'cron.paused'], ops)
    expect(csv).toMatchObject({ code: 0, err: '' })
    expect(csv.out).toMatch(/^id,occurredAt,/)
    const ndjson = await run(folder, ['audit', 'export', '--event-type', 'cron.paused'], ops)
    const lines = ndjson.out.trim().split('\n').map((line) => JSON.parse(line) as { eventType: string })
    expect(csv.out.trim().split('\r\n')).toHaveLength(lines.length + 1)
    expect(new Set(lines.map(({ eventType }) => eventType))).toEqual(new Set(['cron.paused']))
    expect((await events('audit.exported')).map(({ source, actor_id: actor }) => [source, actor])).toEqual([['cli', 'ops-demo'], ['cli', 'ops-demo']])
  })

  test('stored text cannot move the cursor of a terminal', async () => {
    await run(folder, ['cron', 'pause', 'nightly_sync', '--reason', 'red \u001b[31mtext\u202e', '--yes'], ops)
    const { out } = await run(folder, ['audit', 'list'], ops)
    expect(out).toContain('red')
    for (const character of ['\u001b', '\u202e']) expect(out).not.toContain(character)
    await run(folder, ['cron', 'resume', 'nightly_sync', '--yes'], ops)
  })

  test('wrong input is one sentence', async () => {
    const wrong: [string[], RegExp][] = [
      [['audit', 'list', '--from', 'yesterday'], /^ops-powertools: --from: .*\n$/],
      [['audit', 'list', '--limit', '0'], /^ops-powertools: --limit: .*\n$/],
      [['audit', 'list', '--cursor', 'x'], /^ops-powertools: .*cursor.*\n$/],
      [['cron', 'pause', 'nightly_sync', '--until', 'tomorrow', '--yes'], /^ops-powertools: --until is 'tomorrow'; expected .*\n$/],
      [['cron', 'pause', 'nothing_here', '--yes'], /^ops-powertools: .*\(not_found\)\n$/],
      [['cron', 'list', '--config', 'missing.ts'], /^ops-powertools: There is no file .*missing\.ts.*\n$/],
      [['nonsense'], /^error: unknown command 'nonsense'/],
    ]
    for (const [args, sentence] of wrong) {
      const { code, out, err } = await run(folder, args, ops)
      expect([args, code, out]).toEqual([args, 1, ''])
      expect(err).toMatch(sentence)
      expect(err).not.toMatch(/^\s+at /m)
    }
  })

  test('doctor finds nothing wrong with a sound installation', async () => {
    const { code, out } = await run(folder, ['doctor'], ops)
    expect([out.split('\n').filter((line) => line && !line.startsWith('✓ ok')), code]).toEqual([[], 0])
    for (const check of ['database', 'clock', 'schema', 'append-only', 'partitions', 'scheduler', 'cron', 'engine', 'auth']) expect(out).toContain(`✓ ok       ${check}: `)
  })
})

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

  test('warns of a scheduler that was never there', async () => {
    const found = await examine()
    expect([found.code, found.verdict]).toEqual([1, 'warning'])
    expect(found.of('scheduler')).toMatchObject([{ status: 'warning', message: 'no scheduler has ever been on record' }])
  })

  test('warns of one that went away', async () => {
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

  test('finds entries that cannot be scheduled, queues that are missing, partitions and events astray', async () => {
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
        expect.stringMatching(/^warning: 'declared' is declared and not stored yet/),
        expect.stringMatching(/^error: 'broken' cannot be scheduled/),
        expect.stringMatching(/^(error|warning): 'never' .*never fires/),
      ])
      expect(found.of('queues').map(({ message }) => message).sort()).toEqual([expect.stringContaining("'known'"), expect.stringContaining("'no_such_queue'")])
      expect(found.of('partitions')).toMatchObject([{ status: 'warning', message: expect.stringMatching(/^no partition for \d{4}_\d\d$/) as string }])
    } finally {
      await copy.drop()
    }
  })

  test('proposes indexes for large job tables', async () => {
    const copy = await createDatabase()
    try {
      const elsewhere = join(folder, 'large.ts')
      await writeFile(elsewhere, config(copy.url, { more: 'engine: pgBoss(boss, { largeFrom: 0 }),' }))
      const proposals = (await examine(['--config', elsewhere])).of('indexes').map(({ hint }) => hint!)
      expect(proposals.length).toBeGreaterThan(0)
      expect(proposals.every((proposal) => proposal.startsWith('Consider: create index concurrently on '))).toBe(true)
      for (const proposal of proposals) await ask(copy.url, proposal.replace('Consider: ', ''))
      expect((await examine(['--config', elsewhere])).of('indexes')).toEqual([])
    } finally {
      await copy.drop()
    }
  })

  test('says what the engine lacks, and finds requests without an end where it is outside our transaction', async () => {
    const copy = await createDatabase()
    try {
      const elsewhere = join(folder, 'outside.ts')
      await writeFile(elsewhere, config(copy.url, { more: 'engine: pgBoss(boss, { sharesDatabase: false }),' }))
      const quiet = await examine(['--config', elsewhere])
      expect(quiet.of('engine')).toMatchObject([{ status: 'ok', message: expect.stringContaining('does not join our transaction') as string }])
      expect(quiet.of('engine lacks').map(({ message }) => message)).toContainEqual(expect.stringMatching(/pause/))
      expect(quiet.of('requests')).toEqual([])
      await ask(copy.url, `insert into ops.open_request (event_id, final_event_id, action, event_type, actor, subject_type, subject_id, source, request_id, detail, requested_at)
        values (gen_random_uuid(), gen_random_uuid(), 'retry_job', 'job.retried', '{}', 'job', 'a', 'api', 'r', '{}', now() - interval '5 minutes')`)
      expect((await examine(['--config', elsewhere])).of('requests')).toMatchObject([{ status: 'warning', message: expect.stringMatching(/^1 change is requested/) as string }])
    } finally {
      await copy.drop()
    }
  })

  test('an unreachable database and engine are errors, said in sentences', async () => {
    const found = await examine(['--config', 'nowhere.mjs'])
    expect(found.code).toBe(2)
    expect(found.of('database')).toMatchObject([{ status: 'error', message: expect.stringContaining('does not answer') as string }])
    expect(found.of('engine')).toMatchObject([{ status: 'error', message: 'the engine is away' }])
  })

  test('options that cannot be read are an error of their own', async () => {
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

  test('without tables other commands say what to do', async () => {
    const database = await createDatabase({ empty: true })
    try {
      const folder = await newFolder({ 'ops.config.ts': config(database.url) })
      const { code, err } = await run(folder, ['audit', 'list'], ops)
      expect([code, err]).toEqual([1, "ops-powertools: The tables are not there yet; run 'ops-powertools migrate up' first.\n"])
      const doctor = await run(folder, ['doctor'], ops)
      expect(doctor.code).toBe(2)
      expect(doctor.out).toMatch(/✗ error +schema: schema ops has no tables yet/)
    } finally {
      await database.drop()
    }
  })
})

describe('init', () => {
  test('writes the starters once, and never over a file that exists', async () => {
    const folder = await newFolder()
    const first = await run(folder, ['init'])
    expect(first.code).toBe(0)
    expect((await readdir(folder)).sort()).toEqual(['ops.config.ts', 'ops.koa.ts', 'ops.node.ts', 'package.json'])
    expect(first.out).toContain('"ops:migrate": "ops-powertools migrate up"')
    expect(await readFile(join(folder, 'ops.config.ts'), 'utf8')).toContain('auth: denyEverything')

    await writeFile(join(folder, 'ops.config.ts'), '// mine\n')
    const second = await run(folder, ['init'])
    expect(second.code).toBe(0)
    expect(second.out).toMatch(/^exists +ops\.config\.ts, left as it is/)
    expect(second.out).toContain('engine: pgBoss(boss)')
    expect(await readFile(join(folder, 'ops.config.ts'), 'utf8')).toBe('// mine\n')
  })

  test('a folder that is not there is one sentence', async () => {
    const folder = await newFolder()
    expect(await run(folder, ['init', 'not/there'])).toEqual({ code: 1, out: '', err: expect.stringMatching(/^ops-powertools: There is no folder .*\n$/) as string })
  })
})
