import type { ViewAction } from '../../schemas/vocabulary.ts'

export interface Route {
  title: string
  /** Stands in the navigation under this path; a route without one is only reached by links. */
  path: string
  /** What must be allowed to go there. */
  view: ViewAction
  tag: string
  load: () => Promise<unknown>
}

export const routes: Route[] = [
  { title: 'Overview', path: '', view: 'view_overview', tag: 'ops-overview', load: () => import('../pages/ops-overview.ts') },
  { title: 'Cron', path: '/cron', view: 'view_cron', tag: 'ops-cron', load: () => import('../pages/ops-cron.ts') },
  { title: 'Forensics', path: '/forensics', view: 'view_forensics', tag: 'ops-forensics', load: () => import('../pages/ops-forensics.ts') },
  { title: 'Audit', path: '/audit', view: 'view_audit', tag: 'ops-audit', load: () => import('../pages/ops-audit.ts') },
]

export interface Place {
  route: Route
  /** What the page shows, by the name of its property. */
  shown: Record<string, string>
}

/** Which page an address below the base means; nothing when none of ours. */
export function placeOf(base: string, url: URL): Place | undefined {
  const path = decode(below(base, url.pathname))
  if (path === undefined) return undefined
  const query = Object.fromEntries(url.searchParams)
  const [, subjectType, subjectId] = /^\/forensics\/([^/]+)\/(.+)$/.exec(path) ?? []
  const route = routes.find((each) => each.path === (subjectType ? '/forensics' : path))
  if (!route) return undefined
  return { route, shown: subjectType && subjectId ? { ...query, subjectType, subjectId } : query }
}

function below(base: string, path: string): string | undefined {
  const root = base.replace(/\/+$/, '')
  if (path !== root && !path.startsWith(`${root}/`)) return undefined
  return path.slice(root.length).replace(/\/+$/, '')
}

/** A broken escape is an address nobody knows, not an error. */
function decode(path: string | undefined): string | undefined {
  try {
    return path === undefined ? undefined : decodeURIComponent(path)
  } catch {
    return undefined
  }
}
