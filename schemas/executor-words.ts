/** The words about executors. Must not import zod, because elements load this file. */

/** How an executor's last beat is judged, by the database's clock. `ended`: it signed off. `late` never repairs, `missing` may. */
export const executorHealths = { healthy: 'healthy', late: 'late', missing: 'missing', unknown: 'unknown', ended: 'ended' } as const
export type ExecutorHealth = keyof typeof executorHealths

/** An executor beats this often. */
export const beatSeconds = 10
/** After this long without a beat it is late. */
export const lateSeconds = 45
/** After this long without a beat it is missing. */
export const missingSeconds = 120
