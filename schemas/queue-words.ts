/** The words of the list of queues. Must not import zod, because elements load this file. */

/** In which order queues are listed. */
export const queueOrders = { worst: 'Worst first', name: 'Name', waiting: 'Waiting', failed: 'Failed' } as const
export type QueueOrder = keyof typeof queueOrders
