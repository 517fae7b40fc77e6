/** The closed list of error codes, each with its HTTP status and title. Must not import zod, because elements load this file. */
export const problemCodes = {
  unauthenticated: [401, 'Sign in first'],
  forbidden: [403, 'Not allowed'],
  unattributable_actor: [403, 'Actor cannot be named in evidence'],
  cross_site_refused: [403, 'Request came from another site'],
  not_found: [404, 'Not found'],
  method_not_allowed: [405, 'Method not allowed'],
  invalid_request: [400, 'Invalid request'],
  payload_too_large: [413, 'Payload too large'],
  unsupported_media_type: [415, 'Unsupported media type'],
  reason_required: [422, 'A reason is required'],
  reason_too_short: [422, 'Reason too short'],
  idempotency_key_reused: [422, 'Idempotency key reused'],
  unsupported_by_engine: [422, 'Not supported by this engine'],
  illegal_transition: [409, 'Not possible in the present state'],
  code_managed_entry: [409, 'Entry is managed in code'],
  preview_drifted: [409, 'What the preview showed has changed'],
  preview_consumed: [409, 'Preview already used'],
  mutation_conflict: [409, 'Another change came first'],
  preview_expired: [410, 'Preview expired'],
  rate_limited: [429, 'Too many requests'],
  internal: [500, 'Internal error'],
  unavailable: [503, 'Temporarily unavailable'],
} as const

export type ProblemCode = keyof typeof problemCodes

/** The values that a problem of a code may carry, by name: those that stand in its `detail`. A host that translates `detail` needs them. */
export const problemValues = {
  not_found: ['type', 'id'],
  code_managed_entry: ['id', 'source'],
  payload_too_large: ['maxBytes'],
  reason_required: ['action', 'minLength'],
  reason_too_short: ['length', 'minLength'],
} as const satisfies Partial<Record<ProblemCode, readonly string[]>>
