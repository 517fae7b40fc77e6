import Router from '@koa/router'
import type { Context, Middleware } from 'koa'
import type { Pool } from 'pg'
import type { ShopEngine } from '../engines/engine.ts'
import { onCallPath, onCallSecret } from '../host/on-call.ts'
import { findPerson, type Person } from '../host/people.ts'
import { sessionCookie, type Sessions } from '../host/sessions.ts'
import { readForm, refuseOtherSites } from './form.ts'
import { receiveWebhook } from './hooks.ts'
import type { Html } from './html.ts'
import { layout } from './layout.ts'
import { operationsPage } from './pages/operations.ts'
import { signInPage } from './pages/sign-in.ts'
import { themingPage } from './pages/theming.ts'
import { todayPage } from './pages/today.ts'
import { walkthroughPage } from './pages/walkthrough.ts'
import { localPath } from './return-to.ts'
import { readToday } from './today.ts'
import { listVisits } from './visits.ts'

export interface RouteOptions {
  sessions: Sessions
  sql: Pool
  dashboard?: ShopEngine['dashboard']
}

export function shopRoutes({ sessions, sql, dashboard }: RouteOptions): Middleware {
  const router = new Router()
  /** A page for signed-in users; others are redirected to sign in first. */
  const page = (path: string, title: string, render: (person: Person, context: Context) => Promise<Html> | Html, scripts: string[] = []) =>
    router.get(path, async (context) => {
      const person = await sessions.find(context.req)
      if (!person) return context.redirect(`/sign-in?${new URLSearchParams({ 'return-to': context.url })}`)
      send(context, layout({ title, path, person, scripts, body: await render(person, context) }))
    })

  page('/', 'Today', async () => todayPage(await readToday(sql)))
  page('/operations', 'Background work', operationsPage, ['/ops/jobs/assets/index.js'])
  page('/theming', 'Theming', (_, { query }) => themingPage(first(query.scheme)), ['/ops/jobs/assets/index.js'])
  page('/walkthrough', 'Example walkthrough', (person) => walkthroughPage(person, dashboard), ['/shop/walkthrough.js'])

  router.get('/walkthrough/visits', async (context) => {
    const person = await sessions.find(context.req)
    if (!person) return void (context.status = 401)
    context.body = { person: person.name, visits: await listVisits(sql, person) }
  })

  router.post(onCallPath, (context) => receiveWebhook(context, sql, onCallSecret))

  router.get('/sign-in', async (context) => {
    const returnTo = localPath(first(context.query['return-to']))
    if (await sessions.find(context.req)) return context.redirect(returnTo)
    send(context, layout({ title: 'Sign in', body: signInPage({ returnTo }) }))
  })

  router.post('/sign-in', async (context) => {
    refuseOtherSites(context)
    await signIn(context, sessions)
  })

  router.post('/sign-out', async (context) => {
    refuseOtherSites(context)
    await sessions.close(context.req)
    context.cookies.set(sessionCookie, null)
    seeOther(context, '/sign-in')
  })
  return router.routes() as Middleware
}

async function signIn(context: Context, sessions: Sessions): Promise<void> {
  const form = await readForm(context)
  const user = form.get('user')?.trim() ?? ''
  const returnTo = localPath(form.get('return-to'))
  const person = findPerson(user)
  if (!person) {
    const problem = user ? `There is no user called “${user.slice(0, 60)}”.` : 'Enter a name: the field is empty.'
    context.status = user ? 422 : 400
    return send(context, layout({ title: 'Sign in', body: signInPage({ returnTo, user, problem }) }))
  }
  await sessions.close(context.req)
  context.cookies.set(sessionCookie, await sessions.open(person), { httpOnly: true, sameSite: 'lax', path: '/' })
  seeOther(context, returnTo)
}

/** The browser follows with a GET. */
function seeOther(context: Context, path: string): void {
  context.redirect(path)
  context.status = 303
}

function send(context: Context, page: Html): void {
  context.type = 'html'
  context.body = page.text
}

function first(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}
