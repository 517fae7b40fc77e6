import { describe } from 'vitest'
import { startBullFixture } from '../support/bullmq-fixture.ts'
import { bullBackends } from '../support/bullmq.ts'
import { engineContract } from './contract.ts'

for (const { name, skipped, start } of bullBackends) {
  describe.skipIf(skipped)(skipped ? `skipped: ${skipped}` : `on ${name}`, () => engineContract(`BullMQ on ${name}`, () => startBullFixture(start)))
}
