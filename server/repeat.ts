import { describeFailure } from './describe-failure.ts'
import type { Kit } from './kit.ts'

/** What `work` answers when there was nothing to try, so that it says nothing of whether it would have worked. */
export const idle = Symbol('idle')

/**
 * Runs `work` now and then every `seconds`, one at a time. A failure is tried again soon, because a database that is away must
 * not need a restart. It is logged when it begins and when it is over, with how often it happened. Long work asks now and then
 * whether it is to stop.
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
