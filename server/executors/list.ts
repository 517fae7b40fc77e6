import { z } from 'zod'
import type { Executor, ExecutorHealth, ExecutorList } from '../../schemas/index.ts'
import { cursorCodec } from '../cursor.ts'
import { visible } from '../host/visible.ts'
import type { Scope } from '../operations/scope.ts'
import { listEngineExecutors } from './engine-list.ts'
import { type KnownExecutor, listExecutors } from './executors.ts'
import { healthRank } from './health.ts'
import { showExecutor } from './show.ts'
import { summarize } from './summary.ts'

export interface ExecutorFilters {
  queue?: string
  host?: string
  version?: string
  health?: ExecutorHealth
  q?: string
}

const endedHours = 24

/** The worst first, then by host and name. Those that signed off are listed only if they are asked for. */
export async function listShownExecutors(scope: Scope, { limit, cursor, ...filters }: ExecutorFilters & { limit: number; cursor?: string }): Promise<ExecutorList> {
  const after = await cursors.parse(scope.kit.db, cursor)
  const all = await listEveryVisible(scope)
  const shown = all.filter(matches(filters)).toSorted((a, b) => compare(placeOf(a), placeOf(b)))
  const rest = after === undefined ? shown : shown.filter((executor) => compare(placeOf(executor), after) > 0)
  const items = rest.slice(0, limit)
  return {
    items,
    nextCursor: await cursors.write(scope.kit.db, rest.length > limit ? placeOf(items.at(-1)!) : undefined),
    asOf: (await scope.kit.dbNow(scope.em)).toISOString(),
    summary: summarize(all),
  }
}

/** Those that report themselves, and those of other queues that only the engine's own list has. */
export async function listEveryVisible(scope: Scope): Promise<Executor[]> {
  const known = await listExecutors(scope, { endedHours })
  const attended = new Set(known.filter(({ health }) => health !== 'ended').flatMap(({ queues }) => queues.map(({ queue }) => queue)))
  const listed = await listEngineExecutors(scope, attended)
  const allowed = await allowedQueues(scope, listed.flatMap(({ queues }) => queues.map(({ name }) => name)))
  const seen = listed.map((executor) => ({ ...executor, queues: executor.queues.filter(({ name }) => allowed.has(name)) }))
  return [...(await listVisibleExecutors(scope, known)), ...seen.filter(({ queues }) => queues.length)]
}

async function allowedQueues({ viewer }: Pick<Scope, 'viewer'>, names: string[]): Promise<Set<string>> {
  return new Set(await visible(viewer, [...new Set(names)], 'view_queues', (queue) => ({ type: 'queue', id: queue, queue })))
}

/**
 * Executors as this viewer may see them: with the queues that the viewer may see, and figures about these alone. One that serves
 * none of them is left out.
 */
export async function listVisibleExecutors(scope: Pick<Scope, 'viewer'>, executors: readonly KnownExecutor[]): Promise<Executor[]> {
  const allowed = await allowedQueues(scope, executors.flatMap(({ queues, held }) => [...queues, ...held].map(({ queue }) => queue)))
  return executors.flatMap((executor) => {
    const queues = executor.queues.filter(({ queue }) => allowed.has(queue))
    const held = executor.held.filter(({ queue }) => allowed.has(queue))
    return queues.length || (!executor.queues.length && !executor.held.length) ? [showExecutor({ ...executor, queues, held })] : []
  })
}

function matches({ queue, host, version, health, q }: ExecutorFilters): (executor: Executor) => boolean {
  const wanted = q?.toLowerCase()
  return (executor) =>
    (health === undefined ? executor.health !== 'ended' : executor.health === health) &&
    (queue === undefined || executor.queues.some(({ name }) => name === queue)) &&
    (host === undefined || executor.host === host) &&
    (version === undefined || executor.version === version) &&
    (wanted === undefined || `${executor.name}\n${executor.host}`.toLowerCase().includes(wanted))
}

type Place = [rank: number, host: string, name: string, id: string]

function placeOf({ health, host, name, id }: Executor): Place {
  return [healthRank[health], host, name, id]
}

function compare(a: Place, b: Place): number {
  for (const [index, part] of a.entries()) {
    if (part !== b[index]) return part < b[index]! ? -1 : 1
  }
  return 0
}

const cursors = cursorCodec('executors', z.tuple([z.number().int(), z.string().max(400), z.string().max(400), z.string().max(400)]))
