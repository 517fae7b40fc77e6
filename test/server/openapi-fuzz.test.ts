import { expect, test } from 'vitest'
import { fuzz } from '../support/fuzz/run.ts'
import { worlds } from '../support/fuzz/worlds.ts'

/** The short form of `test/long/openapi-fuzz.test.ts`, always with the same requests unless another seed is given. */
const seed = Number(process.env.OPS_FUZZ_SEED ?? 20_778)

test.each(Object.entries(worlds))(`on %s 500 requests made from the OpenAPI document (seed ${seed}) end as they must`, { timeout: 120_000 }, async (_name, start) => {
  const world = await start()
  try {
    // Whether one is slow is for the long run to say, which has the machine to itself.
    expect((await fuzz(world.server, { requests: 500, seed, maxMs: 10_000 })).faults).toEqual([])
  } finally {
    await world.stop()
  }
})
