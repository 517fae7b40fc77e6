import { createRequire } from 'node:module'
import { OpsError } from '../../error.ts'
import type { Bridge, BridgeMount, BridgeVisit, OpenBridge } from '../bridge.ts'
import { Board, type BoardModules, type BoardQueue } from './pages.ts'
import { showBody } from './show.ts'

export interface BullBoardOptions {
  /** The BullMQ queues to show, as passed to `bullmq({ queues })`; a function if they come and go. */
  queues: readonly BoardQueue[] | (() => readonly BoardQueue[])
}

const label = 'Bull Board bridge'
const packages = ['@bull-board/api', '@bull-board/koa']

/**
 * The dashboard of the Bull Board project at `<base>/bull-board`, available only if `@bull-board/koa` and `@bull-board/api` are
 * installed. Only its read-only routes are served; its own Koa adapter would serve all of them. All job data
 * goes through the viewer's display policy, and queues and jobs that they may not view are left out.
 *
 * @example
 * createOps({ bridges: [bullBoard({ queues })], … })
 */
export function bullBoard({ queues }: BullBoardOptions): Bridge {
  return {
    name: 'bull-board',
    label,
    async open(mount) {
      const modules = await findModules()
      if (!modules) return null
      const board = await Board.open(modules, mount, () => (typeof queues === 'function' ? queues() : queues))
      return openBoard(board, mount)
    },
  }
}

/** Names in variables keep compilers and bundlers from resolving optional packages. */
async function findModules(): Promise<BoardModules | null> {
  const { resolve } = createRequire(import.meta.url)
  try {
    for (const name of packages) resolve(name)
    const [api, adapter] = await Promise.all([import(packages[0]!), import(`${packages[0]}/bullMQAdapter`)])
    return { ...api, ...adapter } as BoardModules
  } catch (error) {
    if (isAbsent(error)) return null
    throw error
  }
}

/** True only if the package itself is absent; a missing dependency of it is a broken installation. */
function isAbsent(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown }
  return code === 'MODULE_NOT_FOUND' && packages.some((name) => String(message).startsWith(`Cannot find module '${name}'`))
}

function openBoard(board: Board, { basePath }: BridgeMount): OpenBridge {
  return {
    // Its page sets a base URL, and its charts set style attributes.
    contentSecurityPolicy: { 'base-uri': "'self'", 'style-src-attr': "'unsafe-inline'", 'img-src': "'self' data:" },
    // Its header, queue list and state tabs are fixed to the window.
    style: '#root header{top:34px}#root aside{top:98px;height:calc(100vh - 98px)}#root [class*=stickyHeader-]{top:98px}',
    async answer(request, visit) {
      const { pathname, searchParams } = new URL(request.url)
      if (pathname !== basePath && !pathname.startsWith(`${basePath}/`)) throw notFound()
      const path = pathname.slice(basePath.length).replace(/\/$/, '') || '/'
      if (path.startsWith('/static/')) return (await board.file(path)) ?? refuse(notFound())
      if (!path.startsWith('/api/')) return board.isPage(path) ? board.page() : refuse(notFound())
      return answerApi(board, path, searchParams, visit)
    },
    async close() {},
  }
}

async function answerApi(board: Board, path: string, search: URLSearchParams, visit: BridgeVisit): Promise<Response> {
  const match = board.route(path)
  if (!match) throw notFound()
  const queues = await board.queuesFor(({ name }) => visit.can('view_queues', { type: 'queue', id: name, queue: name }))
  const { status = 200, body } = await match.handle(queues, search).catch(rethrowAsNotFound)
  const shown = status < 300 ? await showBody(match, body, { visit, queues }) : body
  return Response.json(shown, { status })
}

/** BullMQ's own Redis keys share a namespace with its jobs; a request for one of them, e.g. `wait`, as a job is not found. */
function rethrowAsNotFound(error: unknown): never {
  throw error instanceof Error && error.message.startsWith('WRONGTYPE') ? notFound() : error
}

function refuse(error: OpsError): never {
  throw error
}

function notFound(): OpsError {
  return new OpsError('not_found', `${label} has no such page.`)
}
