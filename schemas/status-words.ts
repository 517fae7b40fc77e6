/** The words that every surface shows, in their own file so that an element that needs nothing else loads nothing else. */

export const operatorStatuses = {
  needs_review: 'Needs Review',
  blocked: 'Blocked',
  waiting: 'Waiting',
  runnable: 'Runnable',
  resolved: 'Resolved',
  bridge_only: 'Bridge-only Follow-up',
} as const

export const ownerships = {
  powertools_native: 'Powertools-native',
  bridge: 'bridge',
  host_owned: 'host-owned follow-up',
} as const

/** What each owner allows; shown after the ownership label. */
export const postures = {
  powertools_native: 'Audited action',
  bridge: 'Inspection only',
  host_owned: 'Host-owned',
} as const

export const completenessStates = {
  complete: 'complete',
  partial_evidence: 'partial evidence',
  history_unavailable: 'history unavailable',
  unknown: 'unknown',
} as const

export type OperatorStatus = keyof typeof operatorStatuses

/** The status of a subject that is measured: `unknown` if its figures are too old to tell, which must never look well. */
export const subjectStatuses = { ...operatorStatuses, unknown: 'unknown' } as const
export type SubjectStatus = keyof typeof subjectStatuses
export type Ownership = keyof typeof ownerships
export type CompletenessState = keyof typeof completenessStates
