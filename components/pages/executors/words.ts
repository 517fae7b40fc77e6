import type { Executor, ExecutorList } from '../../../schemas/executor.ts'
import { t, tn } from '../../core/words.ts'
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
export function calm({ health, slots, used, executors }: Summary): string {
  const { healthy } = health
  if (!slots) return healthy === executors ? tn(healthy, 'It is healthy.', 'All # are healthy.') : tn(healthy, '# other is healthy.', '# others are healthy.')
  const inUse = tn(slots, '{0} of # slot in use', '{0} of # slots in use', used)
  return healthy === executors ? tn(healthy, 'It is healthy, {0}.', 'All # are healthy, {0}.', inUse) : tn(healthy, '# other is healthy, {0}.', '# others are healthy, {0}.', inUse)
}

/** `12 executors on 3 hosts` */
export function onHosts(executors: number, hosts: number): string {
  return tn(executors, '# executor on {0}', '# executors on {0}', tn(hosts, '# host', '# hosts'))
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
    queue: ({ queues }) => (queues.length ? queues.map(({ name }) => name) : [t`no queue`]),
    version: ({ version }) => [version ?? t`version unknown`],
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
  if (missing) return t`${missing} of ${some.length} missing`
  const versions = new Set(some.map(({ version }) => version))
  if (by !== 'version' && versions.size > 1) return versions.size === 2 ? t`two versions side by side` : t`${versions.size} versions side by side`
  return ''
}
