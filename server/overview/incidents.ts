import { evidencePath, type Incident, incidentClasses, type IncidentClassName, incidentStates, type OpenIncident, type Permission, subjectPath, type Trouble } from '../../schemas/index.ts'
import { type IncidentGlimpse, listOpenIncidents } from '../incidents/open.ts'
import { jobsOf, span } from '../incidents/words.ts'
import type { Scope } from '../operations/scope.ts'
import type { Attention } from './attention.ts'

/** The open incidents as the overview needs them. */
export interface OpenIncidents {
  open: number
  unattended: number
  capped: boolean
  /** As many as the page draws. */
  items: Incident[]
  /** The rest, which is counted, and keeps what it is about from being told twice. */
  others: IncidentGlimpse[]
}

/** For a viewer who may see no incidents at all. */
export const noIncidents: OpenIncidents = { open: 0, unattended: 0, capped: false, items: [], others: [] }

const maxShown = 6

/** The worst and oldest first, without those that another incident explains. */
export function getOpenIncidents(scope: Scope): Promise<OpenIncidents> {
  return listOpenIncidents(scope, maxShown)
}

export function showOpenIncident({ kit: { base } }: Scope, incident: Incident): OpenIncident {
  const { id, status, since, acknowledged, assignee, silenced } = incident
  const acknowledge = incident.operations.acknowledge_incident as Permission | undefined
  return {
    id,
    status,
    title: incident.title,
    about: aboutOf(incident, incident.title),
    detail: detailOf(incident),
    since,
    href: `${base}${subjectPath('incident', id)}`,
    acknowledged,
    assignee,
    silencedUntil: silenced?.until,
    ...(!acknowledged && acknowledge && { acknowledge }),
  }
}

/** What supports it in a line: what was measured, the error behind it, what is ruled out, what else it explains. */
function detailOf({ measured, ruledOut, explains, error }: Incident): string {
  return [
    measured[0]?.label,
    error,
    ruledOut.length ? `ruled out: ${ruledOut.slice(0, 2).map(({ label }) => label.split(':')[0]!.toLowerCase()).join(', ')}` : undefined,
    explains.length ? `explains ${explains.length} more ${explains.length === 1 ? 'incident' : 'incidents'}` : undefined,
  ]
    .filter(Boolean)
    .join(' · ')
}

/** Silenced incidents stay in the list, but somebody decided that they need no attention now. */
export function troubleOfIncident(scope: Scope, incident: Incident): Trouble[] {
  if (incident.silenced || incident.state !== incidentStates.open) return []
  const text = tell(scope.now, incident)
  return [{ status: incident.status, text, about: aboutOf(incident, text), href: `${scope.kit.base}${subjectPath('incident', incident.id)}` }]
}

/** `report is stuck: 84 jobs for 3 h 1 min.` */
function tell(now: Date, { title, since, error, affected: { jobs } }: Incident): string {
  const how = [...(jobs ? [jobsOf(jobs.count, jobs.how)] : []), `for ${span(now.getTime() - Date.parse(since))}`].join(' ')
  return `${title}: ${how}${error ? ` – ${error}` : ''}.`
}

/** The same of an incident that is not shown in full. */
export function troubleOfGlimpse({ kit: { base } }: Scope, { id, class: name, status, scope, silenced }: IncidentGlimpse): Trouble[] {
  if (silenced) return []
  const about = namesOf({ scope })[0]
  const { label } = incidentClasses[name]
  return [{ status, text: `${about === undefined ? '' : `${about}: `}${label}.`, about, href: `${base}${subjectPath('incident', id)}` }]
}

/** The same among the cases of its bucket, after those that are shown in full. */
export function glimpseAttention({ kit: { base } }: Scope, glimpse: IncidentGlimpse): Attention {
  const { id, class: name } = glimpse
  const { label } = incidentClasses[name]
  return {
    kind: 'incident',
    rank: 1,
    covers: coveredBy(glimpse),
    exemplar: {
      label: namesOf(glimpse)[0] ?? label,
      attention: label,
      href: `${base}${subjectPath('incident', id)}`,
      forensicsHref: `${base}${evidencePath('incident', id)}`,
      completeness: 'complete',
    },
  }
}

/** An open incident among the cases of its bucket. */
export function incidentAttention({ kit: { base } }: Scope, incident: Incident): Attention {
  const { id, title, headline, measured } = incident
  return {
    kind: 'incident',
    rank: 0,
    covers: coveredBy(incident),
    exemplar: {
      label: namesOf(incident)[0] ?? title,
      attention: measured[0]?.label ?? headline,
      href: `${base}${subjectPath('incident', id)}`,
      forensicsHref: `${base}${evidencePath('incident', id)}`,
      completeness: 'complete',
    },
  }
}

/** Incidents about jobs that failed, which tell of them by the kind of failure. */
const ofFailures: IncidentClassName[] = ['retry_exhausted', 'failure_burst']

/** The subject of an incident, so that it is not listed twice. */
function coveredBy({ class: name, scope: { queue, cronEntry, eventId, jobId } }: Pick<Incident, 'class' | 'scope'>): string | undefined {
  if (ofFailures.includes(name)) return `failures ${queue}`
  if (eventId) return `audit_event ${eventId}`
  if (cronEntry) return `cron_entry ${cronEntry}`
  if (jobId) return `job ${jobId}`
  return queue && `queue ${queue}`
}

function namesOf({ scope: { cronEntry, queue, worker, executor, host } }: Pick<Incident, 'scope'>): string[] {
  return [cronEntry, queue, worker, executor, host].filter((name) => name !== undefined)
}

/** The first of its names that the text has. */
function aboutOf(incident: Incident, text: string): string | undefined {
  return namesOf(incident).find((name) => text.includes(name))
}
