import { describe } from 'vitest'
import { bullBackends } from '../support/bullmq.ts'
import { engineModel } from './model.ts'
import { startBullModel } from './model-bullmq.ts'

for (const { name, skipped, start } of bullBackends) {
  describe.skipIf(skipped)(skipped ? `skipped: ${skipped}` : `on ${name}`, () => {
    engineModel(`BullMQ on ${name}`, () => startBullModel(start), { runs: 6 })
  })
}
