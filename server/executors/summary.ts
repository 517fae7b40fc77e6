import type { Executor, ExecutorList } from '../../schemas/index.ts'

type Summary = ExecutorList['summary']

/** What all executors are together, as far as the viewer may see them. Pure. */
export function summarize(all: readonly Executor[]): Summary {
  const running = all.filter(({ health }) => health !== 'ended')
  const current = running.filter(({ health, slots }) => (health === 'healthy' || health === 'late') && slots !== null)
  const of = (health: Executor['health']) => running.filter((executor) => executor.health === health).length
  return {
    executors: running.length,
    hosts: new Set(running.map(({ host }) => host)).size,
    health: { healthy: of('healthy'), late: of('late'), missing: of('missing'), unknown: of('unknown') },
    ended: all.length - running.length,
    slots: current.reduce((sum, { slots }) => sum + slots!, 0),
    used: current.reduce((sum, { queues }) => sum + queues.reduce((used, queue) => used + (queue.used ?? 0), 0), 0),
    versions: versionsOf(running),
    unattended: unattendedOf(all),
  }
}

function versionsOf(running: readonly Executor[]): Summary['versions'] {
  const versions = [...Map.groupBy(running.filter(({ health }) => health !== 'missing'), ({ version }) => version)].map(([version, some]) => {
    const starts = some.flatMap(({ startedAt }) => startedAt ?? []).toSorted()
    return { version, executors: some.length, firstStartedAt: starts[0]!, lastStartedAt: starts.at(-1)! }
  })
  return versions.filter(({ firstStartedAt }) => firstStartedAt !== undefined).toSorted((a, b) => (a.lastStartedAt > b.lastStartedAt ? -1 : 1))
}

function unattendedOf(all: readonly Executor[]): Summary['unattended'] {
  const last = new Map<string, { attended: boolean; since: string }>()
  for (const { health, queues, beatAt, endedAt } of all) {
    const attended = health === 'healthy' || health === 'late'
    const seen = endedAt ?? beatAt
    for (const { name } of queues) {
      const before = last.get(name)
      last.set(name, { attended: attended || (before?.attended ?? false), since: [before?.since ?? '', seen ?? ''].toSorted().at(-1)! })
    }
  }
  return [...last].filter(([, { attended, since }]) => !attended && since !== '').map(([queue, { since }]) => ({ queue, since })).toSorted((a, b) => (a.since < b.since ? -1 : 1))
}
