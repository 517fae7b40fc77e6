import { expect } from 'vitest'
import type { JobState } from '../../schemas/index.ts'
import type { JobAction } from '../../server/engines/engine.ts'
import type { Answer } from '../support/server.ts'
import { type ModelJob, type Shown, wasDiscarded } from './model-ledger.ts'
import type { Asked, Executed, How, Trial, Who } from './model-trial.ts'
import type { Raw } from './model-world.ts'

const eventTypes: Record<JobAction, string> = {
  retry: 'job.retried',
  cancel: 'job.cancelled',
  discard: 'job.discarded',
  restore: 'job.restored',
  rescue: 'job.rescued',
}

export interface AskedOfOne {
  action: JobAction
  who: Who
  how: How
  /** With the version that a page showed last. */
  seen?: boolean
  meanwhile?(): Promise<void>
}

/** One job; what comes back is held against what the tables had before and after. */
export async function operateOn(trial: Trial, job: ModelJob, { action, who, how, seen = false, meanwhile }: AskedOfOne): Promise<void> {
  const shown = seen ? job.shown : undefined
  const asked = job.runs.length
  const before = (await trial.shift.look()).get(job.id)
  const between: (Raw | undefined)[] = []
  const body = { action: `${action}_job`, subject: { type: 'job', id: job.id }, input: shown ? { seen: shown.version } : {} }
  const { accepted, refused } = await trial.ask({
    who,
    how,
    body,
    async meanwhile() {
      between.push((await trial.shift.look()).get(job.id))
      await meanwhile?.()
      between.push((await trial.shift.look()).get(job.id))
    },
  })
  for (const executed of accepted) {
    const from = noteOne(trial, job, action, executed, asked)
    expect([action, trial.world.possible[action]]).toEqual([action, expect.arrayContaining([from])])
    expect(who, `${action} was accepted of a viewer`).not.toBe('viewer-demo')
    // What was confirmed is what was shown.
    if (between.length) expect(between[1]).toEqual(between[0])
    if (shown) expect({ state: from, raw: before }).toEqual({ state: shown.state, raw: shown.raw ?? before })
  }
  if (accepted.length) return
  const after = (await trial.shift.look()).get(job.id)
  if (after?.mark === before?.mark) for (const refusal of refused) expectRightly(trial, job, before, refusal, { action, who, shown })
}

/** A change that was accepted of one job; answers the state that it started from. */
export function noteOne(trial: Trial, job: ModelJob, action: JobAction, { event }: Executed, asked: number, alone = true): JobState {
  expect(event).toMatchObject({ eventType: eventTypes[action], outcome: 'succeeded', subject: { type: 'job', id: job.id } })
  const before = event.before?.state as JobState
  const order = alone ? ++trial.ledger.order : trial.ledger.order + 1
  job.changes.push({ action, eventId: event.id, before, order, begun: { asked, answered: job.runs.length } })
  return before
}

interface Refused {
  action: JobAction
  who: Who
  /** It was asked with the version of a while ago. */
  shown?: Shown
}

/** Nothing moved, so the refusal must be one that the state, the engine or the host's rule explains. */
function expectRightly(trial: Trial, job: ModelJob, raw: Raw | undefined, { body, text }: Answer, { action, who, shown }: Refused): void {
  const { engine, possible } = trial.world
  const lacking = engine.lacks[`${action}_job`]
  if (who === 'viewer-demo') return expect(body.code, text).toBe('forbidden')
  if (!raw) return expect(body.code, text).toBe('not_found')
  if (shown && body.code === 'mutation_conflict') return expect(shown.raw, text).not.toEqual(raw)
  if (lacking !== undefined) {
    expect(body, text).toMatchObject({ code: 'unsupported_by_engine', detail: expect.stringContaining(lacking) })
    return
  }
  const explained = !possible[action].includes(raw.state) || (action === 'restore' && !wasDiscarded(job))
  expect([action, raw.state, explained, text]).toEqual([action, raw.state, true, text])
}

/** What the page of a job shows, which is what the engine has. */
export async function show(trial: Trial, job: ModelJob): Promise<Shown | undefined> {
  const before = (await trial.shift.look()).get(job.id)
  const { status, body } = await trial.get(`/jobs/${encodeURIComponent(job.id)}`)
  const after = (await trial.shift.look()).get(job.id)
  const raw = after?.mark === before?.mark ? after : undefined
  const state = body.state as JobState
  if (after?.mark === before?.mark) expect(status === 200 ? state : undefined).toBe(before?.state)
  job.shown = status === 200 ? { version: String(body.version), state, raw } : undefined
  return job.shown
}

/** Many jobs: the run tells how each fared, and only what is as it was when the set was frozen is changed. */
export async function operateOnMany(trial: Trial, asked: Omit<Asked, 'body'> & { action: JobAction; selection: object }): Promise<void> {
  const { action, selection, who, how } = asked
  const begun = new Map([...trial.ledger.jobs.values()].map((job) => [job.id, job.runs.length]))
  const between: Map<string, Raw>[] = []
  const { accepted } = await trial.ask({
    who,
    how,
    body: { action: `${action}_job`, selection, input: {} },
    async meanwhile() {
      between.push(await trial.shift.look())
      await asked.meanwhile?.()
      between.push(await trial.shift.look())
    },
  })
  const [executed] = accepted
  if (!executed) return
  expect(executed.event).toMatchObject({ eventType: eventTypes[action], subject: { type: 'bulk' } })
  const items = await itemsOf(trial, executed)
  const done = items.filter(({ outcome }) => outcome === 'done')
  expect(executed.event.outcome, JSON.stringify(items)).toBe(done.length ? 'succeeded' : 'failed')
  const order = ++trial.ledger.order
  for (const { id, state } of done) {
    const job = trial.ledger.jobs.get(id) ?? expect.fail(`a bulk run changed job ${id}, which nobody made`)
    expect([action, trial.world.possible[action]]).toEqual([action, expect.arrayContaining([state])])
    if (between.length) expect([id, between[1]!.get(id)]).toEqual([id, between[0]!.get(id)])
    const eventId = executed.event.id
    job.changes.push({ action, eventId, before: state, order, begun: { asked: begun.get(id) ?? 0, answered: job.runs.length } })
  }
}

export interface Item {
  id: string
  state: JobState
  outcome: string
}

/** How each job of a bulk run fared. */
export async function itemsOf(trial: Trial, { event }: Executed): Promise<Item[]> {
  const { body } = await trial.get(`/bulk/${event.subject.id}/items?limit=200`)
  return body.items as unknown as Item[]
}
