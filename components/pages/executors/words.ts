import type { Executor, ExecutorList } from '../../../schemas/executor.ts'
import { countOf } from '../../../schemas/plural.ts'
import type { Tone } from '../../parts/chip.ts'

/** Sorts the worst first, like the server. */
export const ranks: Record<Executor['health'], number> = { missing: 0, late: 1, unknown: 2, healthy: 3, ended: 4 }

export const healthTones: Record<Executor['health'], Tone> = { missing: 'review', late: 'waiting', unknown: 'bridge', healthy: 'runnable', ended: 'resolved' }

/** Slots in use; null if any of its queues does not tell. */
export function usedSlots({ queues }: Executor): number | null {
  if (!queues.length) return 0
  return queues.reduce<number | null>((sum, { used }) => (sum === null || used === null ? null : sum + used), 0)
}

type Summary = ExecutorList['summary']

/** What the rest is doing, in one line. */
export function calm({ health, slots, used, executors }: Summary, locale?: string): string {
  const { healthy } = health
  const who = healthy === executors ? (healthy === 1 ? 'It is healthy' : `All ${healthy} are healthy`) : `${countOf(healthy, 'other', undefined, locale)} ${healthy === 1 ? 'is' : 'are'} healthy`
  return slots ? `${who}, ${used} of ${countOf(slots, 'slot', undefined, locale)} in use.` : `${who}.`
}

/** Groups of a list, in the order in which the worst of each comes. */
export interface Band {
  name: string
  note: string
  executors: Executor[]
}

export type Grouping = 'host' | 'queue' | 'version'

export function bandsOf(executors: readonly Executor[], by: Grouping): Band[] {
  const names: Record<Grouping, (executor: Executor) => string[]> = {
    host: ({ host }) => [host],
    queue: ({ queues }) => (queues.length ? queues.map(({ name }) => name) : ['no queue']),
    version: ({ version }) => [version ?? 'version unknown'],
  }
  const bands = new Map<string, Executor[]>()
  for (const executor of executors) for (const name of names[by](executor)) bands.set(name, [...(bands.get(name) ?? []), executor])
  const worst = (some: Executor[]) => Math.min(...some.map(({ health }) => ranks[health]))
  return [...bands]
    .map(([name, some]) => ({ name, note: noteOf(some, by), executors: some.toSorted((a, b) => ranks[a.health] - ranks[b.health] || (a.name < b.name ? -1 : 1)) }))
    .toSorted((a, b) => worst(a.executors) - worst(b.executors) || (a.name < b.name ? -1 : 1))
}

function noteOf(some: Executor[], by: Grouping): string {
  const missing = some.filter(({ health }) => health === 'missing').length
  if (missing) return `${missing} of ${some.length} missing`
  const versions = new Set(some.map(({ version }) => version))
  if (by !== 'version' && versions.size > 1) return `${versions.size === 2 ? 'two' : versions.size} versions side by side`
  return ''
}
