import type { Kit } from '../kit.ts'
import { repeat } from '../repeat.ts'
import { keepCoverage } from './coverage.ts'
import { takeSlowEntries } from './slow.ts'
import { openState } from './state.ts'
import { claim, followJobs } from './tick.ts'

/**
 * Runs the scheduler in this process. Any number of processes may; the database decides who takes which slot. What may have to
 * wait for a queue has a loop of its own, so that it holds up neither healthy entries nor the record that somebody is here.
 */
export function startScheduler(kit: Kit, { tickSeconds }: { tickSeconds: number }): { stop(): Promise<void> } {
  const state = openState()
  const loops = [
    repeat(kit, 'cron coverage', tickSeconds, () => keepCoverage(kit, state.coverage)),
    repeat(kit, 'cron scheduler', tickSeconds, () => claim(kit, state)),
    repeat(kit, 'cron scheduler, slow queues', tickSeconds, (stopping) => takeSlowEntries(kit, state, stopping)),
    repeat(kit, 'cron scheduler, finished jobs', tickSeconds, () => followJobs(kit, state)),
  ]
  return {
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()))
      await Promise.allSettled(state.making)
      // A database that is away has nothing to be told; the record then ends a few seconds early.
      await keepCoverage(kit, state.coverage, { final: true }).catch(() => {})
    },
  }
}
