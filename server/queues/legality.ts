import type { OperationOn } from '../../schemas/index.ts'
import type { Engine } from '../engines/engine.ts'

export type QueueAction = OperationOn<'queue'>

/**
 * Why an operation is impossible now, regardless of the actor. `paused` is what the engine reports; null if it does not report
 * it. In that case a pause may already be lifted or may have been made elsewhere, so neither pausing nor resuming is refused.
 */
export function whyNotQueue({ lacks }: Pick<Engine, 'lacks'>, action: QueueAction, paused: boolean | null): string | undefined {
  const lacking = lacks[action]
  if (lacking !== undefined) return lacking
  if (action === 'pause_queue' && paused === true) return 'The queue is already paused.'
  if (action === 'resume_queue' && paused === false) return 'The queue is not paused.'
  return undefined
}
