import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DetectorWorld, startDetector } from '../../support/detector.ts'
import { type OwnServer, startOwnServer } from '../../support/postgres.ts'

let postgres: OwnServer
let world: DetectorWorld
beforeAll(async () => {
  postgres = await startOwnServer()
  world = await startDetector({}, postgres)
})
afterAll(async () => {
  await world?.stop()
  await postgres?.remove()
})

const report = (moves: boolean) => ({ name: 'report', executors: 1, limit: 1, due: { count: 5, how: 'exact' as const, oldestAt: new Date(world.now().getTime() - 3_600_000) }, ...(moves && { started: 1, finished: 1 }) })

async function pass(minutes: number, { moves = false } = {}): Promise<void> {
  for (let minute = 0; minute < minutes; minute++) {
    world.pass(60)
    await world.measure([report(moves)], 60)
    await world.look()
  }
}
const states = async () => (await world.incidents()).map(({ key, state }) => [key, state])

test('while the database is down the detector reports it and changes nothing; afterwards it continues where it was', { timeout: 120_000 }, async () => {
  await pass(13)
  expect(await states()).toEqual([['stuck_queue:report', 'open']])
  // It moves again, but not for long enough to be resolved.
  await pass(3, { moves: true })
  for (const how of ['immediate', 'fast'] as const) {
    await postgres.stop(how)
    for (let minute = 0; minute < 5; minute++) {
      world.pass(60)
      await expect(world.look()).rejects.toThrow()
    }
    await postgres.start()
    // What was before counts, what was between does not.
    await pass(1, { moves: true })
    expect(await states()).toEqual([['stuck_queue:report', 'open']])
  }
  await pass(5, { moves: true })
  expect(await states()).toEqual([['stuck_queue:report', 'resolved']])
  expect((await world.events()).map(({ type }) => type)).toEqual(['incident.opened', 'incident.resolved'])
})
