import type { EngineCheck } from '../../engines/engine.ts'
import { engineCheck } from '../../figures/engine-check.ts'
import { findFinding } from '../../figures/finding.ts'
import type { Reading, Source } from '../sight.ts'

/** What the engine answered to the latest check. */
export type EngineSeen = EngineCheck

export async function readEngine(reading: Reading): Promise<Source<EngineSeen>> {
  const finding = await findFinding(reading, engineCheck)
  return finding && { value: finding.data, asOf: finding.asOf }
}
