import type { Pool } from 'pg'
import { expect } from 'vitest'
import type { Answer } from '../support/server.ts'
import { Ledger, type ModelJob } from './model-ledger.ts'
import type { ModelWorld, Perform, Raw, Shift, Work } from './model-world.ts'

export type Who = 'ops-demo' | 'ops-two' | 'viewer-demo'
/** With a preview or without, each also twice at the same moment. */
export type How = 'previewed' | 'clicked_twice' | 'at_once' | 'sent_twice'

export interface Asked {
  who: Who
  how: How
  body: { action: string; subject?: { type: string; id: string }; selection?: object; input?: object }
  /** Between a preview and its confirmation. */
  meanwhile?(): Promise<void>
}

export interface Executed {
  event: { id: string; eventType: string; outcome: string; subject: { type: string; id: string }; before?: Record<string, unknown> }
  result: Record<string, unknown>
}

/** One run of the model: real workers on two queues, operators at the API, and the ledger of what both did. */
export class Trial {
  readonly ledger = new Ledger()
  readonly running = new Set<string>()
  readonly #world: ModelWorld
  readonly #sql: Pool
  #shift!: Shift
  #gate = Promise.withResolvers<void>()

  constructor(world: ModelWorld, sql: Pool) {
    this.#world = world
    this.#sql = sql
  }

  get world(): ModelWorld {
    return this.#world
  }
  get shift(): Shift {
    return this.#shift
  }
  get sql(): Pool {
    return this.#sql
  }

  async begin(): Promise<void> {
    this.#shift = await this.#world.begin(this.#perform)
  }

  readonly #perform: Perform = async ({ id, queue, work }, stopped) => {
    const job = this.ledger.made(id, queue, work)
    const run: ModelJob['runs'][number] = {}
    job.runs.push(run)
    this.running.add(id)
    try {
      if (work.plan === 'waits') await Promise.race([this.#gate.promise, aborted(stopped)])
      if (work.plan === 'fails' || (work.plan === 'fails_once' && job.runs.length === 1)) throw new Error('as planned')
      run.end = 'done'
    } catch (error) {
      run.end = 'failed'
      throw error
    } finally {
      this.running.delete(id)
    }
  }

  /** Handlers that wait go on to their end. */
  openGate(): void {
    this.#gate.resolve()
    this.#gate = Promise.withResolvers<void>()
  }

  async add(queue: string, work: Work, later = false): Promise<void> {
    const id = await this.#shift.add(queue, work, later)
    this.ledger.made(id, queue, work).answered = true
  }

  queue(pick: number): string {
    return this.#shift.queues[pick % 2]!
  }

  /** 404 and 422 are for whoever asks to judge. */
  async get(path: string): Promise<Answer> {
    const answer = await this.#world.server.call('ops-demo', 'GET', path)
    expect([answer.status, answer.text], `GET ${path}`).toEqual([expect.toBeOneOf([200, 404, 422]), answer.text])
    return answer
  }

  /** Asks for a change; what was accepted, each once, however often it was asked. Refusals are noted. */
  async ask({ who, how, body, meanwhile }: Asked): Promise<{ accepted: Executed[]; refused: Answer[] }> {
    // Refusals of one actor are folded after the tenth in a minute.
    await this.#sql.query('delete from ops.refusal_tally')
    const twice = how === 'clicked_twice' || how === 'sent_twice'
    const previews = how === 'previewed' || how === 'clicked_twice'
    const answers = await (previews ? this.#preview(who, body, twice, meanwhile) : this.#once(who, body, twice))
    const accepted = new Map<string, Executed>()
    const refused: Answer[] = []
    for (const answer of answers) {
      if (answer.status === 200) accepted.set((answer.body as unknown as Executed).event.id, answer.body as unknown as Executed)
      else refused.push(this.#refusal(answer, body, how === 'sent_twice'))
    }
    if (how === 'sent_twice' && refused.length === 2) this.ledger.repeated.push(refused.map((answer) => String(answer.body.requestId)))
    expect(accepted.size, `${JSON.stringify(body)} was accepted more than once`).toBeLessThanOrEqual(1)
    return { accepted: [...accepted.values()], refused }
  }

  async #preview(who: Who, body: Asked['body'], twice: boolean, meanwhile?: () => Promise<void>): Promise<Answer[]> {
    const { call } = this.#world.server
    const shown = await call(who, 'POST', '/previews', body)
    if (shown.status !== 201) return [shown]
    await meanwhile?.()
    const execute = () => call(who, 'POST', `/previews/${String(shown.body.id)}/execute`, { token: shown.body.token, reason })
    return Promise.all(twice ? [execute(), execute()] : [execute()])
  }

  #once(who: Who, body: Asked['body'], twice: boolean): Promise<Answer[]> {
    const key = { 'idempotency-key': crypto.randomUUID() }
    const send = () => this.#world.server.call(who, 'POST', '/operations', { ...body, reason }, key)
    return Promise.all(twice ? [send(), send()] : [send()])
  }

  #refusal(answer: Answer, body: object, repeatable: boolean): Answer {
    const { status, text } = answer
    expect([status, text], JSON.stringify(body)).toEqual([expect.toBeOneOf([403, 404, 409, 422]), text])
    this.ledger.refusals.push({ requestId: String(answer.body.requestId), repeatable, status, code: String(answer.body.code) })
    return answer
  }

  /** Until the worker does what the tables say, and has heard of every pause. */
  async settle(): Promise<Map<string, Raw>> {
    let now = new Map<string, Raw>()
    await until('the worker does not do what the tables say', async () => {
      now = await this.#shift.look()
      const paused = await Promise.all(this.#shift.queues.map((queue) => this.#shift.isPaused?.(queue)))
      const heard = paused.every((each, index) => each === undefined || each === this.ledger.paused.has(this.#shift.queues[index]!))
      return heard && this.#shift.isSettled(now, this.running)
    })
    return now
  }

  /** Until nothing starts or ends: what may run has run, or waits at the gate. */
  async rest(): Promise<void> {
    let last = ''
    let since = performance.now()
    await until('the jobs do not come to rest', async () => {
      const now = [...(await this.settle())].map(([id, { mark }]) => `${id} ${mark}`).toSorted().join('\n')
      if (now !== last) since = performance.now()
      last = now
      return performance.now() - since > this.#world.restMilliseconds
    })
  }
}

const reason = 'the model asks for it'

function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error('stopped')), { once: true }))
}

export async function until(otherwise: string, holds: () => Promise<boolean>, within = 15_000): Promise<void> {
  const end = performance.now() + within
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`${otherwise} after ${within / 1000} s`)
    await new Promise((resolve) => setTimeout(resolve, 15))
  }
}
