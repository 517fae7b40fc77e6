import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createClient } from '../../../schemas/client.ts'
import { startJobServer, type JobServer } from '../../support/jobs.ts'

let server: JobServer
beforeAll(async () => {
  server = await startJobServer()
})
afterAll(() => server?.stop())

const save = (who: string, name: string, filters: Record<string, string>) => server.call(who, 'PUT', `/job-views/${encodeURIComponent(name)}`, { filters })
const names = async (who: string) => (await server.call(who, 'GET', '/job-views')).body.items!.map(({ name }) => name)

describe('saved views', () => {
  test('store filters under a name, replace them, and are deleted on request', async () => {
    expect((await save('ops-demo', 'Stuck imports / EU', { state: 'retryable', queue: 'imports' })).status).toBe(200)
    const { status, body } = await save('ops-demo', 'Stuck imports / EU', { state: 'discarded', order: 'oldest' })
    expect({ status, body }).toMatchObject({ status: 200, body: { name: 'Stuck imports / EU', filters: { state: 'discarded', order: 'oldest' } } })
    expect(await names('ops-demo')).toEqual(['Stuck imports / EU'])
    const removed = await server.call('ops-demo', 'DELETE', `/job-views/${encodeURIComponent('Stuck imports / EU')}`)
    expect(removed.body).toEqual({ deleted: true })
    expect((await server.call('ops-demo', 'DELETE', '/job-views/gone')).body).toEqual({ deleted: false })
    expect(await names('ops-demo')).toEqual([])
  })

  test('are available through the client too', async () => {
    const ops = createClient({ api: server.api, headers: { authorization: 'Bearer ops-demo' } })
    await ops.saveJobView({ params: { name: 'by client' }, body: { filters: { tag: 'eu' } } })
    expect((await ops.listJobViews()).items).toMatchObject([{ name: 'by client', filters: { tag: 'eu' } }])
    expect(await ops.deleteJobView({ params: { name: 'by client' } })).toEqual({ deleted: true })
  })

  test('belong to their actor: no other actor can list, change or delete them', async () => {
    await save('ops-demo', 'mine', { queue: 'CANARY-view' })
    await save('ops-two', 'mine', { queue: 'theirs' })
    expect((await server.call('ops-two', 'GET', '/job-views')).text).not.toContain('CANARY-view')
    await server.call('ops-two', 'DELETE', '/job-views/mine')
    expect(await names('ops-two')).toEqual([])
    expect((await server.call('ops-demo', 'GET', '/job-views')).body.items).toMatchObject([{ name: 'mine', filters: { queue: 'CANARY-view' } }])
  })

  test('need an actor who can be named', async () => {
    expect((await server.call('nameless', 'GET', '/job-views')).body.items).toEqual([])
    for (const answer of [await save('nameless', 'x', {}), await server.call('nameless', 'DELETE', '/job-views/x')]) {
      expect(answer).toMatchObject({ status: 403, body: { code: 'unattributable_actor' } })
    }
  })

  test('are limited to a hundred for each actor; existing ones can still be changed', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, (_, n) => save('viewer-demo', `view ${n}`, {})))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(await save('viewer-demo', 'one more', {})).toMatchObject({ status: 400, body: { detail: expect.stringMatching(/100 saved views/) } })
    expect((await save('viewer-demo', 'view 7', { queue: 'changed' })).status).toBe(200)
    expect(await names('viewer-demo')).toHaveLength(100)
  })

  test('accept only filters of the job list, and changes only from our own pages', async () => {
    expect((await save('ops-demo', 'x', { cursor: 'e' })).status).toBe(400)
    expect((await save('ops-demo', 'x', { state: 'odd' })).status).toBe(400)
    expect((await save('ops-demo', 'x'.repeat(101), {})).status).toBe(400)
    for (const method of ['PUT', 'DELETE']) {
      const answer = await server.call(null, method, '/job-views/mine', method === 'PUT' ? { filters: {} } : undefined, {
        cookie: 'who=ops-demo', 'sec-fetch-site': 'cross-site',
      })
      expect(answer).toMatchObject({ status: 403, body: { code: 'cross_site_refused' } })
    }
    expect((await server.call('ops-demo', 'POST', '/job-views/mine', {})).headers.get('allow')).toBe('PUT, DELETE')
  })
})
