import { test } from 'vitest'
import { compareWorlds } from '../support/two-teams-model.ts'

/** `SEEDS=104,117` runs only these, `STEPS=40` so many steps of each. */
const seeds = process.env.SEEDS?.split(',').map(Number) ?? Array.from({ length: 10 }, (_, index) => index + 100)
const steps = Number(process.env.STEPS ?? 150)

test.each(seeds.flatMap((seed) => [['strict', seed], ['lax', seed]] as const))('one team learns nothing of another: %s host, seed %i', async (host, seed) => {
  await compareWorlds({ seed, steps, strict: host === 'strict', lookEvery: 10 })
})
