import { test } from 'vitest'
import { compareWorlds } from '../support/two-teams-model.ts'

const seeds = Array.from({ length: 20 }, (_, index) => index + 100)

test.each(seeds.flatMap((seed) => [['strict', seed], ['lax', seed]] as const))('one team learns nothing of another: %s host, seed %i, 150 steps', async (host, seed) => {
  await compareWorlds({ seed, steps: 150, strict: host === 'strict', lookEvery: 10 })
})
