import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { Around } from './surroundings.ts'

/** The name of a page of the console. */
export type PageName = 'overview' | 'incidents' | 'incident' | 'errors' | 'jobs' | 'job' | 'queues' | 'queue' | 'executors' | 'cron' | 'forensics' | 'audit'

/** What one of our links leads to. */
export interface LinkTarget {
  /** The page, e.g. `job` or `audit`. */
  page: PageName
  /** What the page shows, by the names in its address, e.g. `{ jobId: '4711' }` or `{ state: 'discarded', queue: 'mail' }`. */
  params: Record<string, string>
  /** The address below the base, with its query, e.g. `/job/4711`; useful behind a prefix of your own. */
  path: string
}

/** The host's address of a page; undefined for the usual one, null for a page that the host does not offer. */
export type Links = (target: LinkTarget) => string | null | undefined

/** A page and what must be allowed to see it. */
export interface OurPage extends LinkTarget {
  /** e.g. `view_jobs`. */
  view: string
}

/**
 * By the first part of the address: the page, its view, and the names of the parts that follow. The paths in `viewActions` are the
 * same, which a test checks; that table with its labels is too large for what every element loads.
 */
export const pages: Record<string, string> = {
  '': 'overview overview',
  incidents: 'incidents incidents',
  incident: 'incident incidents incidentId',
  errors: 'errors jobs',
  list: 'jobs jobs',
  job: 'job jobs jobId',
  queues: 'queues queues',
  queue: 'queue queues queue',
  executors: 'executors queues',
  cron: 'cron cron',
  forensics: 'forensics forensics subjectType subjectId',
  audit: 'audit audit',
}

/** The page that an address below the base means; undefined for any other address. */
export function pageAt(base: string, href: string): OurPage | undefined {
  const root = base.replace(/\/+$/, '')
  const path = href.slice(root.length) || '/'
  const [, first = '', rest = '', query] = /^\/?([^/?#]*)(?:\/([^?#]+?))?\/?(?:\?([^#]*))?(?:#.*)?$/.exec(path) ?? []
  if (!href.startsWith(root) || !/^[/?#]/.test(path) || (!root && path[0] !== '/') || !Object.hasOwn(pages, first)) return undefined
  const [page, view, ...names] = pages[first]!.split(' ')
  const last = names.length > 1 ? rest.indexOf('/') : -1
  const values = rest ? (last < 0 ? [rest] : [rest.slice(0, last), rest.slice(last + 1)]) : []
  if (values.length !== names.length && (values.length > 0 || page !== 'forensics')) return undefined
  const params = Object.fromEntries(new URLSearchParams(query))
  try {
    values.forEach((value, index) => (params[names[index]!] = decodeURIComponent(value)))
  } catch {
    // A broken escape is an address that does not exist.
    return undefined
  }
  return { page: page as PageName, view: `view_${view}`, params, path }
}

/** Asks the second where the first has no answer. */
export function joinLinks(first?: Links, second?: Links): Links | undefined {
  if (!first || !second) return first ?? second
  return (target) => {
    const found = first(target)
    return found === undefined ? second(target) : found
  }
}

/** A link as it was rendered, and as it is shown: with the host's address, or closed. */
interface Addressed {
  written: string
  shown: string | null
  page?: OurPage
  links?: Links
  open: boolean
}

const addressed = new WeakMap<Element, Addressed>()

/** The page that a rendered link leads to, whatever its address is. */
export function targetOf(link: Element): LinkTarget | undefined {
  const found = addressed.get(link)?.page
  return found && { page: found.page, params: found.params, path: found.path }
}

/**
 * Gives every link the address that the host wants, and turns links to pages that the actor may not see into plain text. This works
 * on the rendered DOM, because links come from templates, from the server and from a host's runbooks: a template writes the address
 * on the server, and here is the one place that decides what becomes of it. A link that only leads somewhere
 * (`way`) makes no sense without its target and is hidden by its style.
 */
export function addressLinks(root: ParentNode, base: string, mayOpen: (view: string) => boolean, links?: Links): void {
  for (const link of root.querySelectorAll('a')) {
    const href = link.getAttribute('href')
    const before = addressed.get(link)
    const kept = before && href === before.shown ? before : undefined
    const written = kept?.written ?? href
    if (written === null) continue
    const page = kept ? kept.page : pageAt(base, written)
    const open = !page || mayOpen(page.view)
    if (kept && open === kept.open && links === kept.links) continue
    const given = page && links?.(page)
    const shown = open && given !== null ? (given ?? written) : null
    addressed.set(link, { written, shown, page, links, open })
    if (shown === href) continue
    if (shown === null) link.removeAttribute('href')
    else link.setAttribute('href', shown)
  }
}

/** For a part that is no `OpsElement`: its links and its problems are treated as those of the page around it. */
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
    this.around.value?.finishParts?.(this.host.shadowRoot ?? this.host)
  }
}
