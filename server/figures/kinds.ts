import { discardedJobs } from './discarded.ts'
import type { FindingKind } from './finding.ts'

/** Everything that is looked for in the background: a file and a line here for each. */
export const findingKinds: readonly FindingKind<unknown>[] = [discardedJobs]
