import { Client } from 'pg'
import { afterEach, describe, expect, test } from 'vitest'
import { type Incident, listIncidents } from '../../schemas/index.ts'
import { discardedJobs } from '../../server/errors/discarded.ts'
import { refreshFinding } from '../../server/figures/finding.ts'
import { detect } from '../../server/incidents/detector.ts'
import { bullBackends } from '../support/bullmq.ts'
import { startBullFixture } from '../support/bullmq-fixture.ts'
import { type FailureReader, openFailureReader } from '../support/errors.ts'
import { startPgBoss } from '../support/pg-boss.ts'
import { startServer, type TestServer } from '../support/server.ts'
import type { EngineFixture } from './contract.ts'

/** Engines that store an error's class and its stack apart from its message. */
const engines: [name: string, start: () => Promise<EngineFixture>, skipped?: string][] = [
  ['pg-boss', () => startPgBoss({ sharesDatabase: false })],
  ...bullBackends.map(({ name, start, skipped }): (typeof engines)[number] => [`BullMQ on ${name}`, () => startBullFixture(start), skipped]),
]

let server: TestServer | undefined
let fixture: EngineFixture | undefined
let reader: FailureReader | undefined
let client: Client | undefined
afterEach(async () => {
  const [running, world, reading, connected] = [server, fixture, reader, client]
  server = fixture = reader = client = undefined
  await reading?.close()
  await connected?.end()
  await running?.stop()
  await world?.stop()
})

class MailboxFull extends RangeError {
  override name = 'MailboxFull'
}

/** Where the message says nothing, an error is known by where it happened; else by its class. */
function sendInvoice(): never {
  throw new Error('failed')
}
function renderReport(): never {
  throw new Error('failed')
}
function deliver(): never {
  throw new MailboxFull(`mailbox 4711 takes no more, and this text is so long that a list of jobs leaves out the stack: ${'x'.repeat(120)}`)
}
const failing: Record<string, () => never> = { invoice: sendInvoice, report: renderReport, mail: deliver }

/** A queue that has worked for long without a failure. */
async function rememberUsual(queue: string): Promise<void> {
  await client!.query(`insert into ops.error_baseline (queue, fingerprint, failures, attempts, dispersion, weight, fed_to) values ($1, '', 0, 4000, 0, 700, now())`, [queue])
  await client!.query(
    `insert into ops.engine_minute (minute, seconds, finished, failed, waiting, executing)
     select date_trunc('minute', now()) + n * interval '1 minute', 60, 0, 0, 0, 0 from generate_series(-20, 20) n on conflict do nothing`,
  )
}

const listOpen = async (): Promise<Incident[]> => listIncidents.output.parse((await server!.call('ops-demo', 'GET', '/incidents')).body).items

describe.each(engines)('with %s', (_name, start, skipped) => {
  test.skipIf(skipped !== undefined)('a burst explains the jobs that failed for good with its own error, and no others', { timeout: 120_000 }, async () => {
    fixture = await start()
    const queue = await fixture.queue('billing')
    server = await startServer({ engine: fixture.engine, queues: [], cron: [] })
    client = new Client({ connectionString: server.database.url })
    await client.connect()
    reader = await openFailureReader(server.database.url, fixture.engine)
    await rememberUsual(queue)
    await reader.read()
    const counts = { invoice: 6, mail: 6, report: 1 }
    for (const [kind, count] of Object.entries(counts)) await fixture.make({ queue, state: 'available', args: JSON.stringify({ kind }) }, count)
    await fixture.work(queue, async ({ args }) => failing[(args as { kind: string }).kind]!())
    await expect.poll(async () => (await fixture!.engine.count({ queue, states: ['discarded'] }, 100)).count, { timeout: 60_000 }).toBe(13)
    reader.ahead = 60_000
    await reader.read()
    await refreshFinding(reader.kit, discardedJobs)
    await detect(reader.kit)
    const open = await listOpen()
    const bursts = open.filter(({ class: name }) => name === 'failure_burst')
    const exhausted = open.filter(({ class: name }) => name === 'retry_exhausted')
    const told = (incidents: Incident[]) => incidents.map(({ error, affected }) => [error?.split(' ')[0], affected.jobs?.count]).toSorted()
    expect(told(bursts)).toEqual([['failed', 6], ['mailbox', 6]])
    expect(told(exhausted)).toEqual([['failed', 1], ['failed', 6], ['mailbox', 6]])
    const causeOf = (symptom: Incident) => bursts.find(({ id }) => id === symptom.explainedBy?.id)
    for (const symptom of exhausted) expect(causeOf(symptom)?.scope.fingerprint).toBe(symptom.affected.jobs?.count === 1 ? undefined : symptom.scope.fingerprint)
  })
})
