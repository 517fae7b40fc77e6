/** The words about groups of errors. Must not import zod, because elements load this file. */

/** `new`: first seen within a day. `regression`: was resolved and came back. */
export const errorStates = { new: 'new', regression: 'regression', known: 'known' } as const
export type ErrorState = keyof typeof errorStates

/** What a person decided about the group. */
export const errorStatuses = { unresolved: 'Unresolved', silenced: 'Silenced', resolved: 'Resolved' } as const
export type ErrorStatus = keyof typeof errorStatuses

/** How errors were found to belong together. */
export const errorGroupings = {
  default: 'class, normalized message and worker',
  host: "the host's own key",
  worker: 'class and worker: messages of this worker are not groupable',
} as const
export type ErrorGrouping = keyof typeof errorGroupings

/** By what the list of groups is sorted, greatest first. */
export const errorOrders = { frequent: 'most failures', recent: 'last seen', first: 'first seen' } as const
export type ErrorOrder = keyof typeof errorOrders
