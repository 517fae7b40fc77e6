/** The filters of the log by the names of the API, which are also those in the address. */
export const searchNames = [
  'q', 'outcome', 'actor', 'actorType', 'eventType', 'action', 'subjectType', 'subjectId',
  'notActor', 'notActorType', 'notEventType', 'notOutcome', 'notSubjectType', 'notSubjectId',
] as const
export const filterNames = [...searchNames, 'from', 'to', 'last', 'who', 'system'] as const
export type FilterName = (typeof filterNames)[number]
export type FilterValues = Record<FilterName, string>
