import { execFile } from 'node:child_process'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { query } from '../../server/db/database.ts'
import { readNoticeFacts } from '../../server/incidents/notice-facts.ts'
import { tellHost } from '../../server/notices/tell.ts'
import type { RunningKit } from '../../server/open.ts'
import { deliverDue } from '../../server/webhooks/deliver.ts'
import { standardWebhooks } from '../../server/webhooks/index.ts'
import { changeIncident, insertIncident, openNoticeKit } from '../support/notices.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'
import { type Receiver, startReceiver } from '../support/receiver.ts'

/** More than there are; the test ends at the first child that was not killed before its work was done. */
const maxSteps = 60
const clock = { now: new Date('2026-11-21T03:00:00Z') }
const pass = (seconds: number) => (clock.now = new Date(clock.now.getTime() + seconds * 1000))

let database: TestDatabase
let receiver: Receiver
let kit: RunningKit
beforeAll(async () => {
  database = await createDatabase()
  receiver = await startReceiver()
  kit = await openNoticeKit(database.url, clock, standardWebhooks({
    endpoints: [{ name: 'chat', url: `${receiver.url}/hook`, secrets: [`whsec_${Buffer.alloc(24, 1).toString('base64')}`], allowPrivate: true }],
    also: { handle: async ({ id }) => void (await fetch(`${receiver.url}/handler`, { method: 'POST', body: id })) },
  }))
})
afterAll(async () => {
  await kit.db.close()
  await receiver.close()
  await database.drop()
})

/** How many steps its work took, or undefined if it was killed before. */
function dieAt(step: number): Promise<number | undefined> {
  const env = { ...process.env, DATABASE_URL: database.url, RECEIVER: receiver.url, NOW: clock.now.toISOString(), KILL_AT: String(step) }
  return new Promise((resolve, reject) => {
    execFile(process.execPath, ['test/support/notice-crash-child.ts'], { env }, (error, stdout, stderr) => {
      if ((error as { signal?: string } | null)?.signal !== 'SIGKILL') return reject(new Error(`the child did not die as planned: ${stderr}`))
      resolve(stdout ? Number(stdout) : undefined)
    })
  })
}

test('a process that is killed at any step loses no notice, and none is sent with another id', async () => {
  let killed = 0
  for (let step = 1; step <= maxSteps; step++) {
    const incident = await insertIncident(kit, clock.now)
    const event = await changeIncident(kit, incident, 'incident.opened')
    pass(31)
    receiver.received.length = 0
    const finished = await dieAt(step)
    // Its claims expire, and another process goes on.
    pass(61)
    const at = `killed at step ${step}`
    const heardBy = (path: string) => receiver.received.filter((request) => request.path === path)
    // PostgreSQL needs a moment to notice that the killed process is gone, and to let go of what it held.
    await expect.poll(async () => {
      await tellHost(kit, readNoticeFacts)
      for (const endpoint of kit.escalation!.webhooks!.endpoints) await deliverDue(kit, endpoint)
      return [heardBy('/handler').length > 0, heardBy('/hook').length > 0]
    }, { message: at }).toEqual([true, true])

    const heard = heardBy('/handler').map(({ body }) => body)
    const hooked = heardBy('/hook').map(({ headers }) => headers['webhook-id'])
    expect([...new Set(heard)], at).toEqual([event])
    expect([...new Set(hooked)], at).toEqual([event])
    expect(heard.length, at).toBeLessThanOrEqual(2)
    expect(hooked.length, at).toBeLessThanOrEqual(2)
    const [recorded] = await query(kit.db.em(), sql<Record<string, number>>`select
      (select count(*)::int from ops.notice where id = ${event} and outcome = 'told') as told,
      (select count(*)::int from ops.audit_event where event_type = 'host.follow_up' and subject_id = ${incident} and outcome = 'succeeded') as "followUps",
      (select count(*)::int from ops.webhook_delivery where message_id = ${event} and state = 'delivered') as delivered`)
    expect(recorded, at).toEqual({ told: 1, followUps: 1, delivered: 1 })
    if (finished !== undefined) break
    killed += 1
  }
  // Every statement of telling and sending, the handler and the webhook on both sides.
  expect(killed).toBeGreaterThan(15)
  expect(killed).toBeLessThan(maxSteps)
}, 300_000)
