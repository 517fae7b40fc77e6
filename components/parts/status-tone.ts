import type { OperatorStatus } from '../../schemas/status-words.ts'

export type Tone = 'review' | 'blocked' | 'waiting' | 'runnable' | 'resolved' | 'bridge'

/** The colour of each status, by the name of its token; beside it there is always a shape or a word. */
export const statusTones: Record<OperatorStatus, Tone> = {
  needs_review: 'review',
  blocked: 'blocked',
  waiting: 'waiting',
  runnable: 'runnable',
  resolved: 'resolved',
  bridge_only: 'bridge',
}
