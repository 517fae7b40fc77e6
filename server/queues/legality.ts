import type { OperationOn } from '../../schemas/index.ts'
import type { Engine } from '../engines/engine.ts'

export type QueueAction = OperationOn<'queue'>

/** What the engine says it lacks for the operation, unless the queue's executors make up for it. */
export function lackOf({ lacks }: Pick<Engine, 'lacks'>, action: QueueAction, obeyed: boolean): string | undefined {
  return obeyed ? undefined : lacks[action]
}

/** Whether executors, and not the engine, pause, resume and scale queues. */
export function isObeyedByExecutors({ lacks }: Pick<Engine, 'lacks'>, action: QueueAction): boolean {
  return lacks[action] !== undefined
}

/**
 * Why an operation is impossible now, regardless of the actor. `paused` is what the engine reports; null if it does not report
 * it. In that case a pause may already be lifted or may have been made elsewhere, so neither pausing nor resuming is refused.
 * `obeyed`: the queue has executors that do what the engine cannot.
 */
export function whyNotQueue(engine: Pick<Engine, 'lacks'>, action: QueueAction, paused: boolean | null, obeyed = false): string | undefined {
  const lacking = lackOf(engine, action, obeyed)
  if (lacking !== undefined) return lacking
  if (action === 'pause_queue' && paused === true) return 'The queue is already paused.'
  if (action === 'resume_queue' && paused === false) return 'The queue is not paused.'
  return undefined
}
