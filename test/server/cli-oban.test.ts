import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { commandLine, type CommandLine, obanText } from '../support/command-line.ts'
import { type ObanWorld, startOban } from '../support/oban.ts'

let world: ObanWorld
let ops: CommandLine
beforeAll(async () => {
  world = await startOban(13)
  ops = await commandLine(world.url, { on: obanText(world.url) })
  await ops.run(['migrate', 'up'])
})
afterAll(() => world.stop())

const reason = ['--yes', '--reason', 'the mail server is down']

describe('on Oban', () => {
  test('a queue is paused, scaled and resumed by signals that its nodes receive', async () => {
    await world.insert({ queue: 'mail' })
    const heard = await world.heard(async () => {
      for (const args of [['pause', 'mail'], ['scale', 'mail', '3'], ['resume', 'mail']]) {
        expect(await ops.run(['queues', ...args, ...reason])).toMatchObject({ code: 0, err: '' })
      }
    })
    expect(heard.map(({ payload: { action, queue, limit } }) => [action, queue, limit])).toEqual([
      ['pause', 'mail', undefined],
      ['scale', 'mail', 3],
      ['resume', 'mail', undefined],
    ])
    const audited = JSON.parse((await ops.run(['audit', 'list', '--subject', 'queue:mail', '--json'])).out) as { items: { eventType: string; source: string }[] }
    expect(audited.items.map(({ eventType, source }) => [eventType, source])).toEqual([
      ['queue.resumed', 'cli'],
      ['queue.scaled', 'cli'],
      ['queue.paused', 'cli'],
    ])
  })

  test('a dry run of a pause shows its effect and sends the nodes nothing', async () => {
    const heard = await world.heard(async () => {
      const shown = await ops.run(['queues', 'pause', 'mail', '--dry-run'])
      expect(shown).toMatchObject({ code: 0, out: expect.stringMatching(/subject +queue:mail[^]*Nothing was changed/) as string })
    })
    expect(heard).toEqual([])
  })

  test('the list of queues shows who paused a queue, and why', async () => {
    await ops.run(['queues', 'pause', 'mail', ...reason])
    const list = await ops.run(['queues', 'list', '--search', 'MAI'])
    expect(list.out).toMatch(/^mail +.*paused, ops-demo, the mail server is down/m)
    expect((await ops.run(['queues', 'list', '--search', 'else'])).out.trim().split('\n')).toHaveLength(1)
    await ops.run(['queues', 'resume', 'mail', ...reason])
  })

  test('jobs are found by worker, tag and arguments, and all that match are retried', async () => {
    const wanted = await world.insertMany({ queue: 'mail', worker: 'Shop.Letter', tags: ['vip'], args: '{"order":7}', state: 'discarded', attempt: 3, maxAttempts: 3, discardedIn: -1 }, 2)
    const other = await world.insert({ queue: 'mail', worker: 'Shop.Letter', state: 'discarded', attempt: 3, maxAttempts: 3, discardedIn: -1 })
    const filters = ['--worker', 'Shop.Letter', '--tag', 'vip', '--args', '{"order":7}']
    const listed = JSON.parse((await ops.run(['jobs', 'list', ...filters, '--json'])).out) as { items: { id: string }[] }
    expect(listed.items.map(({ id }) => id).toSorted()).toEqual(wanted.toSorted())
    expect((await ops.run(['jobs', 'retry', ...filters, ...reason])).out).toMatch(/Outcomes: done 2\./)
    const states = await Promise.all([...wanted, other].map(async (id) => (await world.row(id)).state))
    expect(states).toEqual(['available', 'available', 'discarded'])
  })
})
