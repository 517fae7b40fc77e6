import type { Middleware } from 'koa'
import type { Pool } from 'pg'
import type { ShopEngine } from '../engines/engine.ts'
import type { Person } from '../host/people.ts'
import type { Sessions } from '../host/sessions.ts'

const places: [place: string, path: RegExp][] = [
  ['overview', /^\/ops\/jobs\/api\/v1\/overview$/],
  ['cron', /^\/ops\/jobs\/api\/v1\/cron-entries(\/nightly_sync)?$/],
  ['forensics', /^\/ops\/jobs\/api\/v1\/forensics\/cron_entry\/nightly_sync$/],
  ['audit', /^\/ops\/jobs\/api\/v1\/audit-events$/],
  ['jobs', /^\/ops\/jobs\/api\/v1\/jobs$/],
]

/** Marks requests by the walkthrough page itself, which do not count as visits. */
export const askedByWalkthrough = 'x-shop-walkthrough'

interface VisitOptions {
  sessions: Sessions
  sql: Pool
  dashboard?: ShopEngine['dashboard']
}

/** Records which steps of the walkthrough a user has completed, by the requests of their browser. */
export function rememberVisits({ sessions, sql, dashboard }: VisitOptions): Middleware {
  const isDashboard = (path: string) => dashboard !== undefined && (path === dashboard.href || path.startsWith(`${dashboard.href}/`))
  const noted = new Set<string>()
  return async function rememberVisits(context, next) {
    await next()
    const place = isDashboard(context.path) ? 'bridge' : places.find(([, path]) => path.test(context.path))?.[0]
    const { cookie } = context.headers
    if (!place || !cookie || context.method !== 'GET' || context.status !== 200 || context.get(askedByWalkthrough)) return
    if (noted.has(`${cookie} ${place}`)) return
    try {
      await note(await sessions.find(context.req), place)
      noted.add(`${cookie} ${place}`)
    } catch {
      // the response is already sent; the next visit is recorded instead
    }
  }

  async function note(person: Person | null, place: string): Promise<void> {
    if (person) await sql.query('insert into shop.visit (person, place) values ($1, $2) on conflict do nothing', [person.name, place])
  }
}

export async function listVisits(sql: Pool, { name }: Person): Promise<string[]> {
  const { rows } = await sql.query<{ place: string }>('select place from shop.visit where person = $1', [name])
  return rows.map(({ place }) => place)
}
