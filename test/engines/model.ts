import fc from 'fast-check'
import { Pool } from 'pg'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { everyCommand, firstJobs } from './model-commands.ts'
import { Trial } from './model-trial.ts'
import { judge } from './model-verdict.ts'
import type { ModelWorld } from './model-world.ts'

const { MODEL_SEED = '20261121', MODEL_RUNS, MODEL_PATH, MODEL_REPLAY, MODEL_SHRINK, MODEL_TELL } = process.env

/**
 * Real workers run while operators retry, cancel, discard, restore, pause and resume at random, and in the end everything adds
 * up: no job lost, none run twice because of us, every change with its evidence, and our pages show what the engine has.
 *
 * A failure prints its seed, path and commands: `MODEL_SEED=… MODEL_PATH=… MODEL_REPLAY=… vitest run <file>` runs them again.
 * What the workers do meanwhile is theirs, so a replay may need some patience. `MODEL_RUNS=200` runs it long, `MODEL_SHRINK=1`
 * looks for a shorter way to fail, and `MODEL_TELL=1` tells what was done how often.
 *
 * @example
 * engineModel('pg-boss', () => startPgBossModel(), { runs: 6 })
 */
export function engineModel(name: string, start: () => Promise<ModelWorld>, { runs }: { runs: number }): void {
  describe(`operators and workers on ${name}`, () => {
    let world: ModelWorld
    let sql: Pool
    const tally: Record<string, number> = {}
    beforeAll(async () => {
      world = await start()
      sql = new Pool({ connectionString: world.server.database.url, max: 2 })
      sql.on('error', () => {})
    }, 60_000)
    afterAll(async () => {
      await sql?.end()
      if (MODEL_TELL) console.log(name, tally)
      await world?.stop()
    }, 60_000)

    test('lose nothing, run nothing twice and leave evidence of everything', async () => {
      const commands = fc.commands(everyCommand, { maxCommands: 40, size: 'max', replayPath: MODEL_REPLAY })
      const property = fc.asyncProperty(firstJobs, commands, async (first, steps) => {
        const trial = new Trial(world, sql)
        await trial.begin()
        try {
          for (const { plan, queue } of first) await trial.add(trial.queue(queue), { plan })
          await fc.asyncModelRun(() => ({ model: trial.ledger, real: trial }), steps)
          await judge(trial)
          for (const what of trial.ledger.events()) tally[what] = (tally[what] ?? 0) + 1
        } finally {
          trial.openGate()
          await trial.shift.end()
        }
      })
      const path = MODEL_PATH === undefined ? {} : { path: MODEL_PATH }
      const numRuns = Number(MODEL_RUNS ?? runs)
      await fc.assert(property, { seed: Number(MODEL_SEED), numRuns, endOnFailure: MODEL_SHRINK === undefined, ...path })
    }, Number(MODEL_RUNS ?? 0) * 20_000 + 120_000)
  })
}
