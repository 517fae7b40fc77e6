import type { OwnCoverage } from './coverage.ts'

/** What one scheduler process remembers between ticks; correctness does not depend on it. */
export interface SchedulerState {
  coverage: OwnCoverage
  /** Queues that delayed a claim. Their entries are taken one by one, separately from the others, until a job is created quickly again. */
  slow: Set<string>
  /** Pending job creations outside any transaction, for slow queues. */
  making: Set<Promise<void>>
  /** Where the next round over open slots and over waiting follow-ups continues. */
  finishedFrom?: string
  followUpsFrom?: string
}

export function openState(): SchedulerState {
  return { coverage: {}, slow: new Set(), making: new Set() }
}
