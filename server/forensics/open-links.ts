import { type Bundle, viewActions, type ViewAction } from '../../schemas/index.ts'
import { pageOf } from '../host/auth.ts'
import type { Scope } from '../operations/scope.ts'

type Opens = (href: string) => boolean

/**
 * The bundle without links to pages that the viewer may not open: a line stays without its link, and a path or a resource that is only
 * a link is left out.
 */
export async function withOpenLinks(scope: Scope, bundle: Bundle): Promise<Bundle> {
  const opens = await whatOpens(scope)
  const open = <Given extends { href?: string }>(given: Given): Given => (given.href === undefined || opens(given.href) ? given : { ...given, href: undefined })
  const { subject, chronology, timeline, linkedResources, nextPaths } = bundle
  return {
    ...bundle,
    subject: open(subject),
    chronology: chronology.map((item) => ({ ...item, ref: open(item.ref) })),
    timeline: timeline && { ...timeline, lanes: timeline.lanes.map((lane) => ({ ...lane, marks: lane.marks.map(open) })) },
    linkedResources: linkedResources.filter(({ href }) => opens(href)),
    nextPaths: nextPaths.filter(({ href }) => href === undefined || opens(href)),
  }
}

async function whatOpens({ kit: { base, bridges }, viewer }: Scope): Promise<Opens> {
  const views = Object.keys(viewActions) as ViewAction[]
  const answers = await Promise.all(views.map(async (view) => (await viewer.can(view, pageOf(view))).allowed))
  const allowed = new Set(views.filter((_view, index) => answers[index]))
  const bridgePaths = new Set(bridges.map(({ href }) => href))
  return (href) => {
    const [path = ''] = href.split(/[?#]/)
    if (bridgePaths.has(path)) return allowed.has('view_bridge')
    const view = path.startsWith(base) ? viewOfPath(path.slice(base.length)) : undefined
    return view !== undefined && allowed.has(view)
  }
}

/** The view that shows a page, by the paths of the views. */
function viewOfPath(path: string): ViewAction | undefined {
  return (Object.keys(viewActions) as ViewAction[]).find((view) => viewActions[view].paths.some((pattern) => matches(pattern, path)))
}

function matches(pattern: string, path: string): boolean {
  const [parts, given] = [pattern.split('/'), path.split('/')]
  return parts.length === given.length && parts.every((part, index) => (part.startsWith('{') ? given[index] !== '' : part === given[index]))
}
