import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startJobServer, type JobServer } from '../../support/jobs.ts'

let server: JobServer
let client: Client
let ids: string[]

/** Sixty slots of an hour each, every one with a job; every third job failed for good. */
beforeAll(async () => {
  server = await startJobServer()
  client = new Client({ connectionString: server.oban.url })
  await client.connect()
  ids = []
  for (let n = 0; n < 60; n++) {
    const discarded = n % 3 === 0
    ids.push(await server.oban.insert({ queue: n < 30 ? 'old' : 'new', args: `{"slot":${n}}`, tags: ['t'], state: discarded ? 'discarded' : 'available', discardedIn: discarded ? 0 : undefined }))
  }
  await client.query(
    `insert into ops.cron_slot (entry_id, kind, slot_at, state, decided_at, claimed_at, job_queue, job_id)
     select entry.id, 'scheduled', timestamptz '2026-01-01' + made.n * interval '1 hour', 'claimed', now(), now(), 'q', made.id
     from ops.cron_entry entry, unnest($1::text[]) with ordinality as made (id, n) where entry.name = 'nightly_sync'`,
    [ids],
  )
})
afterAll(async () => {
  await client?.end()
  await server?.stop()
})

async function all(query: string): Promise<{ ids: string[]; pages: number }> {
  const found: string[] = []
  let cursor = ''
  let pages = 0
  do {
    const { body } = await server.call('ops-demo', 'GET', `/jobs?cronEntry=nightly_sync&${query}${cursor && `&cursor=${cursor}`}`)
    found.push(...body.items!.map(({ id }) => String(id)))
    cursor = String(body.nextCursor ?? '')
    pages++
    // A slot that is claimed meanwhile belongs above what was read already.
    await client.query(
      `insert into ops.cron_slot (entry_id, kind, slot_at, state, decided_at, claimed_at, job_queue, job_id)
       select id, 'scheduled', now() + $1 * interval '1 second', 'claimed', now(), now(), 'q', $2 from ops.cron_entry where name = 'nightly_sync'`,
      [Math.floor(Math.random() * 1e6), ids[0]],
    )
  } while (cursor)
  await client.query(`delete from ops.cron_slot where slot_at > '2026-06-01'`)
  return { ids: found, pages }
}

test('jobs of a cron entry are listed in the order of its slots, page by page, while others are claimed', async () => {
  const { ids: newest, pages } = await all('limit=25')
  expect(newest).toEqual(ids.toReversed())
  expect(pages).toBe(3)
})

test('other filters narrow them', async () => {
  expect((await all('state=discarded&queue=new&tag=t&limit=4')).ids).toEqual(ids.filter((_, n) => n >= 30 && n % 3 === 0).toReversed())
  expect((await all(`args=${encodeURIComponent('{"slot":7}')}`)).ids).toEqual([ids[7]])
  const { text } = await server.call('ops-demo', 'GET', '/jobs/export?format=ndjson&cronEntry=nightly_sync&state=discarded')
  expect(text.trimEnd().split('\n')).toHaveLength(20)
})

test('jobs that the engine no longer has are left out, and an unknown entry has none', async () => {
  await server.oban.pool.query('delete from oban_jobs where id = $1', [ids[0]])
  expect((await all('limit=200')).ids).toHaveLength(59)
  expect((await server.call('ops-demo', 'GET', '/jobs?cronEntry=nobody')).body.items).toEqual([])
  for (const cursor of ['czz', `e${Buffer.from('x').toString('base64url')}`]) {
    expect((await server.call('ops-demo', 'GET', `/jobs?cronEntry=nightly_sync&cursor=${cursor}`)).status).toBe(400)
  }
})
