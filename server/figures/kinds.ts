import { engineCheck } from './engine-check.ts'
import type { FindingKind } from './finding.ts'
import { longRunningJobs } from './long-running.ts'

/** What the figures query in the background. Each has a file of its own and a line here. */
export const findingKinds: readonly FindingKind<unknown>[] = [longRunningJobs, engineCheck]
