import { afterAll, beforeAll, expect, test } from 'vitest'
import { getIncident, type Incident, type IncidentDetail, listIncidents, type Plan } from '../../schemas/index.ts'
import { discardedJobs } from '../../server/errors/discarded.ts'
import { refreshFinding } from '../../server/figures/finding.ts'
import { detect } from '../../server/incidents/detector.ts'
import { openKit, type RunningKit } from '../../server/open.ts'
import { type JobServer, startJobServer } from '../support/jobs.ts'
import { operate } from '../support/operate.ts'
import { auth, displayPolicy } from '../support/server.ts'

let server: JobServer
/** Does what the loops of a server do, when the test says so. */
let kit: RunningKit
let aheadMs = 0
const { preview, execute } = operate(() => server, 'the mail server is back')
const now = () => new Date(Date.now() + aheadMs)

beforeAll(async () => {
  server = await startJobServer({ detector: { enabled: false }, scheduler: { enabled: false }, now })
  kit = await openKit({ database: { url: server.oban.url }, engine: server.oban.engine, auth, displayPolicy, now })
})
afterAll(async () => {
  await kit?.settled()
  await kit?.db.close()
  await server?.stop()
})

async function look(): Promise<void> {
  aheadMs += 60_000
  await refreshFinding(kit, discardedJobs)
  await detect(kit)
}

const list = async (state: string): Promise<Incident[]> => listIncidents.output.parse((await server.call('ops-demo', 'GET', `/incidents?state=${state}`)).body).items
const read = async (id: string): Promise<IncidentDetail> => getIncident.output.parse((await server.call('ops-demo', 'GET', `/incidents/${id}`)).body)
const failing = (error: string) =>
  server.oban.insert({ queue: 'order_mail', state: 'discarded', attempt: 3, discardedIn: -30, errors: [{ at: new Date().toISOString(), attempt: 3, error }] })

test('jobs that fail for good become an incident, whose repair retries them and nothing else, and which ends when they are done', async () => {
  const timeouts = [await failing('** (Smtp.Error) timeout after 30 s'), await failing('** (Smtp.Error) timeout after 31 s')]
  const other = await failing('** (ArgumentError) no such template')
  await look()

  const open = await list('open')
  expect(open.map(({ class: name }) => name)).toEqual(['retry_exhausted', 'retry_exhausted'])
  const wanted = open.find(({ error }) => error?.includes('timeout'))!
  const { repairs } = await read(wanted.id)
  expect(repairs[0]).toMatchObject({ action: 'retry_job', label: 'Retry 2 jobs', primary: true, allowed: true })

  const answer = await preview('ops-demo', { action: 'retry_job', selection: repairs[0]!.selection })
  expect((answer.body.plan as Plan).selection).toMatchObject({ total: 2, eligible: 2, notEligible: {} })
  expect((await execute('ops-demo', answer)).status).toBe(200)
  expect(await Promise.all(timeouts.map(async (id) => (await server.oban.row(id)).state))).toEqual(['available', 'available'])
  expect((await server.oban.row(other)).state).toBe('discarded')

  await look()
  expect((await list('resolved')).map(({ id }) => id)).toEqual([wanted.id])
  const after = await read(wanted.id)
  expect(after).toMatchObject({ state: 'resolved', status: 'resolved', repairs: [] })
  expect((await preview('ops-demo', { action: 'retry_job', selection: { filter: { incident: wanted.id } } })).body).not.toMatchObject({ plan: { selection: { eligible: 2 } } })
  expect((await list('open')).filter(({ class: name }) => name === 'retry_exhausted')).toHaveLength(1)
})
