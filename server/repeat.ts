import { describeFailure } from './describe-failure.ts'
import type { Kit } from './kit.ts'

/**
 * Runs `work` now and then every `seconds`, one at a time. A failure is logged once until it works again, and
 * tried again soon: a database that is away must not need a restart. Long work asks now and then whether it is to stop.
 */
export function repeat(kit: Kit, name: string, seconds: number, work: (stopping: () => boolean) => Promise<unknown>): { stop(): Promise<void> } {
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  let failing = false

  const run = async (): Promise<void> => {
    let wait = seconds
    try {
      await work(() => stopped)
      if (failing) kit.log.info(`${name} works again`)
      failing = false
    } catch (error) {
      if (!failing) kit.log.warn(`${name} failed, trying again`, describeFailure(error))
      failing = true
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
