import type { OperationOn } from '../../schemas/index.ts'
import type { Engine } from '../engines/engine.ts'

export type QueueAction = OperationOn<'queue'>

/** Why it is impossible now, whoever asks; `paused` is null when nobody can tell. */
export function whyNotQueue({ lacks }: Pick<Engine, 'lacks'>, action: QueueAction, { paused }: { paused: boolean | null }): string | undefined {
  const lacking = lacks[action]
  if (lacking !== undefined) return lacking
  if (action === 'pause_queue' && paused) return 'The queue is paused already.'
  if (action === 'resume_queue' && paused === false) return 'The queue is not paused.'
  return undefined
}
