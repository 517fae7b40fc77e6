import { type AuditEvent, type Change, countOf, type Deploy, eventTypes, evidencePath, findEventFacts, subjectPath, subjectTypes, type SubjectType, type Vital } from '../../schemas/index.ts'
import { findEventRows, type ListedRow, showListed } from '../audit/list.ts'
import { listDeploys } from '../deploys/read.ts'
import { lastDayOfEvents } from '../operations/event.ts'
import type { Scope } from '../operations/scope.ts'
import { resolvingTypes } from './resolved.ts'

const dayMs = 86_400_000
const maxEvents = 80
/** Enough for the marks of a day on a chart; the list shows fewer. */
const maxDeeds = 40
const maxListed = 12
/** Shorter gaps are not worth a line. */
const minGapMs = 2 * 60_000

const ofIncidents = eventTypes.filter((type) => type.startsWith('incident.'))
/** Deploys are read from their own table, which more viewers may see; exports and refusals change nothing. */
const ofOperations = eventTypes.filter((type) => /^(cron|job|queue|incident)\./.test(type))

/** Changes that this viewer may see, newest first. */
export interface RecentEvents {
  rows: ListedRow[]
  /** True if there are more than were read. */
  more: boolean
}

export const noEvents: RecentEvents = { rows: [], more: false }

/** What was done by people, what befell incidents and which pauses ended in the last day. Never read over the whole log. */
export async function listRecentEvents(scope: Scope): Promise<RecentEvents> {
  const { from, to } = lastDayOfEvents(scope.now)
  const systemOnly = [...ofIncidents, ...resolvingTypes]
  const { items, next } = await findEventRows(scope, { outcome: 'succeeded', from: from.toISOString(), to: to.toISOString() }, { limit: maxEvents, types: ofOperations, systemOnly })
  return { rows: items, more: next !== undefined }
}

/** The newest of them in words; all batches of a bulk run are one deed. */
export function listDeeds(scope: Scope, { rows }: RecentEvents): Change[] {
  const events = rows.slice(0, maxDeeds).map((row) => showListed(row, scope.viewer))
  const deeds = Map.groupBy(events, ({ id, bulkId }) => bulkId ?? id)
  return [...deeds.values()].map((of) => deedOf(scope, of))
}

function deedOf({ kit: { base } }: Scope, events: AuditEvent[]): Change {
  const newest = events[0]!
  const { eventType, actor, subject, reason, occurredAt } = newest
  const verb = findEventFacts(eventType)?.verb ?? eventType
  const system = actor.type === 'system'
  const incident = subject.type === 'incident'
  return {
    at: occurredAt,
    kind: incident && system ? 'incident' : 'operation',
    who: system && incident ? undefined : actor.label,
    text: subject.type === 'bulk' ? overMany(verb, events) : incident ? ofIncident(newest, verb) : `${verb} ${subject.id}`,
    detail: reason ? `“${reason}”` : undefined,
    href: base + (subject.type in subjectTypes ? subjectPath(subject.type as SubjectType, subject.id) : evidencePath('audit_event', newest.id)),
    bad: /^incident\.(opened|reopened)$/.test(eventType) || undefined,
  }
}

/** What the detector wrote speaks of the trouble itself: `report is stuck`. */
function ofIncident({ eventType, actor, metadata: { title } }: AuditEvent, verb: string): string {
  if (typeof title !== 'string') return verb
  if (actor.type !== 'system') return `${verb} “${title}”`
  return eventType === 'incident.opened' ? title : eventType === 'incident.reopened' ? `${title} again` : `${title}: over`
}

/** `retried the job` becomes `retried 140 jobs`. */
function overMany(verb: string, events: AuditEvent[]): string {
  return verb.replace('the job', countOf(events.reduce((sum, { jobs = 0 }) => sum + jobs, 0), 'job'))
}

/** The deploys of the last day, newest first. */
export async function listRecentDeploys(scope: Scope): Promise<Deploy[]> {
  const deploys = await listDeploys(scope, new Date(scope.now.getTime() - dayMs), new Date(scope.now.getTime() + 1))
  return deploys.toReversed()
}

export function changeOfDeploy({ version, at, by, note, url }: Deploy): Change {
  return { at, kind: 'deploy', who: version, text: `by ${by.label}`, detail: note, href: url }
}

/** Runs of steps that nobody measured, but for the newest step, which may still be to come. */
export function gapsOf(series: Vital['series'], stepMs: number): Change[] {
  const gaps: { from: number; to: number }[] = []
  series.slice(0, -1).forEach(({ at, value }) => {
    if (value !== null) return
    const from = Date.parse(at)
    const last = gaps.at(-1)
    if (last?.to === from) last.to = from + stepMs
    else gaps.push({ from, to: from + stepMs })
  })
  return gaps
    .filter(({ from, to }) => to - from >= minGapMs && from > Date.parse(series[0]!.at))
    .map(({ from, to }) => ({
      at: new Date(from).toISOString(),
      kind: 'gap' as const,
      text: `Nobody measured for ${Math.round((to - from) / 60_000)} min`,
      detail: `until ${new Date(to).toISOString()}; dashed on the charts`,
    }))
}

/** Everything in one list, newest first. */
export function mergeChanges(...lists: Change[][]): Change[] {
  return lists.flat().toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at)).slice(0, maxListed)
}
