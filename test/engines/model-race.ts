import { expect } from 'vitest'
import type { JobAction } from '../../server/engines/engine.ts'
import type { ModelJob } from './model-ledger.ts'
import { itemsOf, noteOne, show } from './model-operations.ts'
import type { Asked, Executed, Trial } from './model-trial.ts'

export interface AskedAtOnce {
  actions: JobAction[]
  /** All with the version that a page showed a moment ago. */
  seen: boolean
  /** The last one asks for it as a selection. */
  selects: boolean
}

/** Of several at the same moment each is answered; with one and the same version at most one is accepted. */
export async function race(trial: Trial, job: ModelJob, { actions, seen, selects }: AskedAtOnce): Promise<void> {
  const shown = seen ? await show(trial, job) : undefined
  const asked = job.runs.length
  const bodyOf = (action: string, many: boolean): Asked['body'] =>
    many
      ? { action, selection: { ids: [job.id], ...(shown && { seen: { [job.id]: shown.version } }) }, input: {} }
      : { action, subject: { type: 'job', id: job.id }, input: shown ? { seen: shown.version } : {} }
  const isMany = (index: number) => selects && trial.world.tellsWhoRemoved && index === actions.length - 1
  const answers = await Promise.all(
    actions.map((action, index) =>
      trial.ask({
        who: index % 2 ? 'ops-two' : 'ops-demo',
        how: index % 3 ? 'at_once' : 'previewed',
        body: bodyOf(`${action}_job`, isMany(index)),
      }),
    ),
  )
  let changes = 0
  for (const [index, { accepted }] of answers.entries()) {
    for (const executed of accepted) changes += await note(trial, job, actions[index]!, executed, asked, isMany(index))
  }
  trial.ledger.order++
  if (shown) expect(changes, `${actions.join(' and ')} of one version of ${job.id}`).toBeLessThanOrEqual(1)
}

async function note(trial: Trial, job: ModelJob, action: JobAction, executed: Executed, asked: number, many: boolean): Promise<number> {
  if (!many) noteOne(trial, job, action, executed, asked, false)
  const [item] = many ? await itemsOf(trial, executed) : []
  if (item && item.outcome !== 'done') return 0
  if (item) {
    const order = trial.ledger.order + 1
    job.changes.push({ action, eventId: executed.event.id, before: item.state, order, begun: { asked, answered: job.runs.length } })
  }
  return 1
}
