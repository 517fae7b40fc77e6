import { expect, test } from 'vitest'
import { fuzz } from '../support/fuzz/run.ts'
import { worlds } from '../support/fuzz/worlds.ts'

const requests = Number(process.env.OPS_FUZZ_REQUESTS ?? 100_000)
const seed = Number(process.env.OPS_FUZZ_SEED ?? 1)
/** What fails the run is a request that hangs; how long the slowest took is printed, because a second means little on a busy machine. */
const maxMs = Number(process.env.OPS_FUZZ_MAX_MS ?? 10_000)
const chosen = Object.entries(worlds).filter(([name]) => !process.env.OPS_FUZZ_ENGINE || process.env.OPS_FUZZ_ENGINE === name)

test.each(chosen)('on %s no request of any role ends in a fault, breaks off or hangs', { timeout: 3_600_000 }, async (name, start) => {
  const world = await start()
  try {
    const report = await fuzz(world.server, { requests: Math.ceil(requests / chosen.length), seed, maxMs })
    console.log(name, JSON.stringify(report.statuses), `slowest ${Math.round(report.slowestMs)} ms`)
    expect(report.faults).toEqual([])
  } finally {
    await world.stop()
  }
})
