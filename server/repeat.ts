import { describeFailure } from './describe-failure.ts'
import type { Kit } from './kit.ts'

/** Returned by `work` when there was nothing to do, so that the run counts as neither success nor failure. */
export const idle = Symbol('idle')

/**
 * Runs `work` immediately and then every `seconds`, never overlapping. A failure is retried soon, because a database outage must
 * not require a restart. An outage is logged when it begins and when it ends, with the number of failures. Long-running work
 * should check `stopping()` regularly.
 */
export function repeat(kit: Kit, name: string, seconds: number, work: (stopping: () => boolean) => Promise<unknown>): { stop(): Promise<void> } {
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  let failures = 0
  let failingSince = 0

  const run = async (): Promise<void> => {
    let wait = seconds
    try {
      const answer = await work(() => stopped)
      if (failures && answer !== idle) {
        kit.log.info(`${name} works again`, { failures, seconds: Math.round((performance.now() - failingSince) / 1000) })
        failures = 0
      }
    } catch (error) {
      if (!failures) {
        kit.log.warn(`${name} failed, trying again`, describeFailure(error))
        failingSince = performance.now()
      }
      failures += 1
      wait = Math.min(seconds, 2)
    }
    if (!stopped) timer = setTimeout(next, wait * 1000)
  }
  let running: Promise<void>
  const next = () => {
    running = run()
  }
  next()
  return {
    async stop() {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}
