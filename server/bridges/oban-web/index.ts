import { OpsError } from '../../error.ts'
import type { Bridge, BridgeMount, BridgeVisit, OpenBridge } from '../bridge.ts'
import { toStaticPage } from './html.ts'
import { fetchUpstream, type Upstream } from './upstream.ts'

export interface ObanWebOptions {
  /** Where Oban Web is mounted in a running Phoenix application, e.g. `http://localhost:4000/oban`. Without it there is no bridge. */
  url: string | undefined
  /** Sent with each request, e.g. `{ authorization: 'Basic …' }` for an Oban Web that requires a login. */
  headers?: Readonly<Record<string, string>>
  /**
   * Also open the pages that show job data. Oban Web shows it raw: the display policy cannot hide single keys inside its pages,
   * so set this to true only if everyone with `view_bridge` may read job data. Actors whose policy replaces job data, or
   * who lack `view_jobs`, still cannot open these pages. Default false.
   */
  showsJobData?: boolean
}

const label = 'Oban Web bridge'

/**
 * Oban Web at `<base>/oban`, available only if the URL of a running one is configured. Its pages are fetched by this server and shown
 * as first rendered: without its scripts, because these use a socket over which anything could be requested.
 * Oban Web never learns who the viewer is; it receives only the configured headers.
 *
 * @example
 * createOps({ bridges: [obanWeb({ url: process.env.OBAN_WEB_URL })], … })
 */
export function obanWeb({ url, headers = {}, showsJobData = false }: ObanWebOptions): Bridge {
  return {
    name: 'oban',
    label,
    async open(mount) {
      return url ? openProxy({ root: parseRootUrl(url), headers: new Headers(headers) }, mount, showsJobData) : null
    },
  }
}

function parseRootUrl(text: string): URL {
  const url = URL.parse(text)
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new Error('obanWeb: url is not an http or https URL; expected e.g. http://localhost:4000/oban.')
  }
  if (url.username || url.password) throw new Error('obanWeb: url contains a user or a password; expected them in headers, as authorization.')
  url.pathname = url.pathname.replace(/\/+$/, '')
  url.search = url.hash = ''
  return url
}

function openProxy(upstream: Upstream, { basePath }: BridgeMount, showsJobData: boolean): OpenBridge {
  return {
    // Its bars and columns set style attributes; its icons are inline. No script runs but the strip's.
    contentSecurityPolicy: { 'style-src-attr': "'unsafe-inline'", 'img-src': "'self' data:", 'connect-src': "'none'" },
    async answer(request, visit) {
      const { pathname, search } = new URL(request.url)
      const path = pathname.slice(basePath.length).replace(/\/$/, '')
      const mayReadJobData = visit.mayReadJobData && showsJobData
      if (path === '' && !mayReadJobData) return new Response(null, { status: 302, headers: { location: `${basePath}/queues` } })
      requirePage(path, mayReadJobData)
      await requireQueues(path, visit)
      const answer = await fetchUpstream(upstream, request, path + search)
      const location = answer.headers.get('location')
      if (location !== null) return redirect(answer, withinBase(location, upstream.root, basePath))
      const type = answer.headers.get('content-type') ?? ''
      if (type.startsWith('text/css')) return new Response(request.method === 'HEAD' ? null : withFontHere(await answer.text(), basePath), answer)
      if (!type.startsWith('text/html')) return answer
      const html = toStaticPage(await answer.text(), (address) => withinBase(address, upstream.root, basePath))
      return new Response(request.method === 'HEAD' ? null : html, { status: answer.status, headers: { 'content-type': 'text/html; charset=utf-8' } })
    },
    async close() {},
  }
}

/** The location of the font differs between versions. */
const font = /^\/(fonts\/|font-)[\w.-]+$/

/** Pages and files without job data: counts and limits of queues, styles. */
const withoutJobData = [/^\/queues$/, /^\/queues\/[^/]+$/, /^\/css-[\w-]+$/, font]

/** Lists and details with arguments, errors or recorded output of jobs, or arguments of schedules. */
const withJobData = [/^$/, /^\/(jobs|crons|workflows)$/, /^\/(jobs|crons|workflows)\/[^/]+$/]

/** Fails closed: unknown pages are not requested. A requested path cannot name another directory, however it is decoded. */
function requirePage(path: string, mayReadJobData: boolean): void {
  const is = (patterns: RegExp[]) => patterns.some((pattern) => pattern.test(path))
  if (!isPlain(path) || (!is(withoutJobData) && !is(withJobData))) throw new OpsError('not_found', `${label} has no such page.`)
  if (path.endsWith('/new')) throw new OpsError('forbidden', `${label} is for inspection only, so this form is not shown.`)
  if (!is(withoutJobData) && !mayReadJobData) {
    throw new OpsError('forbidden', 'Job data is not shown here, because the display policy cannot be applied inside this dashboard.')
  }
}

/** The style sheet refers to its font by a path outside the dashboard, which does not exist here. */
function withFontHere(css: string, basePath: string): string {
  return css.replaceAll(/url\(\s*(["']?)(?!data:|https?:)[^"')]*?((?:fonts\/|font-)[\w.-]+)\1\s*\)/gi, (_whole, _quote, file: string) => `url("${basePath}/${file}")`)
}

/** Every page counts all queues, so it requires permission for all of them; a queue's own page also requires permission for that queue. */
async function requireQueues(path: string, visit: BridgeVisit): Promise<void> {
  const [, name] = /^\/queues\/([^/]+)$/.exec(path) ?? []
  const queue = name === undefined ? undefined : decodeURIComponent(name)
  const resource = queue === undefined ? { type: 'page', id: 'queues' } : { type: 'queue', id: queue, queue }
  if (path.startsWith('/css-') || font.test(path) || (visit.mayReadEveryQueue && (await visit.can('view_queues', resource)))) return
  throw new OpsError('forbidden', queue === undefined ? 'These pages show queues, which your account may not view.' : 'Your account may not view this queue.')
}

function isPlain(path: string): boolean {
  try {
    const decoded = decodeURIComponent(path)
    return !/[\\\0%]/.test(decoded) && decoded.split('/').length === path.split('/').length && !decoded.split('/').includes('..')
  } catch {
    return false
  }
}

/** A URL of Oban Web, rewritten to this server; undefined if it leads elsewhere, for example to a sign-in page. */
function withinBase(address: string, root: URL, basePath: string): string | undefined {
  const url = URL.parse(address, `${root.href.replace(/\/$/, '')}/`)
  if (!url || url.origin !== root.origin) return undefined
  const mounted = root.pathname.replace(/\/$/, '')
  if (url.pathname !== mounted && !url.pathname.startsWith(`${mounted}/`)) return undefined
  return basePath + url.pathname.slice(mounted.length).replace(/\/$/, '') + url.search + url.hash
}

function redirect({ status }: Response, location: string | undefined): Response {
  if (location !== undefined) return new Response(null, { status, headers: { location } })
  throw new OpsError('unavailable', 'Oban Web redirects elsewhere, probably to sign in; expected headers in obanWeb that give this bridge access.')
}
