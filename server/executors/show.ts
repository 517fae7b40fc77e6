import { type Executor, lateSeconds, missingSeconds } from '../../schemas/index.ts'
import type { KnownExecutor } from './executors.ts'

/** Below this, a rate per minute would be a guess. */
const minRateSeconds = 5

/** An executor as the API describes it. The caller has removed the queues that the viewer may not see. */
export function showExecutor(executor: KnownExecutor): Executor {
  const { health, beatAt, endedAt, silentSeconds, latelySeconds, held } = executor
  const current = health === 'healthy' || health === 'late'
  const perMinute = (count: number) => (current && latelySeconds >= minRateSeconds ? (count * 60) / latelySeconds : null)
  const silentAfter = (seconds: number) => (endedAt === null && silentSeconds >= seconds ? new Date(beatAt.getTime() + seconds * 1000).toISOString() : null)
  const queues = executor.queues.map(({ queue, slots, used, paused, limit, lately }) => ({
    name: queue,
    slots,
    used: current ? used : null,
    paused,
    limit,
    donePerMinute: perMinute(lately.done),
    failedPerMinute: perMinute(lately.failed),
  }))
  const oldest = held.map(({ oldestAt }) => oldestAt).toSorted()[0]
  return {
    id: executor.id,
    name: executor.name,
    host: executor.host,
    pid: executor.pid,
    version: executor.version,
    source: 'companion',
    health,
    startedAt: executor.startedAt.toISOString(),
    beatAt: beatAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
    lateAt: silentAfter(lateSeconds),
    missingAt: silentAfter(missingSeconds),
    queues: queues.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    slots: executor.slots ?? sumOf(queues.map(({ slots }) => slots)),
    held: held.reduce((sum, { count }) => sum + count, 0),
    oldestHeldAt: oldest === undefined ? null : new Date(oldest).toISOString(),
    donePerMinute: sumOf(queues.map(({ donePerMinute }) => donePerMinute)),
    failedPerMinute: sumOf(queues.map(({ failedPerMinute }) => failedPerMinute)),
  }
}

/** null if any of them is unknown, or there is none. */
function sumOf(values: (number | null)[]): number | null {
  return values.length ? values.reduce<number | null>((sum, value) => (sum === null || value === null ? null : sum + value), 0) : null
}
