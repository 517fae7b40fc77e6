import type { Kit } from '../kit.ts'
import { resumeDueEntries } from './auto-resume.ts'
import { keepCoverage, type OwnCoverage } from './coverage.ts'

/** What one scheduler process remembers between ticks; nothing depends on it. */
export interface TickState {
  coverage: OwnCoverage
}

export function openState(): TickState {
  return { coverage: {} }
}

/** One round of one scheduler. Any number of processes may run it at the same moment. */
export async function tick(kit: Kit, state: TickState): Promise<void> {
  await keepCoverage(kit, state.coverage)
  await resumeDueEntries(kit)
}
