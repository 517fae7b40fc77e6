import { OpsError } from '../../error.ts'
import type { Bridge, BridgeMount, BridgeVisit, OpenBridge } from '../bridge.ts'

export interface PgBossDashboardOptions {
  /** The database pg-boss uses, e.g. `postgres://user:password@localhost:5432/app`. */
  databaseUrl: string
  /** Schema of pg-boss's tables. Default `pgboss`. */
  schema?: string
  /**
   * Also open the pages that show job data. The dashboard shows it raw: the display policy cannot hide single keys inside it,
   * so set this to true only if everyone with `view_bridge` may read job data. Actors whose policy replaces job data, or
   * who lack `view_jobs`, still cannot open these pages. Default false.
   */
  showsJobData?: boolean
}

/** The part of `@pg-boss/dashboard` that is used here. */
interface Dashboard {
  (request: Request): Promise<Response>
  close(): Promise<void>
}

interface DashboardModule {
  createDashboardHandler?(options: { databases: { url: string; name: string; schema: string }[]; basePath: string }): Dashboard
}

const label = 'pg-boss Dashboard bridge'
const dashboardPackage = '@pg-boss/dashboard'

/**
 * The dashboard of the pg-boss project at `<base>/pg-boss`, available only if `@pg-boss/dashboard` is installed. It is for
 * inspection only: its own switch `PGBOSS_DASHBOARD_READ_ONLY` is set, for the whole process, and
 * its database connections are read-only.
 *
 * @example
 * createOps({ bridges: [pgBossDashboard({ databaseUrl: process.env.DATABASE_URL })], … })
 */
export function pgBossDashboard({ databaseUrl, schema = 'pgboss', showsJobData = false }: PgBossDashboardOptions): Bridge {
  return {
    name: 'pg-boss',
    label,
    async open(mount) {
      const installed = await findDashboard()
      if (!installed) return null
      const dashboard = createDashboard(installed, { databaseUrl, schema }, mount)
      await requireWorking(dashboard, mount)
      return openDashboard(dashboard, mount, showsJobData)
    },
  }
}

/** A name in a variable keeps compilers and bundlers from resolving an optional package. */
async function findDashboard(): Promise<DashboardModule | null> {
  const handler: string = `${dashboardPackage}/handler`
  try {
    return (await import(handler)) as DashboardModule
  } catch (error) {
    if (isAbsent(error)) return null
    throw error
  }
}

/** True only if the package itself is absent; a missing dependency of it is a broken installation. */
function isAbsent(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown }
  return code === 'ERR_MODULE_NOT_FOUND' && String(message).startsWith(`Cannot find package '${dashboardPackage}'`)
}

function createDashboard(
  { createDashboardHandler }: DashboardModule,
  { databaseUrl, schema }: { databaseUrl: string; schema: string },
  { basePath }: BridgeMount,
): Dashboard {
  if (typeof createDashboardHandler !== 'function') {
    throw new Error(`${dashboardPackage} has no createDashboardHandler; expected version 1.9 or newer.`)
  }
  process.env.PGBOSS_DASHBOARD_READ_ONLY = '1'
  // Without a name the dashboard shows part of the URL, possibly the part with the password.
  return createDashboardHandler({ databases: [{ url: readOnly(databaseUrl), name: 'pg-boss', schema }], basePath })
}

function readOnly(databaseUrl: string): string {
  const url = new URL(databaseUrl)
  const existing = url.searchParams.get('options')
  url.searchParams.delete('options')
  const options = `${existing ? `${existing} ` : ''}-c default_transaction_read_only=on`
  url.search = [url.search.slice(1), `options=${encodeURIComponent(options)}`].filter(Boolean).join('&')
  return url.href
}

/** The dashboard loads its pages at the first request; a request now detects a broken installation at startup. */
async function requireWorking(dashboard: Dashboard, { basePath }: BridgeMount): Promise<void> {
  const { status } = await dashboard(new Request(`http://localhost${basePath}/__manifest?paths=%2Fqueues`))
  if (status >= 500) throw new Error(`${dashboardPackage} responds with ${status} to a request for its routes.`)
}

function openDashboard(dashboard: Dashboard, { basePath }: BridgeMount, showsJobData: boolean): OpenBridge {
  return {
    // Its charts and columns set style attributes. Its icon is a data: URL.
    contentSecurityPolicy: { 'style-src-attr': "'unsafe-inline'", 'img-src': "'self' data:" },
    style: '.fixed.inset-y-0{top:34px;height:auto}',
    async answer(request, visit) {
      const { page, isData } = parseTarget(request, basePath)
      const refusal = refusalOf(page, { mayReadEveryQueue: visit.mayReadEveryQueue, mayReadJobData: visit.mayReadJobData && showsJobData })
      if (!refusal) return dashboard(request)
      if (isData) return goToPage(page, request)
      throw refusal
    },
    close: () => dashboard.close(),
  }
}

interface Target {
  /** Path below the dashboard's own base. */
  page: string
  /** Whether this is a page's data, fetched by the dashboard's script. */
  isData: boolean
}

/** Parses the path as the dashboard will, after dot segments have been resolved. */
function parseTarget(request: Request, basePath: string): Target {
  const { pathname } = new URL(request.url)
  const isData = pathname.endsWith('.data')
  const path = isData ? pathname.replace(/(\/_)?\.data$/, '') : pathname
  if (path !== basePath && !path.startsWith(`${basePath}/`)) throw notFound()
  return { page: path.slice(basePath.length).replace(/\/$/, '') || '/', isData }
}

/** Scripts, styles and the list of routes. */
const files = [/^\/__manifest$/, /^\/assets\/[\w.-]+$/]

/** Pages without job data: counts, settings of queues, pg-boss's own warnings. */
const withoutJobData = [/^\/$/, /^\/queues$/, /^\/queues\/[^/]+\/metrics$/, /^\/warnings$/]

/** Forms that only create something, and so are useless here. */
const forms = [/^\/send$/, /^\/queues\/create$/, /^\/schedules\/new$/]

/** Lists and details with arguments, output, errors or schedules' data; their URL can request any column of a job. */
const withJobData = [
  /^\/jobs$/,
  /^\/queues\/[^/]+$/,
  /^\/queues\/[^/]+\/jobs\/[^/]+$/,
  /^\/schedules$/,
  /^\/schedules\/[^/]+\/[^/]+$/,
  /^\/migrations$/,
]

/** Fails closed: unknown pages are not found. */
function refusalOf(page: string, { mayReadEveryQueue, mayReadJobData }: Pick<BridgeVisit, 'mayReadEveryQueue' | 'mayReadJobData'>): OpsError | undefined {
  const is = (patterns: RegExp[]) => patterns.some((pattern) => pattern.test(page))
  if (!isReadable(page)) return notFound()
  if (is(files)) return undefined
  if (!mayReadEveryQueue) return new OpsError('forbidden', 'These pages show all queues, and your account may not view every one of them.')
  if (is(withoutJobData)) return undefined
  if (is(forms)) return new OpsError('forbidden', `${label} is for inspection only, so this form is not shown.`)
  if (!is(withJobData)) return notFound()
  if (mayReadJobData) return undefined
  return new OpsError('forbidden', 'Job data is not shown here, because the display policy cannot be applied inside this dashboard.')
}

function notFound(): OpsError {
  return new OpsError('not_found', `${label} has no such page.`)
}

function isReadable(path: string): boolean {
  try {
    return !decodeURIComponent(path).includes('\0')
  } catch {
    return false
  }
}

/** Makes the dashboard's script load the page itself, which then explains why it is not shown. Its router adds the base. */
function goToPage(page: string, { url }: Request): Response {
  const headers = { 'x-remix-redirect': page + new URL(url).search, 'x-remix-reload-document': 'true' }
  return new Response(null, { status: 204, headers })
}
