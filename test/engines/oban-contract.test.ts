import { startObanFixture } from '../support/oban-fixture.ts'
import { engineContract } from './contract.ts'

/** The oldest tables that are supported and the newest that there are. */
for (const version of [11, 15]) engineContract(`Oban at version ${version}`, () => startObanFixture(version))
