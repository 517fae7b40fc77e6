import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { countIncidents, getIncident, type Incident, listIncidents } from '../../schemas/index.ts'
import { startJobServer, type JobServer } from '../support/jobs.ts'
import { auth } from '../support/server.ts'

let server: JobServer
let client: Client
let closed: string[] = []

beforeAll(async () => {
  server = await startJobServer({
    auth: { ...auth, authorize: (person, action, resource) => (closed.includes(resource.queue ?? '') ? false : auth.authorize(person, action, resource)) },
  })
  client = new Client({ connectionString: server.oban.url })
  await client.connect()
})
afterAll(async () => {
  await client?.end()
  await server?.stop()
})
beforeEach(async () => {
  closed = []
  await client.query('truncate ops.incident')
})

interface Given {
  queue: string
  minutesAgo: number
  rank?: number
  state?: 'pending' | 'open' | 'resolved'
  explainedBy?: string
}

async function given({ queue, minutesAgo, rank = 0, state = 'open', explainedBy }: Given): Promise<string> {
  const { rows } = await client.query<{ id: string }>(
    `insert into ops.incident (id, key, class, rank, scope, state, began_at, opened_at, last_seen_at, resolved_at, facts, facts_at, explained_by)
     values (gen_random_uuid(), $1, 'stuck_queue', $2, $3, $4, now() - $5 * interval '1 minute', now(), now(), case when $4 = 'resolved' then now() end, '{}', now(), $6) returning id`,
    [`stuck_queue:${queue}:${state}`, rank, { queue }, state, minutesAgo, explainedBy ?? null],
  )
  return rows[0]!.id
}

async function list(query = '', who = 'ops-demo'): Promise<{ items: Incident[]; nextCursor?: string }> {
  const { status, body, text } = await server.call(who, 'GET', `/incidents?${query}`)
  expect({ status, text: status === 200 ? '' : text }).toEqual({ status: 200, text: '' })
  return listIncidents.output.parse(body)
}
const queues = (items: Incident[]) => items.map(({ scope: { queue } }) => queue)

describe('the list of incidents', () => {
  test('has the open ones, the worst and then the oldest first', async () => {
    await given({ queue: 'later', minutesAgo: 5 })
    await given({ queue: 'milder', minutesAgo: 50, rank: 1 })
    await given({ queue: 'oldest', minutesAgo: 30 })
    await given({ queue: 'not yet', minutesAgo: 1, state: 'pending' })
    await given({ queue: 'over', minutesAgo: 90, state: 'resolved' })
    expect(queues((await list()).items)).toEqual(['oldest', 'later', 'milder'])
    expect(queues((await list('state=resolved')).items)).toEqual(['over'])
    expect(queues((await list('queue=later')).items)).toEqual(['later'])
  })

  test('is read page by page without a gap or a repeat', async () => {
    for (const minutesAgo of [1, 2, 3, 4, 5]) await given({ queue: `q${minutesAgo}`, minutesAgo })
    const read: (string | undefined)[] = []
    let cursor: string | undefined
    do {
      const page = await list(`limit=2${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`)
      read.push(...queues(page.items))
      cursor = page.nextCursor
    } while (cursor)
    expect(read).toEqual(['q5', 'q4', 'q3', 'q2', 'q1'])
  })

  test('is counted without those that the viewer may not see, and those that have an owner', async () => {
    const cause = await given({ queue: 'first', minutesAgo: 5 })
    await given({ queue: 'second', minutesAgo: 4, explainedBy: cause })
    await given({ queue: 'third', minutesAgo: 3 })
    await given({ queue: 'not yet', minutesAgo: 1, state: 'pending' })
    await client.query(`update ops.incident set acknowledged_at = now(), acknowledged_by = '{}' where scope ->> 'queue' = 'third'`)
    const count = async () => countIncidents.output.parse((await server.call('ops-demo', 'GET', '/incidents/count')).body)
    expect(await count()).toMatchObject({ open: 3, unattended: 1, capped: false })
    closed = ['first', 'third']
    expect(await count()).toMatchObject({ open: 1, unattended: 0 })
  })

  test('says nothing of incidents in queues that the viewer may not see, also not as a cause or an effect', async () => {
    const cause = await given({ queue: 'hidden', minutesAgo: 9 })
    const effect = await given({ queue: 'shown', minutesAgo: 8, explainedBy: cause })
    expect((await list()).items.map(({ explains }) => explains.map(({ id }) => id))).toEqual([[effect], []])
    closed = ['hidden']
    const { items } = await list()
    expect(queues(items)).toEqual(['shown'])
    expect(items[0]!.explainedBy).toBeNull()
    expect((await server.call('ops-demo', 'GET', `/incidents/${cause}`)).status).toBe(404)
  })
})

test('one incident is described by its class, and by the name of the class alone if its facts are withheld or of an unknown shape', async () => {
  const id = await given({ queue: 'report', minutesAgo: 9 })
  const shown = getIncident.output.parse((await server.call('viewer-demo', 'GET', `/incidents/${id}`)).body)
  expect(shown).toMatchObject({ id, class: 'stuck_queue', status: 'blocked', state: 'open', title: 'report: stuck queue', scope: { queue: 'report' }, acknowledged: null })
})
