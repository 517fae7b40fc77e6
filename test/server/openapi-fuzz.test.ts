import { expect, test } from 'vitest'
import { fuzz } from '../support/fuzz/run.ts'
import { worlds } from '../support/fuzz/worlds.ts'

/** The short form of `test/long/openapi-fuzz.test.ts`: other requests each day, the same all day. */
const seed = Math.floor(Date.now() / 86_400_000)

test.each(Object.entries(worlds))(`on %s 500 requests made from the OpenAPI document (seed ${seed}) end as they must`, { timeout: 120_000 }, async (_name, start) => {
  const world = await start()
  try {
    // Whether one is slow is for the long run to say, which has the machine to itself.
    expect((await fuzz(world.server, { requests: 500, seed, maxMs: 10_000 })).faults).toEqual([])
  } finally {
    await world.stop()
  }
})
