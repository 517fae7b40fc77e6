import type { EngineCheck } from '../engines/engine.ts'
import type { FindingKind } from './finding.ts'

/** Whether the engine answers, as the latest check found. A check never throws, and ends after a few seconds if the engine hangs. */
export const engineCheck: FindingKind<EngineCheck> = {
  key: 'engine_check',
  // It costs the engine nothing; while it hangs, it is asked again soon nevertheless.
  restFactor: 2,
  find: ({ engine }) => engine.check(),
}
