import type { EvidenceGap } from '../../../schemas/index.ts'
import { listGaps, listRunsOf } from '../../executors/executors.ts'
import { listVisibleExecutors } from '../../executors/list.ts'
import { listExecutors } from '../../executors/executors.ts'
import { forensicsHref } from '../bundle.ts'
import type { Scope } from '../../operations/scope.ts'
import { type Collected, type Facts, nothing, type Source, type SourceItem, type Window } from '../source.ts'
import { gapItem } from './gap-item.ts'

const causes = { database: 'It could not report: the database was down', process: 'It could not report: its process was not running' }

/** What executors reported of themselves: of one executor its beats, of a job who ran it. */
export const executorSource: Source = {
  key: 'executor',
  collect(scope, facts, window) {
    if (facts.executor) return beatsOf(scope, facts.executor, window)
    return facts.job ? runsOf(scope, facts.job.id) : nothing
  },
}

async function beatsOf(scope: Scope, executor: NonNullable<Facts['executor']>, { from }: Window): Promise<Collected> {
  const { id, name, startedAt, beatAt, missingAt, endedAt } = executor
  const ref = { type: 'executor', id }
  const line = (key: string, at: string, label: string): SourceItem => ({ id: `${id} ${key}`, at, label, source: 'executor', provenance: 'durable', ref, lane: 'beats', mark: 'beats' })
  const unreported = (await listGaps(scope, [id], from)).map(({ from, to, cause }): EvidenceGap => ({ source: 'executor', from: from.toISOString(), to: to.toISOString(), reason: causes[cause] }))
  const silent: EvidenceGap[] = missingAt && beatAt ? [{ source: 'executor', from: beatAt, to: scope.now.toISOString(), reason: 'No heartbeat' }] : []
  return {
    items: [
      ...(startedAt ? [line('started', startedAt, `${name} started`)] : []),
      ...(beatAt && !endedAt ? [line('beat', beatAt, 'Last heartbeat')] : []),
      ...(endedAt ? [line('ended', endedAt, 'It signed off')] : []),
      ...[...unreported, ...silent].map(gapItem),
    ],
    gaps: [...unreported, ...silent],
    withheld: [],
  }
}

/** Only executors of which the viewer may see a queue. */
async function runsOf(scope: Scope, jobId: string): Promise<Collected> {
  const runs = await listRunsOf(scope, [jobId])
  if (!runs.length) return nothing
  const known = await listVisibleExecutors(scope, await listExecutors(scope, { ids: [...new Set(runs.map(({ executorId }) => executorId))] }))
  const seen = new Set(known.map(({ id }) => id))
  const items = runs.filter(({ executorId }) => seen.has(executorId)).map(({ executorId, name, version, attempt, startedAt, endedAt }): SourceItem => ({
    id: `${executorId} ${startedAt.toISOString()} ${attempt ?? ''}`,
    at: startedAt.toISOString(),
    to: endedAt?.toISOString(),
    label: `${name}${version === null ? '' : ` (${version})`} took it${attempt === null ? '' : `, attempt ${attempt}`}`,
    source: 'executor',
    provenance: 'durable',
    ref: { type: 'executor', id: executorId, href: forensicsHref(scope, 'executor', executorId) },
  }))
  return { items, gaps: [], withheld: [] }
}
