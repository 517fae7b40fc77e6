import { Client } from 'pg'
import { afterEach, expect, test } from 'vitest'
import type { LiveHint } from '../../../schemas/index.ts'
import { hintChannel } from '../../../server/db/hint.ts'
import { type Harness, openHarness } from './harness.ts'

let harness: Harness
let listener: Client
afterEach(async () => {
  await listener.end()
  await harness.close()
})

test('listeners get one hint per round for each entry that changed, and never any data', async () => {
  harness = await openHarness()
  listener = new Client({ connectionString: harness.kit.db.sessionUrl })
  await listener.connect()
  const heard: string[] = []
  listener.on('notification', ({ payload }) => void (payload?.includes('"cron"') && heard.push(payload)))
  await listener.query(`listen ${hintChannel('ops')}`)
  const hint = (name: string) => JSON.stringify({ topic: 'cron', subject: { type: 'cron_entry', id: name } })
  const told = async () => {
    await listener.query('select 1')
    return heard.splice(0).map((payload) => {
      expect(payload).not.toContain('canary')
      const { topic, subject } = JSON.parse(payload) as LiveHint
      return JSON.stringify({ topic, subject })
    })
  }

  const busy = { queue: 'work', expression: '* * * * *', overlap: 'allow' as const, catchUp: 'all' as const, maxCatchUp: 5, args: { password: 'canary' } }
  await harness.sync([{ ...busy, name: 'a' }, { ...busy, name: 'b' }, { ...busy, name: 'quiet', expression: '0 0 1 1 *' }])
  expect(await told()).toEqual([hint('a'), hint('b'), hint('quiet')])
  await harness.sync([{ ...busy, name: 'a' }, { ...busy, name: 'b' }, { ...busy, name: 'quiet', expression: '0 0 1 1 *' }])
  expect(await told()).toEqual([])
  await harness.tickAt('2026-03-02T10:04:01Z')
  expect((await told()).sort()).toEqual([hint('a'), hint('b')])
  await harness.tickAt('2026-03-02T10:04:02Z')
  expect(await told()).toEqual([])
  await harness.work()
  await harness.tickAt('2026-03-02T10:04:03Z')
  expect(await told()).toHaveLength(1)
  await harness.operate('pause_cron_entry', 'quiet')
  await expect.poll(told).toEqual([hint('quiet')])
})
