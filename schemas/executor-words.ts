/** The words about executors. Must not import zod, because elements load this file. */

/** The health of an executor, from the age of its last heartbeat by the database's clock. `ended`: it signed off. `late` never repairs, `missing` may. */
export const executorHealths = { healthy: 'healthy', late: 'late', missing: 'missing', unknown: 'unknown', ended: 'ended' } as const
export type ExecutorHealth = keyof typeof executorHealths

/** An executor sends a heartbeat this often. */
export const beatSeconds = 10
/** After this long without a heartbeat it is late. */
export const lateSeconds = 45
/** After this long without a heartbeat it is missing. */
export const missingSeconds = 120
