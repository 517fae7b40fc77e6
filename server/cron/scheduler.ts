import type { Kit } from '../kit.ts'
import { repeat } from '../repeat.ts'
import { recordCoverage } from './coverage.ts'
import { takeSlowEntries } from './slow.ts'
import { openState } from './state.ts'
import { claim, followJobs } from './tick.ts'

/**
 * Runs the scheduler in this process. Any number of processes may run one; the database decides who claims which slot. Work that
 * may have to wait for a queue has its own loop, so that it delays neither healthy entries nor the coverage record.
 */
export function startScheduler(kit: Kit, { tickSeconds }: { tickSeconds: number }): { stop(): Promise<void> } {
  const state = openState()
  const loops = [
    repeat(kit, 'cron coverage', tickSeconds, () => recordCoverage(kit, state.coverage)),
    repeat(kit, 'cron scheduler', tickSeconds, () => claim(kit, state)),
    repeat(kit, 'cron scheduler, slow queues', tickSeconds, (stopping) => takeSlowEntries(kit, state, stopping)),
    repeat(kit, 'cron scheduler, finished jobs', tickSeconds, () => followJobs(kit, state)),
  ]
  return {
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()))
      await Promise.allSettled(state.making)
      // If the database is unavailable, the recorded interval ends a few seconds early.
      await recordCoverage(kit, state.coverage, { final: true }).catch(() => {})
    },
  }
}
