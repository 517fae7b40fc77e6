import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { commandLine, type CommandLine } from '../support/command-line.ts'
import { givenIncident } from '../support/incidents.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let client: Client
let ops: CommandLine
beforeAll(async () => {
  server = await startServer({ detector: { enabled: false } })
  client = new Client({ connectionString: server.database.url })
  await client.connect()
  ops = await commandLine(server.database.url)
})
beforeEach(() => client.query('truncate ops.incident'))
afterAll(async () => {
  await client.end()
  await server.stop()
})

const row = async (id: string) => (await client.query('select * from ops.incident where id = $1', [id])).rows[0] as Record<string, unknown>

describe('incidents', () => {
  test('are listed with their owners, and the list shows when the detector is not running', async () => {
    const id = await givenIncident(client, { queue: 'report', minutesAgo: 90 })
    const table = await ops.run(['incidents', 'list'])
    expect(table.out.split('\n')[0]).toMatch(/^id +status +incident +since +on it +marks +error$/)
    expect(table.out).toMatch(new RegExp(`^${id} +Blocked +report: stuck queue .* nobody`, 'm'))
    expect(table.err).toContain('unknown: the detector has never run')
    const { items } = JSON.parse((await ops.run(['incidents', 'list', '--owner', 'me', '--json'])).out) as { items: unknown[] }
    expect(items).toEqual([])
  })

  test('are shown one by one, and an unknown one is refused in one sentence', async () => {
    const id = await givenIncident(client, { queue: 'report' })
    const shown = await ops.run(['incidents', 'show', id])
    expect(shown).toMatchObject({ code: 0 })
    expect(shown.out).toContain('Blocked, open')
    expect(await ops.run(['incidents', 'show', 'nonsense'])).toMatchObject({ code: 1, err: expect.stringContaining("No incident 'nonsense'") })
  })

  test('are acknowledged, assigned, noted and silenced as on the pages', async () => {
    const id = await givenIncident(client, { queue: 'report' })
    const acting = (...args: string[]) => ops.run(['incidents', ...args, '--yes'])
    expect(await acting('ack', id)).toMatchObject({ code: 0, out: expect.stringContaining('incident.acknowledged') })
    expect(await acting('assign', id, '--to', 'user:ops-lead')).toMatchObject({ code: 0 })
    expect(await acting('note', id, 'the provider works on it')).toMatchObject({ code: 0 })
    expect(await acting('silence', id, '--until', '4h', '--count', '500', '--reason', 'the provider works on it')).toMatchObject({ code: 0 })
    expect(await row(id)).toMatchObject({ acknowledged_by: { id: 'ops-demo' }, assigned_to: { id: 'ops-lead', type: 'user' }, silence: { untilCount: 500, by: { id: 'ops-demo' } } })
    const { rows } = await client.query(`select event_type, reason, source from ops.audit_event where subject_id = $1 order by occurred_at`, [id])
    expect(rows.map(({ event_type }) => event_type)).toEqual(['incident.acknowledged', 'incident.assigned', 'incident.noted', 'incident.silenced'])
    expect(rows[2]).toMatchObject({ reason: 'the provider works on it', source: 'cli' })
  }, 60_000)

  test.each([
    [['assign', '{id}', '--to', 'ops-lead', '--yes'], 'Expected type:id'],
    [['silence', '{id}', '--until', 'later', '--reason', 'whatever it is', '--yes'], "--until is 'later'"],
    [['silence', '{id}', '--reason', 'whatever it is', '--yes'], "expected at least one of 'until', 'untilRate' and 'untilCount'"],
  ])('refuse %j', async (args, message) => {
    const id = await givenIncident(client, { queue: 'report' })
    const { code, err } = await ops.run(['incidents', ...args.map((arg) => arg.replace('{id}', id))])
    expect({ refused: code !== 0, err }).toEqual({ refused: true, err: expect.stringContaining(message) })
  })
})
