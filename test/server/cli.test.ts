import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { config, newFolder, run } from '../support/command-line.ts'
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
    expect(err).toMatch(/^ops-powertools: Cannot ask for confirmation.*--yes.*\n$/)
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

  test('run now creates one job', async () => {
    const { code, out } = await run(folder, ['cron', 'run', 'nightly_sync', '--yes'], ops)
    expect(code).toBe(0)
    const jobId = /Job ([0-9a-f-]{36})\./.exec(out)?.[1]
    expect(await ask(url, "select id::text from pgboss.job where name = 'nightly_sync'")).toEqual([{ id: jobId }])
  })

  test('an actor without permission is refused, and the refusal is recorded', async () => {
    const { code, err } = await run(folder, ['cron', 'pause', 'nightly_sync', '--yes'], { OPS_USER: 'viewer' })
    expect(code).toBe(1)
    expect(err).toBe('ops-powertools: Your role is viewer. (forbidden)\n')
    const denied = (await events('cron.paused')).at(-1)
    expect(denied).toMatchObject({ outcome: 'denied', actor_id: 'viewer-demo', source: 'cli' })
  })

  test('without an actor it is read-only, and values that go through the display policy are redacted', async () => {
    const list = await run(folder, ['audit', 'list', '--json'])
    expect(list.code).toBe(0)
    expect(list.err).toContain('this command is read-only')
    expect(list.out).toContain('cron.paused')
    expect(list.out).not.toContain('fixture maintenance')
    const pause = await run(folder, ['cron', 'pause', 'nightly_sync', '--yes'])
    expect(pause.code).toBe(1)
    expect(pause.err).toMatch(/ops-powertools: Your account is read-only.*\n$/)
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

  test('stored text cannot move the cursor or colour the screen', async () => {
    const args = { text: 'a\u001b[2Jb\u009b31mc\u007fd\u202ee\u0007f' }
    const body = { action: 'create_cron_entry', subject: { type: 'cron_entry', id: 'odd_entry' }, reason: 'odd \u009b31m reason \u001b[2J here', input: { queue: 'nightly_sync', expression: '0 3 1 1 *', args } }
    const made = await server.call('ops-demo', 'POST', '/operations', body, { 'idempotency-key': crypto.randomUUID() })
    expect(made.status, made.text).toBe(200)
    const commands = [['cron', 'list', '--json'], ['cron', 'list'], ['audit', 'list'], ['audit', 'list', '--json'], ['audit', 'export', '--format', 'csv'], ['audit', 'export', '--format', 'ndjson']]
    for (const command of commands) {
      const { code, out } = await run(folder, command, ops)
      expect(code).toBe(0)
      expect(out.replaceAll('\r\n', '\n'), command.join(' ')).not.toMatch(/(?!\n)[\p{Cc}\u202a-\u202e]/u)
      if (command.includes('--json')) expect(JSON.stringify(JSON.parse(out))).toContain('\u009b31m')
      if (command.includes('ndjson')) for (const line of out.trim().split('\n')) JSON.parse(line)
    }
    const removed = { action: 'delete_cron_entry', subject: { type: 'cron_entry', id: 'odd_entry' }, reason: 'it was odd' }
    expect((await server.call('ops-demo', 'POST', '/operations', removed, { 'idempotency-key': crypto.randomUUID() })).status).toBe(200)
  })

  test('stored text cannot move the cursor of a terminal', async () => {
    await run(folder, ['cron', 'pause', 'nightly_sync', '--reason', 'red \u001b[31mtext\u202e', '--yes'], ops)
    const { out } = await run(folder, ['audit', 'list'], ops)
    expect(out).toContain('red')
    for (const character of ['\u001b', '\u202e']) expect(out).not.toContain(character)
    await run(folder, ['cron', 'resume', 'nightly_sync', '--yes'], ops)
  })

  test('invalid input is reported in one sentence', async () => {
    const wrong: [string[], RegExp][] = [
      [['audit', 'list', '--from', 'yesterday'], /^ops-powertools: --from: .*\n$/],
      [['audit', 'list', '--limit', '0'], /^ops-powertools: --limit: .*\n$/],
      [['audit', 'list', '--cursor', 'x'], /^ops-powertools: .*cursor.*\n$/],
      [['cron', 'pause', 'nightly_sync', '--until', 'tomorrow', '--yes'], /^ops-powertools: --until is 'tomorrow'; expected .*\n$/],
      [['cron', 'pause', 'nothing_here', '--yes'], /^ops-powertools: .*\(not_found\)\n$/],
      [['cron', 'list', '--config', 'missing.ts'], /^ops-powertools: .*missing\.ts does not exist.*\n$/],
      [['nonsense'], /^error: unknown command 'nonsense'/],
    ]
    for (const [args, sentence] of wrong) {
      const { code, out, err } = await run(folder, args, ops)
      expect([args, code, out]).toEqual([args, 1, ''])
      expect(err).toMatch(sentence)
      expect(err).not.toMatch(/^\s+at /m)
    }
  })

  test('doctor finds no problem in a healthy installation', async () => {
    const { code, out } = await run(folder, ['doctor'], ops)
    expect([out.split('\n').filter((line) => line && !line.startsWith('✓ ok')), code]).toEqual([[], 0])
    for (const check of ['database', 'clock', 'schema', 'append-only', 'partitions', 'scheduler', 'cron', 'engine', 'auth']) expect(out).toContain(`✓ ok       ${check}: `)
  })
})
