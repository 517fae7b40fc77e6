import type { ViewAction, viewActions } from '../../schemas/actions.ts'
import { pageAt } from '../core/links.ts'
import { texts } from '../core/words.ts'

/** The navigation has three groups: current problems, the work itself, and history. */
export type RouteGroup = 'trouble' | 'work' | 'evidence'

export interface Route<View extends ViewAction = ViewAction> {
  /** A key of the catalogues, shown with `tx`. */
  title: string
  /** Those of the view, which the server opens: below the base, that of the navigation first; `{name}` stands for what the page shows. */
  paths: readonly PathOf<View>[]
  /** Reached by links only; the navigation shows this route instead. */
  under?: string
  group: RouteGroup
  /** What must be allowed to go there. */
  view: View
  tag: string
  /** After `g`, the key that goes there. */
  letter?: string
  load: () => Promise<unknown>
}

type PathOf<View extends ViewAction> = (typeof viewActions)[View]['paths'][number]
type RouteOfAny = { [View in ViewAction]: Route<View> }[ViewAction]

export const routes: RouteOfAny[] = [
  { title: texts('Overview'), paths: [''], view: 'view_overview', group: 'trouble', tag: 'ops-overview', letter: 'o', load: () => import('../pages/ops-overview.ts') },
  { title: texts('Incidents'), paths: ['/incidents'], view: 'view_incidents', group: 'trouble', tag: 'ops-incidents', letter: 'i', load: () => import('../pages/ops-incidents.ts') },
  { title: texts('Errors'), paths: ['/errors'], view: 'view_jobs', group: 'trouble', tag: 'ops-errors', letter: 'e', load: () => import('../pages/ops-errors.ts') },
  { title: texts('Jobs'), paths: ['/list'], view: 'view_jobs', group: 'work', tag: 'ops-jobs', letter: 'j', load: () => import('../pages/ops-jobs.ts') },
  { title: texts('Queues'), paths: ['/queues'], view: 'view_queues', group: 'work', tag: 'ops-queues', letter: 'q', load: () => import('../pages/ops-queues.ts') },
  { title: texts('Executors'), paths: ['/executors'], view: 'view_queues', group: 'work', tag: 'ops-executors', letter: 'x', load: () => import('../pages/ops-executors.ts') },
  { title: texts('Cron'), paths: ['/cron'], view: 'view_cron', group: 'work', tag: 'ops-cron', letter: 'c', load: () => import('../pages/ops-cron.ts') },
  { title: texts('Forensics'), paths: ['/forensics', '/forensics/{subjectType}/{subjectId}'], view: 'view_forensics', group: 'evidence', tag: 'ops-forensics', letter: 'f', load: () => import('../pages/ops-forensics.ts') },
  { title: texts('Audit'), paths: ['/audit'], view: 'view_audit', group: 'evidence', tag: 'ops-audit', letter: 'a', load: () => import('../pages/ops-audit.ts') },
  { title: texts('Job'), paths: ['/job/{jobId}'], under: '/list', view: 'view_jobs', group: 'work', tag: 'ops-job', load: () => import('../pages/ops-job.ts') },
  { title: texts('Queue'), paths: ['/queue/{queue}'], under: '/queues', view: 'view_queues', group: 'work', tag: 'ops-queue', load: () => import('../pages/ops-queue.ts') },
  { title: texts('Incident'), paths: ['/incident/{incidentId}'], under: '/incidents', view: 'view_incidents', group: 'trouble', tag: 'ops-incident', load: () => import('../pages/ops-incident.ts') },
]

export interface Place {
  route: Route
  /** What the page shows, by the name of its property. */
  shown: Record<string, string>
}

/** Pages in the fragment of the host's page, e.g. with the base `#`. */
export function isHash(base: string): boolean {
  return base.startsWith('#')
}

/** Which page an address below the base means; undefined when none of ours. */
export function placeOf(base: string, url: URL): Place | undefined {
  if (isHash(base) && url.pathname !== location.pathname) return undefined
  const found = pageAt(base, isHash(base) ? url.hash || base : url.pathname + url.search)
  const route = found && routes.find(({ paths }) => pageAt('', paths[0] || '/')?.page === found.page)
  return route && { route, shown: renamed(found!.params) }
}

/** An element's own `id` is the page's business; the word in the address is the API's. */
function renamed({ id, ...params }: Record<string, string>): Record<string, string> {
  return id === undefined ? params : { jobId: id, ...params }
}
