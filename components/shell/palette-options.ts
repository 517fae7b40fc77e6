import type { Permission, Session } from '../../schemas/actor.ts'
import { auditPath, type OperationAction, operationActions } from '../../schemas/actions.ts'
import type { CronEntry } from '../../schemas/cron.ts'
import type { Incident } from '../../schemas/incident.ts'
import type { Job } from '../../schemas/job.ts'
import type { Queue } from '../../schemas/queue.ts'
import type { JobState } from '../../schemas/vocabulary.ts'
import type { Connection } from '../core/connection.ts'
import { pathTo } from '../core/path-to.ts'
import { t, tn, tx } from '../core/words.ts'
import type { Ask } from '../parts/operation-fields.ts'
import { navigation } from './navigation.ts'

/** One line of the palette. It opens `href`, or the preview of `ask`. */
export interface Option {
  label: string
  /** What kind of thing it is, or what else there is to know. */
  aside?: string
  href?: string
  ask?: Ask
  /** Why the operation is not possible; the option then leads to what else can be done. */
  refused?: string
  status?: string
  state?: JobState
  /** A raw error, shown as such. */
  error?: boolean
  keys?: string
}

export interface Found {
  does: Option[]
  places: Option[]
  jobs: Option[]
}

export interface Sought {
  text: string
  connection: Connection
  session: Session
  base: string
  signal: AbortSignal
}

type Source = (sought: Sought) => Promise<Partial<Found>>

/** How many of one kind are offered: what is not among the first is found by typing more. */
const limit = 4

/** Each reads a bounded page of what this actor may see, through the endpoints that their own pages use. */
export const sources: Source[] = [queues, entries, errors, incidents, jobById, jobsByError]

/** Pages whose name contains the text; all of them if there is no text. */
export function pageOptions({ text, session, base }: Pick<Sought, 'text' | 'session' | 'base'>): Option[] {
  return navigation
    .filter(({ view, title }) => session.permissions[view]?.allowed && contains(tx(title), text))
    .map(({ title, paths: [path], letter }) => ({ label: tx(title), href: `${base}${path || '/'}`, keys: letter && `g ${letter}` }))
}

async function queues(sought: Sought): Promise<Partial<Found>> {
  const { connection, text, signal, base } = sought
  if (!may(sought, 'view_queues')) return {}
  const { items } = await connection.client.listQueues({ query: { name: text, order: 'worst', limit }, signal })
  return {
    does: items.slice(0, 2).flatMap((queue) => queueDeeds(queue, sought)),
    places: items.flatMap(({ name, status }, index) => [
      { label: name, aside: t`queue`, status, href: base + pathTo('queue', { queue: name }) },
      ...(index > 0 ? [] : queuePlaces(name, sought)),
    ]),
  }
}

function queuePlaces(name: string, sought: Sought): Option[] {
  const { base } = sought
  return [
    ...(may(sought, 'view_jobs') ? [{ label: t`Jobs: ${name}, discarded`, href: base + pathTo('jobs', { queue: name, state: 'discarded' }) }] : []),
    ...(may(sought, 'view_audit') ? [{ label: t`Audit of ${name}`, href: base + auditPath('queue', name) }] : []),
  ]
}

function queueDeeds({ name, depth, paused, operations }: Queue, sought: Sought): Option[] {
  const href = sought.base + pathTo('queue', { queue: name })
  const failed = depth.find(({ state }) => state === 'discarded')?.count ?? 0
  const retry: Option = { label: t`Retry the failed jobs in ${name}…`, aside: tn(failed, '# job', '# jobs'), ask: { action: 'retry_job', selection: { filter: { queue: name, state: 'discarded' } } }, refused: refusalOf(sought.session, 'retry_job') }
  const action = paused ? 'resume_queue' : 'pause_queue'
  return [
    ...(failed ? [retry] : []),
    { label: paused ? t`Resume ${name}…` : t`Stop taking work from ${name}…`, ask: { action, id: name }, refused: refusalOf(sought.session, action, operations[action]), href },
  ]
}

async function entries(sought: Sought): Promise<Partial<Found>> {
  const { connection, text, signal, base } = sought
  if (!may(sought, 'view_cron')) return {}
  const { items } = await connection.client.listCronEntries({ query: { q: text, limit }, signal })
  return {
    does: items.slice(0, 2).flatMap((entry) => entryDeeds(entry, sought)),
    places: items.map(({ name, status }) => ({ label: name, aside: t`cron entry`, status, href: `${base}/cron?entry=${encodeURIComponent(name)}` })),
  }
}

function entryDeeds({ name, pause, permissions }: CronEntry, { session, base }: Sought): Option[] {
  const href = `${base}/cron?entry=${encodeURIComponent(name)}`
  const deed = (action: OperationAction, label: string): Option => ({ label, ask: { action, id: name }, refused: refusalOf(session, action, permissions[action]), href })
  return [pause ? deed('resume_cron_entry', t`Resume ${name}…`) : deed('pause_cron_entry', t`Pause ${name}…`), deed('run_cron_entry', t`Run ${name} now…`)]
}

async function errors(sought: Sought): Promise<Partial<Found>> {
  const { connection, text, signal, base } = sought
  if (!may(sought, 'view_jobs')) return {}
  const { items } = await connection.client.listErrorGroups({ query: { text, limit }, signal })
  return { places: items.map(({ title, queue, fingerprint }) => ({ label: title, error: true, aside: queue, href: `${base}/errors?group=${fingerprint}` })) }
}

async function incidents(sought: Sought): Promise<Partial<Found>> {
  const { connection, text, signal } = sought
  if (!may(sought, 'view_incidents')) return {}
  const { items } = await connection.client.listIncidents({ query: { limit: 50 }, signal })
  const matching = items.filter(({ title, headline }) => contains(`${title} ${headline}`, text)).slice(0, limit)
  return { does: matching.slice(0, 1).flatMap((incident) => incidentDeeds(incident, sought)), places: matching.map((incident) => incidentPlace(incident, sought)) }
}

function incidentPlace({ id, title, status }: Incident, { base }: Sought): Option {
  return { label: title, aside: t`incident`, status, href: base + pathTo('incident', { incidentId: id }) }
}

function incidentDeeds({ id, title, acknowledged, operations }: Incident, { session, base }: Sought): Option[] {
  if (acknowledged) return []
  const action = 'acknowledge_incident'
  return [{ label: t`Acknowledge: ${title}…`, ask: { action, id }, refused: refusalOf(session, action, operations[action]), href: base + pathTo('incident', { incidentId: id }) }]
}

async function jobById(sought: Sought): Promise<Partial<Found>> {
  const { connection, text, signal } = sought
  if (!may(sought, 'view_jobs') || /\s/.test(text) || !/\d/.test(text)) return {}
  const { items } = await connection.client.listJobs({ query: { id: text, limit: 1 }, signal })
  return { does: items.flatMap((job) => jobDeeds(job, sought)), jobs: items.map((job) => jobPlace(job, sought)) }
}

/** Words that nothing is named by may be in the error of a job. */
async function jobsByError(sought: Sought): Promise<Partial<Found>> {
  const { connection, text, signal, session } = sought
  if (!may(sought, 'view_jobs') || text.length < 4 || session.engine.lacks.filter_error) return {}
  const { items } = await connection.client.listJobs({ query: { error: text, limit }, signal })
  return { jobs: items.map((job) => jobPlace(job, sought)) }
}

function jobPlace({ id, queue, worker, state }: Job, { base }: Sought): Option {
  return { label: worker ?? queue, aside: id, state, href: base + pathTo('job', { jobId: id }) }
}

function jobDeeds({ id, queue, worker, state, version }: Job, { session, base }: Sought): Option[] {
  const name = worker ?? queue
  return (['retry_job', 'cancel_job'] as const)
    .filter((action) => (operationActions[action].states as readonly JobState[]).includes(state))
    .map((action) => ({
      label: action === 'retry_job' ? t`Retry this ${name}…` : t`Cancel this ${name}…`,
      aside: id,
      ask: { action, id, seen: version },
      refused: refusalOf(session, action),
      href: base + pathTo('job', { jobId: id }),
    }))
}

function may({ session }: Sought, view: string): boolean {
  return session.permissions[view]?.allowed ?? false
}

/** Why this cannot be done; a reason that lies in the engine comes first. Undefined if it can. */
function refusalOf({ engine, permissions }: Session, action: OperationAction, own?: Permission): string | undefined {
  const permission = own ?? permissions[action]
  if (engine.lacks[action]) return engine.lacks[action]
  return permission?.allowed ? undefined : (permission?.reason ?? t`Your account may not do this.`)
}

export function contains(label: string, text: string): boolean {
  return label.toLowerCase().includes(text.trim().toLowerCase())
}
