import { expect } from 'vitest'
import type { JobState } from '../../schemas/index.ts'
import { lastChanges, type ModelJob } from './model-ledger.ts'
import { expectPagesAgree } from './model-pages.ts'
import { expectNothingBegan, operateOnQueue } from './model-queues.ts'
import { type Trial, until } from './model-trial.ts'
import { attempts } from './model-world.ts'

const unfinished: readonly (JobState | undefined)[] = ['scheduled', 'available', 'executing', 'retryable']

/** The workers run until nothing is left to do; then everything must add up. */
export async function judge(trial: Trial): Promise<void> {
  await trial.rest()
  for (const queue of trial.shift.queues) expectNothingBegan(trial, queue)
  await expectPagesAgree(trial)
  const resume = { action: 'resume_queue', who: 'ops-demo', how: 'at_once' } as const
  for (const queue of [...trial.ledger.paused.keys()]) await operateOnQueue(trial, queue, resume)
  await drain(trial)
  await expectPagesAgree(trial)
  const now = await trial.shift.look()
  for (const id of now.keys()) expect(trial.ledger.jobs.has(id), `job ${id} came from nowhere`).toBe(true)
  for (const job of trial.ledger.jobs.values()) expectAccounted(trial, job, now.get(job.id)?.state)
  await expectEvidence(trial)
}

async function drain(trial: Trial): Promise<void> {
  let left: string[] = []
  const ended = async (): Promise<boolean> => {
    trial.openGate()
    await trial.shift.passTime()
    left = [...(await trial.shift.look())].filter(([, { state }]) => unfinished.includes(state)).map(([id, { state }]) => `${id} ${state}`)
    return !left.length && !trial.running.size
  }
  await until('jobs are left that nobody works on', ended).catch((error: Error) => expect.fail(`${error.message}: ${left.join(', ')}`))
  await trial.rest()
}

/** One job, from its making to its end. */
function expectAccounted({ world }: Trial, job: ModelJob, state: JobState | undefined): void {
  const { id, plan, runs, changes } = job
  const told = JSON.stringify({ state, ...job, shown: undefined })
  expect(job.answered, `job ${id} came from nowhere: ${told}`).toBe(true)
  expect(runs.length, `more runs than it was given: ${told}`).toBeLessThanOrEqual(allowedRuns(job))
  const last = lastChanges(job)
  const ended = last.some(({ action }) => action === 'cancel' || action === 'discard')
  const sent = last.some(({ action }) => action === 'retry' || action === 'restore')
  if (!changes.length) expect(runs.length, `never run: ${told}`).toBeGreaterThan(0)
  // It was sent to work again by the last that was done to it, so it began once more.
  if (sent && !ended) expect(runs.length, `not run again: ${told}`).toBeGreaterThan(Math.max(...last.map(({ begun }) => begun.asked)))
  // What was ended before it began is not begun afterwards.
  for (const { begun, before } of ended && !sent ? last : []) {
    if (before !== 'executing') expect(runs.length, `run after its end: ${told}`).toBe(begun.answered)
  }
  const succeeded = runs.some(({ end }) => end === 'done')
  const interrupted = last.some(({ before }) => before === 'executing')
  const removed = last.some(({ action }) => action === 'cancel') && !world.keeps.cancelled
  switch (state) {
    case 'completed':
      return expect([succeeded, !ended || sent || interrupted], `completed without its run: ${told}`).toEqual([true, true])
    case 'cancelled':
      return expect(last.some(({ action }) => action === 'cancel'), `cancelled by nobody: ${told}`).toBe(true)
    case 'discarded': {
      const byUs = last.some(({ action }) => action === 'discard')
      const triedEnough = runs.length >= attempts || changes.some(({ action }) => action === 'discard')
      return expect(byUs || (plan !== 'succeeds' && runs.at(-1)?.end === 'failed' && triedEnough), `discarded by nobody: ${told}`).toBe(true)
    }
    case undefined:
      return expect(removed || (!world.keeps.completed && succeeded), `gone, and nobody knows why: ${told}`).toBe(true)
    default:
      expect.fail(`not at its end: ${told}`)
  }
}

/** What its making, its attempts and the operators allowed; anything beyond is a run too many. */
function allowedRuns({ plan, changes }: ModelJob): number {
  const own = { succeeds: 1, waits: 1, fails_once: attempts, fails: attempts }[plan]
  const retries = changes.filter(({ action }) => action === 'retry').length
  // A discard of a running job interrupts it; to restore it is to run it once more.
  const restored = changes.some(({ action, before }) => action === 'discard' && before === 'executing')
  return own + retries + (restored ? changes.filter(({ action }) => action === 'restore').length : 0)
}

/** Each change has its one event and each event its change; each refusal has its one event, and nothing is left open. */
async function expectEvidence({ sql, ledger, shift, world }: Trial): Promise<void> {
  const ids = [...ledger.jobs.keys()]
  const { rows } = await sql.query<{ job: string; id: string }>(
    `select job, event.id::text from ops.audit_event event, lateral unnest(coalesce(event.jobs, array[event.subject_id])) job
     where outcome = 'succeeded' and event_type like 'job.%' and job = any($1) and (event.jobs is not null or subject_type = 'job')`,
    [ids],
  )
  const told = rows.map(({ job, id }) => `${job} ${id}`)
  const changed = [...ledger.jobs.values()].flatMap(({ id, changes }) => changes.map(({ eventId }) => `${id} ${eventId}`))
  expect(told.toSorted()).toEqual(changed.toSorted())
  await expectRefusalsTold(sql, ledger)
  const queues = await sql.query<{ id: string }>(
    `select id::text from ops.audit_event where outcome = 'succeeded' and (id = any($1::uuid[]) or subject_type = 'queue' and subject_id = any($2))`,
    [ledger.otherEvents, shift.queues],
  )
  expect(queues.rows.map(({ id }) => id).toSorted()).toEqual(ledger.otherEvents.toSorted())
  await expectNothingOpen(sql, world.engine.transactional)
}

async function expectRefusalsTold(sql: Trial['sql'], { refusals, repeated }: Trial['ledger']): Promise<void> {
  const { rows } = await sql.query<{ id: string; told: string }>(
    `select request_id as id, concat_ws(' ', request_id, outcome, code) as told from ops.audit_event
     where request_id = any($1) and outcome in ('failed', 'denied')`,
    [refusals.map(({ requestId }) => requestId)],
  )
  const has = new Set(rows.map(({ id }) => id))
  for (const ids of repeated) expect(ids.some((id) => has.has(id)), `no event tells of ${ids.join(' or ')}`).toBe(true)
  const expected = refusals
    .filter(({ requestId, repeatable }) => !repeatable || has.has(requestId))
    .map(({ requestId, status, code }) => `${requestId} ${status === 403 ? 'denied' : 'failed'} ${code}`)
  expect(rows.map(({ told }) => told).toSorted()).toEqual(expected.toSorted())
}

async function expectNothingOpen(sql: Trial['sql'], transactional: boolean): Promise<void> {
  const { rows } = await sql.query<{ open: string; requested: string; ended: string }>(
    `select (select count(*) from ops.open_request) as open, count(*) filter (where outcome = 'requested') as requested,
       count(distinct metadata ->> 'requested') filter (where outcome in ('succeeded', 'failed')) as ended from ops.audit_event`,
  )
  expect(rows[0]!.open).toBe('0')
  expect(rows[0]!.requested).toBe(rows[0]!.ended)
  if (transactional) expect(rows[0]!.requested).toBe('0')
}
