import type { Kit } from '../kit.ts'
import { repeat } from '../repeat.ts'
import { keepCoverage } from './coverage.ts'
import { openState, tick } from './tick.ts'

/** Runs the scheduler in this process. Any number of processes may; the database decides who takes which slot. */
export function startScheduler(kit: Kit, { tickSeconds }: { tickSeconds: number }): { stop(): Promise<void> } {
  const state = openState()
  const loop = repeat(kit, 'cron scheduler', tickSeconds, () => tick(kit, state))
  return {
    async stop() {
      await loop.stop()
      // A database that is away has nothing to be told; the record then ends a few seconds early.
      await keepCoverage(kit, state.coverage, { final: true }).catch(() => {})
    },
  }
}
