import { type ExecutorHealth, lateSeconds, missingSeconds } from '../../schemas/executor-words.ts'

/** The facts that decide an executor's health. */
export interface Signs {
  /** Seconds since its last beat by the database's clock, without the time when the database was away; null: it does not beat. */
  silentSeconds: number | null
  ended: boolean
}

/** The only rule for an executor's health; every surface uses it. */
export function healthOf({ silentSeconds, ended }: Signs): ExecutorHealth {
  if (ended) return 'ended'
  if (silentSeconds === null) return 'unknown'
  if (silentSeconds >= missingSeconds) return 'missing'
  return silentSeconds >= lateSeconds ? 'late' : 'healthy'
}

/** Worst first. */
export const healthRank: Readonly<Record<ExecutorHealth, number>> = { missing: 0, late: 1, unknown: 2, healthy: 3, ended: 4 }
