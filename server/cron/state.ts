import type { OwnCoverage } from './coverage.ts'

/** What one scheduler process remembers between ticks; nothing depends on it. */
export interface SchedulerState {
  coverage: OwnCoverage
  /** Queues that kept a claim waiting. Their entries are taken one by one, apart from the others, until a job is made quickly again. */
  slow: Set<string>
  /** Jobs being made outside any transaction for queues that take their time. */
  making: Set<Promise<void>>
  /** Where the rounds over open slots and waiting follow-ups go on. */
  finishedFrom?: string
  followUpsFrom?: string
}

export function openState(): SchedulerState {
  return { coverage: {}, slow: new Set(), making: new Set() }
}
