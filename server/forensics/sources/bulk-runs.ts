import { type BulkRun, countOf, type JobSetName, operationActions, subjectPath } from '../../../schemas/index.ts'
import { pageOf } from '../../host/auth.ts'
import { listRunsAbout } from '../../operations/bulk/about.ts'
import type { Scope } from '../../operations/scope.ts'
import { nothing, type Source, type SourceItem } from '../source.ts'

/** Bulk runs that touched the jobs of a queue, or repaired those of an incident or a group of errors. */
export const bulkSource: Source = {
  key: 'audit',
  async collect(scope, { subject, queue, incident, errorGroup, since }, { to }) {
    const origin = originOf(incident?.id, errorGroup?.fingerprint)
    if (!origin && !queue) return nothing
    if (!(await scope.viewer.can('view_jobs', pageOf('view_jobs'))).allowed) return { items: [], gaps: [], withheld: ['bulk runs'] }
    const runs = await listRunsAbout(scope, origin ? { origin } : { queue: subject.id }, { from: since, to })
    return { items: runs.map((run) => runItem(scope, run)), gaps: [], withheld: [] }
  },
}

function originOf(incident: string | undefined, errorGroup: string | undefined): { name: JobSetName; id: string } | undefined {
  if (incident !== undefined) return { name: 'incident', id: incident }
  return errorGroup === undefined ? undefined : { name: 'errorGroup', id: errorGroup }
}

function runItem({ kit: { base } }: Scope, { id, action, total, eligible, actor, reason, createdAt, finishedAt }: BulkRun): SourceItem {
  return {
    id: `run ${id}`,
    at: createdAt,
    to: finishedAt,
    label: `${actor.label} started “${operationActions[action].label}” of ${countOf(eligible, 'job')}, ${total} chosen`,
    detail: reason,
    source: 'audit',
    provenance: 'durable',
    actor,
    ref: { type: 'bulk', id, href: `${base}${subjectPath('bulk', id)}` },
    lane: 'changes',
    mark: 'change',
  }
}
