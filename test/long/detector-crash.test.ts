import { execFile } from 'node:child_process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DetectorWorld, startDetector } from '../support/detector.ts'

let world: DetectorWorld
beforeAll(async () => {
  world = await startDetector({ escalation: { handle() {} } })
})
afterAll(async () => {
  await world?.stop()
})

/** Looks in a process that dies at its n-th statement, or right after the look with 0. Returns how many there were. */
function lookAndDie(statement: number): Promise<number> {
  const env = { ...process.env, DATABASE_URL: world.database.url, NOW: String(world.now().getTime()), KILL_AT: String(statement) }
  return new Promise((resolve, reject) => {
    execFile(process.execPath, ['test/support/detector-child.ts'], { env }, (error, stdout, stderr) => {
      if ((error as { signal?: string } | null)?.signal !== 'SIGKILL') return reject(new Error(`the child did not die as planned: ${stderr}`))
      resolve(Number(stdout || 0))
    })
  })
}

/** Brings a queue to where the next look opens its incident. */
async function prepare(queue: string): Promise<void> {
  await world.client.query('truncate ops.incident')
  for (let minute = 0; minute < 11; minute++) {
    world.pass(60)
    await world.measure([{ name: queue, executors: 1, limit: 1, due: { count: 5, how: 'exact', oldestAt: new Date(world.now().getTime() - 3_600_000) } }], 60)
  }
  await world.look()
  expect((await world.incidents()).map(({ state }) => state)).toEqual(['pending'])
  world.pass(30)
  await world.measure([{ name: queue, executors: 1, limit: 1, due: { count: 5, how: 'exact', oldestAt: new Date(world.now().getTime() - 3_600_000) } }], 30)
}

/** An open incident, its event and the notice for the host, all of them or none. */
async function committed(): Promise<number> {
  const [row] = await world.incidents()
  const { rows: events } = await world.client.query<{ id: string }>(`select id from ops.audit_event where subject_id = $1 and event_type = 'incident.opened'`, [row!.id])
  const { rows: notices } = await world.client.query<{ id: string }>(`select id from ops.notice where thread = 'incident:' || $1`, [row!.id])
  const opened = row!.state === 'open' ? 1 : 0
  expect({ opened, events: events.length, notices: notices.map(({ id }) => id) }).toEqual({ opened, events: opened, notices: events.map(({ id }) => id) })
  return opened
}

test('a detector killed at any statement loses nothing and records nothing twice', { timeout: 240_000 }, async () => {
  await prepare('whole')
  const statements = await lookAndDie(0)
  expect(await committed()).toBe(1)
  expect(statements).toBeGreaterThan(10)
  const outcomes: number[] = []
  for (let statement = 1; statement <= statements; statement++) {
    await prepare(`killed_at_${statement}`)
    await lookAndDie(statement)
    outcomes.push(await committed())
    // Its turn ends by itself, by the database's clock.
    await world.client.query('update ops.turn set until = now()')
    world.pass(30)
    await world.measure([{ name: `killed_at_${statement}`, executors: 1, limit: 1, due: { count: 5, how: 'exact', oldestAt: new Date(world.now().getTime() - 3_600_000) } }], 30)
    await world.look()
    expect(await committed(), `killed at statement ${statement}`).toBe(1)
  }
  // Before the commit is sent nothing is there; whatever comes after it is not needed.
  expect(outcomes.lastIndexOf(0)).toBeLessThan(outcomes.includes(1) ? outcomes.indexOf(1) : statements)
})
