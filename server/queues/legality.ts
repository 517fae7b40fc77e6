import type { OperationOn } from '../../schemas/index.ts'
import type { Engine } from '../engines/engine.ts'

export type QueueAction = OperationOn<'queue'>

/**
 * Why it is impossible now, whoever asks. `paused` is the engine's own word, and null where it does not tell: then a pause may
 * be gone or somebody else's, so asking for it again, or for its end, is never refused.
 */
export function whyNotQueue({ lacks }: Pick<Engine, 'lacks'>, action: QueueAction, paused: boolean | null): string | undefined {
  const lacking = lacks[action]
  if (lacking !== undefined) return lacking
  if (action === 'pause_queue' && paused === true) return 'The queue is already paused.'
  if (action === 'resume_queue' && paused === false) return 'The queue is not paused.'
  return undefined
}
