import type { Middleware } from 'koa'
import { openKit, type RunningKit } from './open.ts'
import { type FetchHandler, fetchHandler } from './http/fetch-handler.ts'
import { opsMiddleware } from './http/mount.ts'
import { writeOwnChanges } from './http/own-changes.ts'
import { type NodeHandler, nodeHandler } from './http/node-handler.ts'
import { Running } from './http/running.ts'
import { belowPlace } from './host/place.ts'
import type { OpsOptions } from './options.ts'
import { startLoops } from './loops.ts'
import { Hub } from './live/hub.ts'
import { listenForHints } from './live/listen.ts'
import { offerGauges } from './metrics/otel.ts'
import { requireNode } from './node-version.ts'
import { missingPackage, packageFolder } from './package-folder.ts'

/** An installation of Ops Powertools inside a host. */
export interface Ops {
  /** Koa middleware for the host's app: pages, API and assets below `base`; all other paths are passed to `next`. */
  middleware(): Middleware
  /**
   * The same as a handler of Node, for `createServer`, Express, Fastify and whatever else passes on `(request, response)`. Other paths go
   * to `next` if it is called with one, as Express does, else they get a 404 that says where it answers. The promise is resolved
   * when the response has ended, and never rejected; everything is logged through `log`.
   */
  handler: NodeHandler
  /**
   * The same for hosts that speak the fetch standard, such as Next, SvelteKit and Hono: bodies are streamed both ways, and an abort
   * of the request ends its answer. Other paths get a 404. Never rejected.
   */
  fetch: FetchHandler
  /** Whether requests to this path, such as `/ops/jobs/cron`, are for this server. */
  owns(path: string): boolean
  /** Applies pending migrations and returns their names. Safe to call from several processes: only one applies them. */
  migrate(): Promise<string[]>
  /**
   * Brings declared cron entries up to date and starts the background loops of this process.
   *
   * @throws Error when migrations are pending, a declared entry is invalid, or the database does not answer
   */
  start(): Promise<void>
  /**
   * Finishes the work in progress, then closes every connection. Requests that are being answered get up to ten seconds; live streams
   * end at once, and their readers connect to another process.
   */
  stop(): Promise<void>
  /** Where it is mounted, e.g. `/ops/jobs`. */
  readonly base: string
  /** Where browsers find it: the path of `publicBase`, or else `base`. */
  readonly publicBase: string
}

/**
 * Checks the host's options and builds the server. Nothing falls back silently: an error names what is missing and shows
 * the lines to add.
 *
 * @throws Error when `auth`, `displayPolicy`, `engine` or `database` is missing or invalid, or when Node is older than 22.18
 * @example
 * const ops = await createOps({ database: { url }, auth, displayPolicy, engine: pgBoss(boss) })
 * await ops.migrate()
 * await ops.start()
 * app.use(ops.middleware())
 */
export async function createOps<Actor>(options: OpsOptions<Actor>): Promise<Ops> {
  requireNode()
  const kit = await openKit(options)
  const hub = new Hub()
  const listening = listenForHints(kit.db, hub, kit.log, kit.db.replica && (() => writeOwnChanges(kit)))
  kit.setLiveClients(() => hub.size)
  if (!packageFolder) kit.log.error(missingPackage)
  const running = new Running()
  const middleware = opsMiddleware(kit, hub, running)
  const handler = nodeHandler(kit, middleware)
  let loops: { stop(): Promise<void> } | undefined
  let offered: { stop(): void } | undefined
  return {
    base: kit.mount,
    publicBase: kit.base,
    owns: (path) => belowPlace(path, kit) !== undefined,
    middleware: () => middleware,
    handler,
    fetch: fetchHandler(handler),
    migrate: () => kit.db.migrate(),
    async start() {
      await Promise.all([requireMigrated(kit), listening.ready])
      loops ??= await startLoops(kit, options)
      offered ??= offerGauges(kit)
    },
    async stop() {
      offered?.stop()
      await loops?.stop()
      hub.close()
      await Promise.all([running.stop(), listening.stop()])
      await closeKit(kit)
    },
  }
}

/** Types a host's options in a separate module; returns them unchanged. */
export function defineOptions<Actor>(options: OpsOptions<Actor>): OpsOptions<Actor> {
  return options
}

async function requireMigrated({ db }: RunningKit): Promise<void> {
  const pending = await db.pendingMigrations()
  if (!pending.length) return
  throw new Error(
    `createOps: schema '${db.schema}' lacks ${pending.length} migrations (${pending.join(', ')}); call ops.migrate() before ops.start(), or run \`ops-powertools migrate up\`.`,
  )
}

async function closeKit(kit: RunningKit): Promise<void> {
  await kit.settled()
  await Promise.all(kit.bridges.map((bridge) => bridge.close()))
  await kit.db.close()
}

export { OpsError } from './error.ts'
export { denyEverything } from './host/auth.ts'
export type { Auth, HostRequest, Resource } from './host/auth.ts'
export { hidden, hideSecrets, redacted } from './host/display.ts'
export type { DisplayContext, DisplayKind, DisplayPolicy } from './host/display.ts'
export type { FetchContext } from './http/fetch-request.ts'
export type { Escalation } from './host/escalation.ts'
export type { Log } from './host/log.ts'
export type { HostRunbook, HostRunbooks } from './host/runbooks.ts'
export type { DatabaseOptions, DeclaredCronEntry, OpsOptions } from './options.ts'
export type { Bridge, BridgeMount, OpenBridge } from './bridges/bridge.ts'
export type * from './engines/engine.ts'
export type { Action, AuditEvent, Permission, Principal } from '../schemas/index.ts'
