import { html, nothing, type TemplateResult } from 'lit'
import type { Session } from '../../schemas/actor.ts'
import type { LiveState } from '../core/live.ts'
import { t, tx } from '../core/words.ts'
import { type Route, type RouteGroup, routes } from './routes.ts'

/** What has a place of its own in the navigation. */
export const navigation = routes.filter(({ under }) => !under)

const groups: RouteGroup[] = ['trouble', 'work', 'evidence']

export interface NavigationContext {
  /** The path of the page that is shown, or of the one it is under. */
  here: (path: string) => boolean
  href: (route: Route) => string
  /** Why this actor may not go there; empty if they may. */
  refused: (route: Route) => string
  /** Whether the host offers the page at this path. */
  offered: (path: string | undefined) => boolean
  /** What is wrong there, beside its name. */
  mark: (path: string) => unknown
}

export function pageLinks(context: NavigationContext): TemplateResult {
  const { refused, offered } = context
  const shown = navigation.filter(({ paths: [path] }) => offered(path))
  const reasons = new Set(shown.map(refused))
  return html`${groups.map((group) => html`<ul class="pages">${shown.filter((route) => route.group === group).map((route) => pageLink(route, context))}</ul>`)}
    ${[...reasons].map((reason) => (reason ? html`<p class="refusal" aria-hidden="true">${reason}</p>` : nothing))}`
}

function pageLink(route: Route, context: NavigationContext) {
  const { title, paths: [path = ''] } = route
  const reason = context.refused(route)
  if (reason) return html`<li class="shut" title=${reason}>${tx(title)}<span class="hidden-text">: ${reason}</span></li>`
  const here = context.here(path)
  return html`<li><a href=${context.href(route)} class=${here ? 'here' : ''} aria-current=${here ? 'page' : nothing}>${tx(title)}${context.mark(path)}</a></li>`
}

export function bridgeLinks(session: Session | undefined): TemplateResult | typeof nothing {
  const bridges = session?.bridges ?? []
  if (bridges.length === 0) return nothing
  return html`<h2 class="group" id="inspection">${t`Inspection only`}</h2>
    <ul aria-labelledby="inspection">
      ${bridges.map(({ label, href }) => html`<li><a href=${href}>${label.replace(/ bridge$/, '')}</a></li>`)}
    </ul>`
}

/** Who is looking, at which engine, in which zone, and whether the page is live. */
export function foot(session: Session | undefined, live: LiveState, openKeys: () => void): TemplateResult {
  const words = { idle: t`not live`, connecting: t`connecting`, live: t`live`, polling: t`polling every 10 s` }
  return html`<footer>
    ${session
      ? html`<div><b><bdi>${session.actor?.label ?? t`You`}</bdi></b> · ${session.actor?.type ?? t`view only`}</div>
          <div>${session.engine.name} ${session.engine.version ?? ''} · ${t`times in ${zone()}`}</div>`
      : nothing}
    <div class="live"><span><span class="dot ${live}" aria-hidden="true"></span>${words[live]}</span>
      <button type="button" class="keys" @click=${openKeys}><kbd aria-hidden="true">?</kbd> ${t`keys`}</button></div>
  </footer>`
}

function zone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}

