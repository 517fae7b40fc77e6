import { expect } from 'vitest'
import { type Executed, type How, type Trial, until, type Who } from './model-trial.ts'
import type { Work } from './model-world.ts'

export interface AskedOfQueue {
  action: string
  who: Who
  how: How
}

/** A queue is paused once, and from then on none of its jobs begins until it is resumed. */
export async function operateOnQueue(trial: Trial, queue: string, { action, who, how }: AskedOfQueue): Promise<void> {
  const { ledger, shift, world } = trial
  const pauses = action === 'pause_queue'
  expectNothingBegan(trial, queue)
  const { accepted, refused } = await trial.ask({ who, how, body: { action, subject: { type: 'queue', id: queue }, input: {} } })
  const lacking = world.engine.lacks[pauses ? 'pause_queue' : 'resume_queue']
  for (const { body, text } of refused) {
    if (who === 'viewer-demo') expect(body.code, text).toBe('forbidden')
    else if (lacking !== undefined) expect(body, text).toMatchObject({ code: 'unsupported_by_engine', detail: lacking })
    // Where the engine does not tell, asking it to go on is always right.
    else if (!accepted.length) expect([action, ledger.paused.has(queue), text]).toEqual([action, pauses, text])
  }
  const [executed] = accepted
  if (!executed) return
  expect([lacking, who === 'viewer-demo']).toEqual([undefined, false])
  const eventType = pauses ? 'queue.paused' : 'queue.resumed'
  expect(executed.event).toMatchObject({ eventType, outcome: 'succeeded', subject: { type: 'queue', id: queue } })
  ledger.otherEvents.push(executed.event.id)
  if (pauses) expect(ledger.paused.has(queue), `${queue} was paused twice`).toBe(false)
  if (pauses) ledger.paused.set(queue, 0)
  else ledger.paused.delete(queue)
  const otherwise = `the worker has not heard that ${queue} is ${pauses ? 'paused' : 'resumed'}`
  await until(otherwise, async () => (await shift.isPaused!(queue)) === pauses)
  // A job that was taken a moment before is begun a moment after.
  await trial.settle()
  if (pauses) ledger.paused.set(queue, ledger.begunIn(queue))
}

export function expectNothingBegan({ ledger }: Trial, queue: string): void {
  const paused = ledger.paused.get(queue)
  if (paused !== undefined) expect([queue, ledger.begunIn(queue)]).toEqual([queue, paused])
}

/** A job made by an operation of ours: once, however often it is asked. */
export async function runByCron(trial: Trial, queue: string, work: Work, how: How): Promise<void> {
  const subject = { type: 'cron_entry', id: `model_${crypto.randomUUID().replaceAll('-', '')}` }
  const input = { queue, args: work, expression: '0 2 * * *', timezone: 'Etc/UTC', overlap: 'allow' }
  const made = await trial.ask({ who: 'ops-demo', how: 'at_once', body: { action: 'create_cron_entry', subject, input } })
  const ran = await trial.ask({ who: 'ops-demo', how, body: { action: 'run_cron_entry', subject, input: {} } })
  for (const { event } of [...made.accepted, ...ran.accepted]) trial.ledger.otherEvents.push(event.id)
  expect([made.accepted.length, ran.accepted.length]).toEqual([1, 1])
  const { result } = ran.accepted[0] as Executed
  trial.ledger.made(String(result.jobId), queue, work).answered = true
}
