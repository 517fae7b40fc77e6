import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { type ViewAction, viewActions } from '../../schemas/views.ts'
import { Around } from './surroundings.ts'

type Path = (typeof viewActions)[ViewAction]['paths'][number]
type NameOf<P extends string> = P extends '' ? 'overview' : P extends '/list' ? 'jobs' : P extends `/${infer Name}/${string}` ? Name : P extends `/${infer Name}` ? Name : never

/** The name of a page, e.g. `jobs`, `job` or `audit`. */
export type PageName = NameOf<Path>

/** What one of our links leads to. */
export interface LinkTarget {
  /** The page, e.g. `job` or `audit`. */
  page: PageName
  /** What the page shows, by the names in its address, e.g. `{ jobId: '4711' }` or `{ state: 'discarded', queue: 'mail' }`. */
  params: Record<string, string>
  /** The address below the base, with its query, e.g. `/job/4711`; useful behind a prefix of your own. */
  path: string
}

/** The host's address of a page; undefined for the usual one. */
export type Links = (target: LinkTarget) => string | undefined

interface Pattern {
  page: PageName
  path: string
  view: ViewAction
  names: string[]
  match: RegExp
}

/** From the table that the server opens, so that there is no second list of our pages. */
const patterns: Pattern[] = Object.entries(viewActions).flatMap(([view, { paths }]) =>
  paths.map((path: string) => {
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!)
    // Only the last name may hold a slash.
    const source = path.replaceAll(/\{\w+\}(?!$)/g, '([^/]+)').replace(/\{\w+\}$/, '(.+?)')
    return { page: pageOf(path), path, view: view as ViewAction, names, match: new RegExp(`^${source}/?$`) }
  }),
)

/** The name of the page with this path. */
export function pageOf(path: string): PageName {
  const first = path.split('/')[1] ?? 'overview'
  return (first === 'list' ? 'jobs' : first) as PageName
}

/** A page and what must be allowed to see it. */
export interface OurPage extends LinkTarget {
  view: ViewAction
}

/** The page that an address below the base means; undefined for any other address. */
export function pageAt(base: string, href: string): OurPage | undefined {
  const root = base.replace(/\/+$/, '')
  if (!href.startsWith(root)) return undefined
  const path = href.slice(root.length) || '/'
  const [, at = '', query = ''] = /^(\/?[^?#]*)\??([^#]*)/.exec(path) ?? []
  if (!at.startsWith('/') && (at || !root)) return undefined
  for (const { page, view, names, match } of patterns) {
    const found = match.exec(at)
    if (!found) continue
    try {
      const named = names.map((name, index) => [name, decodeURIComponent(found[index + 1]!)])
      return { page, view, params: { ...Object.fromEntries(new URLSearchParams(query)), ...Object.fromEntries(named) }, path }
    } catch {
      // A broken escape is an address that does not exist.
      return undefined
    }
  }
  return undefined
}

/** The address of a page below the base. Empty values are left out. */
export function pathTo(page: PageName, params: Record<string, string | undefined> = {}): string {
  const given = Object.entries(params).filter((pair): pair is [string, string] => Boolean(pair[1]))
  const named = Object.fromEntries(given)
  const pattern = patterns.findLast((each) => each.page === page && each.names.every((name) => named[name]))
  if (!pattern) throw new Error(`The page ${page} needs more than ${JSON.stringify(params)}.`)
  const { path, names } = pattern
  const query = new URLSearchParams(given.filter(([name]) => !names.includes(name))).toString()
  return (path || '/').replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(named[name]!)) + (query ? `?${query}` : '')
}

/** Asks the second where the first has no answer. The same two make the same function, so that links are addressed once. */
export function joinLinks(first?: Links, second?: Links): Links | undefined {
  if (!first || !second || first === second) return first ?? second
  let both = joined.get(first)
  if (both?.second !== second) joined.set(first, (both = { second, links: (target) => first(target) ?? second(target) }))
  return both.links
}

const joined = new WeakMap<Links, { second: Links; links: Links }>()

/** A link as it was rendered, and as it is shown: with the host's address, or closed. */
interface Addressed {
  written: string
  shown: string | null
  page?: OurPage
  links?: Links
}

const addressed = new WeakMap<Element, Addressed>()

/** The page that a rendered link leads to, whatever its address is. */
export function targetOf(link: Element): LinkTarget | undefined {
  const found = addressed.get(link)?.page
  return found && { page: found.page, params: found.params, path: found.path }
}

/**
 * Gives every link the address that the host wants, and turns links to pages that the actor may not see into plain text. This works
 * on the rendered DOM, because links come from templates, from the server and from a host's runbooks: a template writes
 * `${this.base}${pathTo(page, params)}`, and here is the one place that decides what becomes of it. A link that only leads somewhere
 * (`way`) makes no sense without its target and is hidden by its style.
 */
export function addressLinks(root: ParentNode, base: string, mayOpen: (view: ViewAction) => boolean, links?: Links): void {
  for (const link of root.querySelectorAll('a')) {
    const href = link.getAttribute('href')
    const before = addressed.get(link)
    const kept = before && href === before.shown ? before : undefined
    const written = kept?.written ?? href
    if (written === null) continue
    const page = kept ? kept.page : pageAt(base, written)
    const open = !page || mayOpen(page.view)
    if (kept && open === (kept.shown !== null) && links === kept.links) continue
    const shown = !open ? null : ((page && links?.(page)) ?? written)
    addressed.set(link, { written, shown, page, links })
    if (shown === href) continue
    if (shown === null) link.removeAttribute('href')
    else link.setAttribute('href', shown)
  }
}

/** For a part with links that is no `OpsElement`: its links are treated as those of the page around it. */
export class PageLinks implements ReactiveController {
  private readonly host: ReactiveControllerHost & Element
  private readonly around: Around

  constructor(host: ReactiveControllerHost & Element) {
    this.host = host
    this.around = new Around(host)
    host.addController(this)
  }

  /** The host's address for one of our links, e.g. to be copied. */
  addressOf(href: string): string {
    return this.around.value?.addressOf?.(href) ?? href
  }

  hostUpdated() {
    this.around.value?.address?.(this.host.shadowRoot ?? this.host)
  }
}
