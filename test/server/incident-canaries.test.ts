import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import type { DescribedClass } from '../../server/incidents/class.ts'
import { classes } from '../../server/incidents/classes.ts'
import { givenIncident } from '../support/incidents.ts'
import { type JobServer, startJobServer } from '../support/jobs.ts'
import { operate } from '../support/operate.ts'
import { displayPolicy } from '../support/server.ts'

const canary = 'canary-51f0'
let server: JobServer
let client: Client
/** Kinds of values that the host hides from `ops-two`. */
let hidden: string[] = []
const { once, preview } = operate(() => server, `because of ${canary}`)

const facts = z.object({ text: z.string(), error: z.string() })
type Facts = z.infer<typeof facts>
const told: DescribedClass<Facts> = {
  name: 'failure_burst',
  facts,
  describe: ({ text, error }, { showError }) => ({
    title: text,
    headline: `It says ${text}.`,
    error: showError(error),
    measured: [{ label: text }],
    ruledOut: [{ label: text }],
    cause: { label: text, share: 1 },
    facts: [{ label: 'Text', value: text }],
    affected: { jobs: null, queues: ['mail'], executors: null },
  }),
  affected: () => ({}),
}
const all = classes as unknown as unknown[]

beforeAll(async () => {
  all.unshift(told)
  server = await startJobServer({
    detector: { enabled: false },
    displayPolicy: { display: (kind, value, context) => (context.actor.id === 'ops-two' && hidden.includes(kind) ? '[hidden]' : displayPolicy.display(kind, value, context)) },
  })
  client = new Client({ connectionString: server.oban.url })
  await client.connect()
})
afterAll(async () => {
  all.splice(all.indexOf(told), 1)
  await client?.end()
  await server?.stop()
})

const on = (action: string, id: string, input: object = {}) => ({ action, subject: { type: 'incident', id }, input })

/** Everything that an actor can read about an incident. */
async function readAll(who: string, id: string): Promise<string> {
  const paths = ['/incidents', `/incidents/${id}`, `/audit-events?subjectType=incident&subjectId=${id}`, '/audit-events/export?format=ndjson', `/forensics/incident/${id}`, '/overview']
  const answers = await Promise.all(paths.map((path) => server.call(who, 'GET', path)))
  expect(answers.map(({ status }) => status)).toEqual(paths.map(() => 200))
  const planned = await preview(who, on('unsilence_incident', id))
  expect(planned.status, planned.text).toBe(201)
  return [...answers, planned].map(({ text }) => text).join('\n')
}

test.each([
  ['reason', { text: 'plain', error: 'plain' }],
  ['job_error', { text: 'plain', error: `failed with ${canary}` }],
  ['incident_evidence', { text: `it is ${canary}`, error: 'plain' }],
])('what the host hides as %s is in nothing that can be read about an incident', async (kind, told) => {
  hidden = []
  await client.query('truncate ops.incident')
  const id = await givenIncident(client, { class: 'failure_burst', queue: 'mail', facts: told })
  const reason = kind === 'reason' ? `because of ${canary}` : 'because of something'
  await once('ops-demo', { ...on('silence_incident', id, { untilCount: 9 }), reason })
  await once('ops-demo', { ...on('note_incident', id), reason })
  expect(await readAll('ops-two', id)).toContain(canary)
  // An event that is there for ever: the export of the audit log has the reasons of all tests of this file.
  hidden = [kind, 'reason']
  expect(await readAll('ops-two', id)).not.toContain(canary)
})

test('the names of actors who acknowledged, were assigned or silenced go through the display policy everywhere', async () => {
  hidden = []
  await client.query('truncate ops.incident')
  const id = await givenIncident(client, { class: 'failure_burst', queue: 'mail', facts: { text: 'plain', error: 'plain' } })
  await once('ops-demo', { ...on('acknowledge_incident', id), reason: 'because of something' })
  await once('ops-demo', { ...on('assign_incident', id, { to: { id: 'somebody', type: 'user', label: canary } }), reason: 'because of something' })
  await once('ops-demo', { ...on('silence_incident', id, { untilCount: 9 }), reason: 'because of something' })
  expect(await readAll('ops-two', id)).toContain(canary)
  // The export has the events of the other tests, too.
  hidden = ['actor_label', 'reason', 'incident_evidence']
  expect(await readAll('ops-two', id)).not.toContain(canary)
})

test('secrets in what was measured are hidden by default, also from operators', async () => {
  hidden = []
  await client.query('truncate ops.incident')
  const id = await givenIncident(client, { class: 'failure_burst', queue: 'mail', facts: { text: 'plain', error: 'plain', password: canary } })
  const { text } = await server.call('ops-demo', 'GET', `/incidents/${id}`)
  expect(text).not.toContain(canary)
})
