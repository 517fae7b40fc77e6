import { createRequire } from 'node:module'
import { OpsError } from '../../error.ts'
import type { Bridge, BridgeMount, BridgeVisit, OpenBridge } from '../bridge.ts'
import { Board, type BoardModules, type BoardQueue } from './pages.ts'
import { showBody } from './show.ts'

export interface BullBoardOptions {
  /** The BullMQ queues to show, as passed to `bullmq({ queues })`; a function when they come and go. */
  queues: readonly BoardQueue[] | (() => readonly BoardQueue[])
}

const label = 'Bull Board bridge'
const packages = ['@bull-board/api', '@bull-board/koa']

/**
 * The dashboard of the Bull Board project at `<base>/bull-board`, there only when `@bull-board/koa` and `@bull-board/api` are
 * installed. Of its routes only those are kept that read; its adapter for Koa would serve all of them. Everything it says of
 * a job goes through the display policy for whoever is looking, and queues and jobs that they may not view are left out.
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

/** Names in variables keep compilers and bundlers from asking for optional packages. */
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

/** Absent is a package itself; one of its own dependencies missing is a broken installation. */
function isAbsent(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown }
  return code === 'MODULE_NOT_FOUND' && packages.some((name) => String(message).startsWith(`Cannot find module '${name}'`))
}

function openBoard(board: Board, { basePath }: BridgeMount): OpenBridge {
  return {
    // Its page names its base, its charts set style attributes.
    contentSecurityPolicy: { 'base-uri': "'self'", 'style-src-attr': "'unsafe-inline'", 'img-src': "'self' data:" },
    // Its header, its list of queues and its row of states are fixed to the window.
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
  const asked = board.route(path)
  if (!asked) throw notFound()
  const queues = await board.queuesFor(({ name }) => visit.can('view_queues', { type: 'queue', id: name, queue: name }))
  const { status = 200, body } = await asked.handle(queues, search).catch(orNoJob)
  const shown = status < 300 ? await showBody(asked, body, { visit, queues }) : body
  return Response.json(shown, { status })
}

/** In Redis BullMQ's own keys stand beside its jobs'; one that was asked for by the name of a job, e.g. `wait`, is none. */
function orNoJob(error: unknown): never {
  throw error instanceof Error && error.message.startsWith('WRONGTYPE') ? notFound() : error
}

function refuse(error: OpsError): never {
  throw error
}

function notFound(): OpsError {
  return new OpsError('not_found', `${label} has no such page.`)
}
