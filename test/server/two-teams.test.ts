import { test } from 'vitest'
import { compareWorlds } from '../support/two-teams-model.ts'

test.each([
  ['strict', 1],
  ['lax', 2],
] as const)('one team learns nothing of another from any answer, with a %s host and seed %i', { timeout: 120_000 }, async (host, seed) => {
  await compareWorlds({ seed, steps: 30, strict: host === 'strict', lookEvery: 6 })
})
