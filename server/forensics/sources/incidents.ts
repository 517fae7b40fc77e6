import type { Incident } from '../../../schemas/index.ts'
import { listIncidentsAbout } from '../../incidents/about.ts'
import type { Scope } from '../../operations/scope.ts'
import { forensicsHref } from '../bundle.ts'
import { nothing, type Source, type SourceItem } from '../source.ts'

/** Incidents about the subject itself, and about the queue, executor or entry that it belongs to. Its own beginning, for an incident. */
export const incidentSource: Source = {
  key: 'incident',
  async collect(scope, { incident, about, since }, { to }) {
    if (incident) return { items: ownItems(scope, incident), gaps: [], withheld: [] }
    const { queue, cronEntry, executor, jobId, fingerprint } = about
    if (![queue, cronEntry, executor, jobId, fingerprint].some((each) => each !== undefined)) return nothing
    const incidents = await listIncidentsAbout(scope, { queue, cronEntry, executor, jobId, fingerprint }, { from: since, to })
    if (!incidents) return { items: [], gaps: [], withheld: ['incidents'] }
    return { items: incidents.flatMap((each) => itemsOf(scope, each)), gaps: [], withheld: [] }
  },
}

/** Opened and, once it is over, resolved. */
function itemsOf(scope: Scope, { id, title, openedAt, resolvedAt, state }: Incident): SourceItem[] {
  const ref = { type: 'incident', id, href: forensicsHref(scope, 'incident', id) }
  const shared = { source: 'incident', provenance: 'durable', ref } as const
  const end = state === 'resolved' && resolvedAt ? resolvedAt : undefined
  return [
    { id: `${id} opened`, at: openedAt!, to: end ?? scope.now.toISOString(), label: `Incident opened: ${title}`, ...shared, lane: 'incidents', mark: 'incident' },
    ...(end ? [{ id: `${id} resolved`, at: end, label: `Incident resolved: ${title}`, kind: 'resolved', ...shared }] : []),
  ]
}

/** That it opened and resolved are events in the log; when the trouble began is what was measured. */
function ownItems(scope: Scope, { id, title, since, openedAt, resolvedAt, state, explainedBy }: Incident): SourceItem[] {
  const ref = { type: 'incident', id }
  const end = state === 'resolved' && resolvedAt ? resolvedAt : scope.now.toISOString()
  const cause = explainedBy && {
    id: `${id} explained`,
    at: openedAt ?? since,
    label: `Explained by: ${explainedBy.title}`,
    source: 'incident' as const,
    provenance: 'supporting' as const,
    ref: { type: 'incident', id: explainedBy.id, href: forensicsHref(scope, 'incident', explainedBy.id) },
  }
  return [
    { id: `${id} began`, at: since, to: end, label: `The trouble began, as far as it was measured: ${title}`, source: 'incident', provenance: 'supporting', ref, lane: 'incidents', mark: 'incident' },
    ...(cause ? [cause] : []),
  ]
}
