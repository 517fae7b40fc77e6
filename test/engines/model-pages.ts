import { expect } from 'vitest'
import { jobStates, type JobState } from '../../schemas/index.ts'
import type { Trial } from './model-trial.ts'
import type { Raw } from './model-world.ts'

/** Lists, counts, each job's page and its evidence show what the engine's own tables have; asked again when something moved. */
export async function expectPagesAgree(trial: Trial, tries = 5): Promise<void> {
  const now = await trial.shift.look()
  const failure = await compare(trial, now).then(() => undefined, (error: unknown) => error)
  if (JSON.stringify([...(await trial.shift.look())]) === JSON.stringify([...now])) {
    if (failure) throw failure
  } else if (tries > 1) await expectPagesAgree(trial, tries - 1)
}

async function compare(trial: Trial, now: Map<string, Raw>): Promise<void> {
  for (const queue of trial.shift.queues) await expectListsAgree(trial, queue, now)
  for (const { id, changes } of trial.ledger.jobs.values()) {
    const { status, body } = await trial.get(`/jobs/${encodeURIComponent(id)}`)
    const raw = now.get(id)
    expect({ id, state: status === 200 ? body.state : undefined }).toEqual({ id, state: raw?.state })
    const succeeded = ((body.events ?? []) as { id: string; outcome: string }[]).filter(({ outcome }) => outcome === 'succeeded')
    // The page shows the newest twenty.
    if (raw && changes.length < 7) expect(new Set(succeeded.map((event) => event.id))).toEqual(new Set(changes.map(({ eventId }) => eventId)))
  }
}

async function expectListsAgree(trial: Trial, queue: string, now: Map<string, Raw>): Promise<void> {
  const here = [...now].filter(([id]) => trial.ledger.jobs.get(id)?.queue === queue)
  const all = await list(trial, `queue=${queue}`)
  expect(all.toSorted()).toEqual(here.map(([id, { state }]) => `${id} ${state}`).toSorted())
  for (const state of Object.keys(jobStates) as JobState[]) {
    const some = await list(trial, `queue=${queue}&state=${state}`)
    expect(some.toSorted()).toEqual(all.filter((each) => each.endsWith(` ${state}`)).toSorted())
  }
  expect((await trial.get(`/jobs/count?queue=${queue}`)).body).toMatchObject({ count: here.length })
  if (!trial.shift.isPaused) return
  const { body } = await trial.get(`/queues?name=${queue}`)
  expect([queue, (body.items?.[0]?.paused ?? null) !== null]).toEqual([queue, trial.ledger.paused.has(queue)])
}

async function list(trial: Trial, query: string): Promise<string[]> {
  const found: string[] = []
  let cursor: string | undefined
  do {
    const { status, body } = await trial.get(`/jobs?${query}&limit=5${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`)
    if (status !== 200) {
      const lacking = expect.stringContaining(trial.world.engine.lacks.finished_jobs ?? 'nothing is lacking')
      expect(body).toMatchObject({ status: 422, code: 'unsupported_by_engine', detail: lacking })
      return found
    }
    for (const { id, state } of body.items!) found.push(`${String(id)} ${String(state)}`)
    cursor = body.nextCursor as string | undefined
  } while (cursor)
  return found
}
