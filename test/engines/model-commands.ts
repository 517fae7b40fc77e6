import fc from 'fast-check'
import type { JobAction } from '../../server/engines/engine.ts'
import { type Ledger, type ModelJob, wasDiscarded } from './model-ledger.ts'
import { operateOn, operateOnMany, show } from './model-operations.ts'
import { expectPagesAgree } from './model-pages.ts'
import { operateOnQueue, runByCron } from './model-queues.ts'
import { race } from './model-race.ts'
import type { How, Trial, Who } from './model-trial.ts'
import type { Work } from './model-world.ts'

type Command = fc.AsyncCommand<Ledger, Trial>

/** A step with a name that a failure is replayed by. */
function command(name: string, given: object, run: (trial: Trial) => Promise<void>): Command {
  return { check: () => true, run: (_ledger, trial) => run(trial), toString: () => `${name}(${JSON.stringify(given).slice(1, -1)})` }
}

const number = fc.nat({ max: 999 })
const plan = fc.constantFrom<Work['plan']>('succeeds', 'fails', 'fails_once', 'waits')
const action = fc.constantFrom<JobAction>('retry', 'retry', 'retry', 'cancel', 'cancel', 'discard', 'discard', 'restore', 'restore', 'rescue')
const who = fc.constantFrom<Who>('ops-demo', 'ops-demo', 'ops-two', 'ops-two', 'viewer-demo')
const how = fc.constantFrom<How>('previewed', 'previewed', 'clicked_twice', 'at_once', 'sent_twice')
/** Of the jobs that the action fits, or of all. */
const job = fc.record({ pick: number, fitting: fc.constantFrom(true, true, true, false) })
/** What happens between a preview and its confirmation. */
const meanwhile = fc.constantFrom('nothing', 'gate', 'time', 'another', 'another')

export const firstJobs = fc.array(fc.record({ plan, queue: number }), { minLength: 3, maxLength: 8 })

const later = fc.constantFrom(false, false, true)
const enqueue = fc.record({ queue: number, plan, later, count: fc.integer({ min: 1, max: 3 }) }).map((given) =>
  command('Enqueue', given, async (trial) => {
    for (let made = 0; made < given.count; made++) await trial.add(trial.queue(given.queue), { plan: given.plan }, given.later)
  }),
)

const cron = fc.record({ queue: number, plan: fc.constantFrom<Work['plan']>('succeeds', 'waits'), how }).map((given) =>
  command('RunByCron', given, (trial) => runByCron(trial, trial.queue(given.queue), { plan: given.plan }, given.how)),
)

const operate = fc.record({ action, job, who, how, seen: fc.boolean(), meanwhile }).map((given) =>
  command('Operate', given, async (trial) => {
    const chosen = await choose(trial, given.action, given.job)
    if (chosen) await operateOn(trial, chosen, { ...given, meanwhile: () => happen(trial, given.meanwhile, given.action, [chosen]) })
  }),
)

const others = fc.array(action, { minLength: 1, maxLength: 2 })
const operateAgain = fc.record({ action, job, seen: fc.boolean(), also: others, same: fc.boolean(), selects: fc.boolean() }).map((given) =>
  command('Race', given, async (trial) => {
    const chosen = await choose(trial, given.action, given.job)
    const actions = given.same ? [given.action, given.action, given.action] : [given.action, ...given.also]
    if (chosen) await race(trial, chosen, { ...given, actions })
  }),
)

const count = fc.integer({ min: 1, max: 6 })
const operateOnSome = fc.record({ action, who, how, first: number, count, seen: fc.boolean(), meanwhile }).map((given) =>
  command('OperateOnIds', given, async (trial) => {
    const all = [...trial.ledger.jobs.values()]
    const some = all.length ? Array.from({ length: given.count }, (_, index) => all[(given.first + index) % all.length]!) : []
    if (!some.length) return
    const seen = Object.fromEntries(some.flatMap(({ id, shown }) => (given.seen && shown ? [[id, shown.version]] : [])))
    const selection = { ids: some.map(({ id }) => id), ...(Object.keys(seen).length && { seen }) }
    await operateOnMany(trial, { ...given, selection, meanwhile: () => happen(trial, given.meanwhile, given.action, some) })
  }),
)

const oneState = fc.option(number, { nil: undefined })
const operateOnAll = fc.record({ action, who, how, queue: number, state: oneState, meanwhile }).map((given) =>
  command('OperateOnFilter', given, async (trial) => {
    const states = trial.world.possible[given.action]
    const state = given.state === undefined ? undefined : states[given.state % states.length]
    const selection = { filter: { queue: trial.queue(given.queue), ...(state && { state }) } }
    const here = [...trial.ledger.jobs.values()].filter(({ queue }) => queue === selection.filter.queue)
    await operateOnMany(trial, { ...given, selection, meanwhile: () => happen(trial, given.meanwhile, given.action, here) })
  }),
)

const pause = fc.record({ queue: number, action: fc.constantFrom('pause_queue', 'resume_queue'), who, how }).map((given) =>
  command('OperateOnQueue', given, (trial) => operateOnQueue(trial, trial.queue(given.queue), given)),
)

const look = fc.record({ job }).map((given) =>
  command('Look', given, async (trial) => {
    const chosen = await choose(trial, 'retry', given.job)
    if (chosen) await show(trial, chosen)
  }),
)

const gate = fc.constant(command('OpenGate', {}, async (trial) => trial.openGate()))
const time = fc.constant(command('PassTime', {}, (trial) => trial.shift.passTime()))
const rest = fc.constant(command('Rest', {}, (trial) => trial.rest()))
const compare = fc.constant(
  command('Compare', {}, async (trial) => {
    await trial.rest()
    await expectPagesAgree(trial)
  }),
)

/** Of each kind as often as it stands here. */
export const everyCommand = [
  ...[enqueue, enqueue, cron, operate, operate, operate, operate, operate, operateAgain, operateAgain],
  ...[operateOnSome, operateOnSome, operateOnAll, operateOnAll, pause, look, look, gate, time, time, rest, compare],
]

async function happen(trial: Trial, what: string, confirmed: JobAction, jobs: ModelJob[]): Promise<void> {
  if (what === 'gate') trial.openGate()
  if (what === 'time') await trial.shift.passTime()
  if (what === 'another') await anotherChange(trial, confirmed, jobs)
}

/** A second operator is faster: the first job that would be changed is changed by them. */
async function anotherChange(trial: Trial, confirmed: JobAction, jobs: ModelJob[]): Promise<void> {
  const { possible } = trial.world
  const now = await trial.shift.look()
  const isIn = (action: JobAction, { id }: ModelJob) => now.has(id) && possible[action].includes(now.get(id)!.state)
  const other = jobs.find((each) => isIn(confirmed, each))
  const faster = (['retry', 'cancel'] as const).find((action) => other && isIn(action, other))
  if (other && faster) await operateOn(trial, other, { action: faster, who: 'ops-two', how: 'at_once' })
}

interface Picked {
  pick: number
  fitting: boolean
}

/** The order of making is the same in every replay; the states need not be. */
async function choose(trial: Trial, wanted: JobAction, { pick, fitting }: Picked): Promise<ModelJob | undefined> {
  const all = [...trial.ledger.jobs.values()]
  const now = await trial.shift.look()
  const fit = (each: ModelJob) => {
    const raw = now.get(each.id)
    return raw && trial.world.possible[wanted].includes(raw.state) && (wanted !== 'restore' || wasDiscarded(each))
  }
  const some = all.filter(fit)
  if (!fitting || !some.length) return all[pick % Math.max(1, all.length)]
  // Each state as often as the others, so that the rare ones have their turn.
  const byState = [...Map.groupBy(some, ({ id }) => now.get(id)!.state)].toSorted(([a], [b]) => (a < b ? -1 : 1))
  const [, alike] = byState[pick % byState.length]!
  return alike[Math.floor(pick / byState.length) % alike.length]
}
