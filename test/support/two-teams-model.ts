import { expect } from 'vitest'
import { kinds, seeded, type Step, withoutAccidents, World } from './two-teams.ts'

/** Statements by which the same request may differ: one more chunk of events, each with its questions. */
const maxStatements = 10

/**
 * Team `b` works in two worlds: in one of them team `a` works beside it, in the other there is no team `a`. Whatever `b` asks,
 * it is answered alike in both, at about the same cost.
 */
export async function compareWorlds({ seed, steps, strict, lookEvery }: { seed: number; steps: number; strict: boolean; lookEvery: number }): Promise<void> {
  const [shared, alone] = await Promise.all([World.start(strict), World.start(strict)])
  const random = seeded(seed)
  const done: Step[] = []
  try {
    for (let step = 1; step <= steps; step++) {
      const taken: Step = { team: random(2) ? 'a' : 'b', kind: kinds[random(kinds.length)]!, number: random(12) }
      done.push(taken)
      const context = `seed ${seed}, ${strict ? 'strict' : 'lax'}, after ${done.map(({ team, kind, number }) => `${team} ${kind} ${number}`).join(', ')}`
      const answer = await shared.take(taken)
      if (taken.team === 'b') {
        const other = await alone.take(taken)
        expect([answer.status, withoutAccidents(answer.text)], context).toEqual([other.status, withoutAccidents(other.text)])
      }
      if (step % lookEvery) continue
      for (const world of [shared, alone]) await world.measure()
      const [seen, wanted] = [await shared.look(), await alone.look()]
      const plain = (answers: typeof seen) => answers.map(({ path, status, text, cost }) => ({ path, status, text: withoutAccidents(text), engine: cost.engine }))
      expect(plain(seen), context).toEqual(plain(wanted))
      // A statement more may be a chunk of events that are kept back, or a connection that was opened for it.
      const more = seen.filter(({ cost }, index) => Math.abs(cost.statements - wanted[index]!.cost.statements) > maxStatements)
      expect(more.map(({ path, cost }) => [path, cost.statements]), context).toEqual([])
    }
  } finally {
    await Promise.all([shared.stop(), alone.stop()])
  }
}
