import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { BridgeMount } from '../bridge.ts'

/** The part of a BullMQ queue that this bridge itself uses. */
export interface BoardQueue {
  readonly name: string
}

/** A queue inside the board. */
export interface BoardAdapter {
  getName(): string
  getJob(id: string): Promise<{ name: string } | undefined | null>
}

interface ApiRoute {
  method: string | string[]
  route: string | string[]
  handler(request: object): Promise<{ status?: number; body: unknown }>
}

interface EntryRoute {
  route: string | string[]
  handler(options: { basePath: string; uiConfig: object }): { name: string; params: Record<string, string> }
}

/** The part of `@bull-board/api` that is used here. */
export interface BoardModules {
  createBullBoard(options: { queues: BoardAdapter[]; serverAdapter: object; options: { uiConfig: object } }): unknown
  BullMQAdapter: new (queue: BoardQueue, options: { readOnlyMode: boolean; allowRetries: boolean }) => BoardAdapter
}

export type BoardQueues = Map<string, BoardAdapter>

/** A requested API route. */
export interface RouteMatch {
  /** As Bull Board writes it, e.g. `/api/queues/:queueName/:jobId`. */
  route: string
  params: Record<string, string>
  handle(queues: BoardQueues, search: URLSearchParams): Promise<{ status?: number; body: unknown }>
}

/** Caps the page size; the board itself shows ten jobs per page. */
const maxJobsPerPage = 100

/** Hides details of Redis, which are not job data, and whose icon would need a style that the policy refuses. */
const uiConfig = { boardTitle: 'Bull Board', hideDocsLink: true, hideRedisDetails: true, locale: { lng: 'en-US' } }

/** A page that works only if the host records a metrics history for the board. */
const withoutHistory = '/metrics-history'

/** Bull Board without its server: its routes, page and files, called one at a time. */
export class Board {
  private readonly modules: BoardModules
  private readonly queues: () => readonly BoardQueue[]
  private readonly adapters = new WeakMap<BoardQueue, BoardAdapter>()
  private routes: ApiRoute[] = []
  private pages: RegExp[] = []
  private filesAt = ''
  private viewsAt = ''
  private uiConfig: object = {}
  private html = ''

  private constructor(modules: BoardModules, queues: () => readonly BoardQueue[]) {
    this.modules = modules
    this.queues = queues
  }

  static async open(modules: BoardModules, { basePath }: BridgeMount, queues: () => readonly BoardQueue[]): Promise<Board> {
    const board = new Board(modules, queues)
    if (typeof modules.createBullBoard !== 'function' || typeof modules.BullMQAdapter !== 'function') {
      throw new Error('@bull-board/api has no createBullBoard or no BullMQAdapter; expected version 9.10 or newer.')
    }
    const entry = board.collectRoutes()
    const { name, params } = entry.handler({ basePath, uiConfig: board.uiConfig })
    board.pages = [entry.route].flat().flatMap((route) => (route === withoutHistory ? [] : [patternOf(route)]))
    board.html = fillIn(await readFile(join(board.viewsAt, name), 'utf8'), params)
    return board
  }

  /** Stands in for the server that Bull Board expects, and collects what it registers there. */
  private collectRoutes(): EntryRoute {
    let entry: EntryRoute | undefined
    const serverAdapter = {
      setQueues: () => serverAdapter,
      setErrorHandler: () => serverAdapter,
      setViewsPath: (path: string) => ((this.viewsAt = path), serverAdapter),
      setStaticPath: (_route: string, path: string) => ((this.filesAt = path), serverAdapter),
      setUIConfig: (config: object) => ((this.uiConfig = config), serverAdapter),
      setEntryRoute: (route: EntryRoute) => ((entry = route), serverAdapter),
      setApiRoutes: (routes: ApiRoute[]) => ((this.routes = routes.filter(isRead)), serverAdapter),
    }
    this.modules.createBullBoard({ queues: [], serverAdapter, options: { uiConfig } })
    if (!entry || !this.viewsAt || !this.filesAt) {
      throw new Error('@bull-board/api did not register its page; expected version 9.10 or newer.')
    }
    return entry
  }

  isPage(path: string): boolean {
    return this.pages.some((page) => page.test(path))
  }

  page(): Response {
    return new Response(this.html, { headers: { 'content-type': 'text/html; charset=utf-8' } })
  }

  /** File names contain a hash, except for pictures and translations. */
  async file(path: string): Promise<Response | null> {
    const type = contentTypes[extname(path)]
    if (!type || !/^\/static(\/[\w-][\w.-]*)+$/.test(path)) return null
    const file = await readFile(join(this.filesAt, path.slice('/static'.length))).catch(() => null)
    if (!file) return null
    const cached = /\.[0-9a-f]{8,}\./.test(path) ? { 'cache-control': 'immutable' } : undefined
    return new Response(new Uint8Array(file), { headers: { 'content-type': type, ...cached } })
  }

  route(path: string): RouteMatch | undefined {
    for (const { route, handler } of this.routes) {
      const match = patternOf(String(route)).exec(path)
      const params = match && parseParams(match.groups ?? {})
      if (!params) continue
      const request = { uiConfig: this.uiConfig, params, body: {}, headers: {} }
      return { route: String(route), params, handle: (queues, search) => handler({ ...request, queues, query: queryOf(search) }) }
    }
    return undefined
  }

  async queuesFor(mayView: (queue: BoardQueue) => Promise<boolean>): Promise<BoardQueues> {
    const visible = await Promise.all(this.queues().map(async (queue) => ((await mayView(queue)) ? [queue] : [])))
    return new Map(visible.flat().map((queue) => [queue.name, this.adapterOf(queue)]))
  }

  private adapterOf(queue: BoardQueue): BoardAdapter {
    const adapter = this.adapters.get(queue) ?? new this.modules.BullMQAdapter(queue, { readOnlyMode: true, allowRetries: false })
    this.adapters.set(queue, adapter)
    return adapter
  }
}

function isRead({ method }: ApiRoute): boolean {
  return [method].flat().every((name) => name.toLowerCase() === 'get')
}

/** `/queue/:name` as a regular expression. */
function patternOf(route: string): RegExp {
  return new RegExp(`^${route.replaceAll(/:(\w+)/g, '(?<$1>[^/]+)')}$`)
}

function parseParams(groups: Record<string, string>): Record<string, string> | undefined {
  try {
    return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]))
  } catch {
    return undefined
  }
}

function queryOf(search: URLSearchParams): Record<string, string> {
  const query = Object.fromEntries(search)
  return Number(query.jobsPerPage) > maxJobsPerPage ? { ...query, jobsPerPage: String(maxJobsPerPage) } : query
}

/** Fills in the page template. Fonts from other sites are removed, because the policy would refuse them. */
function fillIn(template: string, params: Record<string, string>): string {
  const filled = template.replaceAll(/<%([=-])\s*(\w+)\s*%>/g, (_tag, kind: string, name: string) => {
    const value = params[name] ?? ''
    return kind === '=' ? escapeAttribute(value) : value
  })
  if (filled.includes('<%')) throw new Error('The page of @bull-board/ui is not the expected template.')
  return filled.replaceAll(/<link[^>]+https?:[^>]+>\s*/g, '')
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

const contentTypes: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
}
