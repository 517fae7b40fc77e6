import { expect } from 'vitest'
import { type Answered, kinds, seeded, type Step, withoutAccidents, World } from './two-teams.ts'

/**
 * Statements by which the same request may differ: the one that asks which of the refused queues to leave out, and one more chunk
 * of events with the runs that these name, where events name a queue that was never measured, so that they cannot be left out
 * before they are read.
 */
const maxMoreStatements = 3

/**
 * Team `b` works in two worlds: in one of them team `a` works beside it, in the other there is no team `a`. Whatever `b` asks,
 * it is answered alike in both, at about the same cost, and live it hears the same; of what `a` does it hears nothing.
 */
export async function compareWorlds({ seed, steps, strict, lookEvery }: { seed: number; steps: number; strict: boolean; lookEvery: number }): Promise<void> {
  const startedAt = new Date()
  const [shared, alone] = await Promise.all([World.start(strict, ['a', 'b'], startedAt), World.start(strict, ['b'], startedAt)])
  const random = seeded(seed)
  const done: Step[] = []
  try {
    for (let step = 1; step <= steps; step++) {
      const taken: Step = { team: random(2) ? 'a' : 'b', kind: kinds[random(kinds.length)]!, number: random(12) }
      done.push(taken)
      for (const world of [shared, alone]) world.pass()
      const context = `seed ${seed}, ${strict ? 'strict' : 'lax'}, after ${done.map(({ team, kind, number }) => `${team} ${kind} ${number}`).join(', ')}`
      const answer = await shared.take(taken)
      if (taken.team === 'a') expect(await shared.hear(), `heard live, ${context}`).toEqual([])
      else {
        const other = await alone.take(taken)
        expect(await shared.hear(), `heard live, ${context}`).toEqual(await alone.hear())
        expect([answer.status, withoutAccidents(answer.text)], context).toEqual([other.status, withoutAccidents(other.text)])
      }
      if (step % lookEvery) continue
      for (const world of [shared, alone]) await world.measure()
      expect(await shared.hear(), `heard live of a measurement, ${context}`).toEqual(await alone.hear())
      const [seen, wanted] = [await shared.look(), await alone.look()]
      const plain = (answers: typeof seen) => answers.map(({ path, status, text, cost }) => ({ path, status, text: withoutAccidents(text), engine: cost.engine }))
      expect(plain(seen), context).toEqual(plain(wanted))
      let costly = compareCosts(seen, wanted)
      // What goes on beside requests, e.g. a sweep, is not a cost of theirs: it does not come again with the same one.
      if (costly.length) {
        const again = compareCosts(await shared.look(), await alone.look())
        costly = costly.filter(({ place }) => again.some((other) => other.place === place))
      }
      expect(costly, context).toEqual([])
      // Looking is written down too, where it is an export.
      for (const world of [shared, alone]) await world.hear()
    }
  } finally {
    await Promise.all([shared.stop(), alone.stop()])
  }
}

function compareCosts(seen: Answered[], wanted: Answered[]) {
  return seen.flatMap(({ path, cost }, place) => {
    const alone = wanted[place]!.cost.sent
    return Math.abs(cost.sent.length - alone.length) > maxMoreStatements ? [{ place, path, shared: cost.sent, alone }] : []
  })
}
