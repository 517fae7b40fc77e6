import { html, nothing, type PropertyValues } from 'lit'
import { property, query, state } from 'lit/decorators.js'
import type { FilterDetail } from '../core/filter.ts'
import { address } from '../core/filter.ts'
import { OpsElement } from '../core/element.ts'
import { joinLinks, type Links } from '../core/links.ts'
import { loadFailure } from '../core/later.ts'
import type { NavigateDetail } from '../core/navigate.ts'
import type { SubjectDetail } from '../core/subject.ts'
import { createElement, element } from '../core/register.ts'
import { Resource } from '../core/resource.ts'
import { problemPanel, problemStyles } from '../parts/problem.ts'
import { quietStyles } from '../parts/quiet.ts'
import { base } from '../theme/base.ts'
import { isHash, type Place, placeOf, type Route, type RouteGroup, routes } from './routes.ts'
import { shellStyles } from './styles.ts'

/** Longer than the pauses of somebody who types. */
const stepMs = 1000

/** What has a place of its own in the navigation. */
const navigation = routes.filter(({ under }) => !under)

const groups: RouteGroup[] = ['trouble', 'work', 'evidence']

const liveWords = { idle: 'not live', connecting: 'connecting', live: 'live', polling: 'polling every 10 s' }

/**
 * The whole console: navigation and pages under one address. Pages load when they are opened.
 *
 * @tag ops-shell
 * @attr {string} api - Where the API is, e.g. `/ops/jobs/api/v1`.
 * @attr {string} base - Where the pages are in the browser's address, e.g. `/console`, or `#` to keep them in the fragment of the host's page; default: taken from the API.
 * @attr {'light' | 'dark'} theme - Forces a theme.
 * @attr {string} locale - Language of dates.
 * @slot brand - The name on top of the navigation.
 * @slot navigation - Links of the host below ours, e.g. back to its admin.
 * @csspart navigation - The navigation.
 * @csspart main - The page.
 */
@element('ops-shell')
export class OpsShell extends OpsElement {
  static override styles = [base, problemStyles, quietStyles, shellStyles]

  protected override readonly isShell = true

  @query('main') private main!: HTMLElement
  @state() private place?: Place
  @state() private page?: OpsElement
  @state() private menuOpen = false
  @state() private failed = ''
  /** The name of what the page is about, once the page knows it. */
  private subject = ''

  /** Where the pages are. */
  @property({ attribute: 'base' }) root?: string

  private narrowed = -Infinity

  /** How many incidents are open, for the navigation; nothing is shown while that is unknown. */
  private readonly incidents = new Resource(this, {
    connection: () => (this.session?.permissions.view_incidents?.allowed ? this.connection : undefined),
    load: ({ client }, signal) => client.countIncidents({ signal }),
    key: () => null,
    topics: ['incidents'],
  })

  private unwatch?: () => void
  private watched?: unknown

  /** Where the pages are in the browser's address: `base` if given. */
  private get front(): string {
    return this.root?.replace(/\/+$/, '') ?? this.base
  }

  protected override get ownLinks(): Links | undefined {
    return this.root === undefined ? this.links : joinLinks(this.links, this.below)
  }

  /** Our pages below the given base, whatever path the server has for them. */
  private readonly below: Links = ({ path }) => this.front + path

  override connectedCallback() {
    super.connectedCallback()
    addEventListener('popstate', this.arrive)
    this.addEventListener('ops-navigate', this.navigated as EventListener)
    this.addEventListener('ops-filter', this.filtered as EventListener)
    this.addEventListener('ops-subject', this.named as EventListener)
    void this.show(false)
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    removeEventListener('popstate', this.arrive)
    this.unwatch?.()
    this.watched = undefined
  }

  protected override updated(changed: PropertyValues) {
    super.updated(changed)
    const live = this.connection?.live
    if (live === this.watched) return
    this.unwatch?.()
    this.watched = live
    this.unwatch = live?.watch(() => this.requestUpdate())
  }

  override render() {
    return html`
      <button type="button" class="skip" @click=${() => this.main.focus()}>Skip to the page</button>
      <div class="edge" @keydown=${this.handleKey}>
        <header class="bar">
          <span class="brand">${brandMark}<slot name="brand">Jobs</slot></span>
          ${this.barCount()}
          <button type="button" class="button menu" aria-expanded=${this.menuOpen} aria-controls="navigation" @click=${this.toggleMenu}>Menu</button>
        </header>
        <nav id="navigation" class=${this.menuOpen ? 'open' : ''} aria-label="Jobs" part="navigation">
          ${this.pages()} ${this.bridges()}
          <slot name="navigation"></slot>
          ${this.foot()}
        </nav>
      </div>
      <main id="main" tabindex="-1" part="main">${this.content()}</main>
    `
  }

  private pages() {
    return html`${groups.map((group) => html`<ul class="pages">${navigation.filter((route) => route.group === group).map((route) => this.pageLink(route))}</ul>`)}
      ${[...new Set(navigation.map((route) => this.refused(route)))].map((reason) => (reason ? html`<p class="refusal" aria-hidden="true">${reason}</p>` : nothing))}`
  }

  private pageLink(route: Route) {
    const { title, view, paths: [path] } = route
    const here = [this.place?.route.paths[0], this.place?.route.under].includes(path)
    const refused = this.refused(route)
    if (refused) return html`<li class="shut" title=${refused}>${title}<span class="hidden-text">: ${refused}</span></li>`
    return html`<li><a href=${this.href(route)} class=${here ? 'here' : ''} aria-current=${here ? 'page' : nothing}>${title}${view === 'view_incidents' ? this.openIncidents() : nothing}</a></li>`
  }

  private openIncidents() {
    const { data } = this.incidents
    if (!data?.open) return nothing
    const count = `${data.open}${data.capped ? '+' : ''}`
    return html`<span class="open-count num"><span aria-hidden="true">▲ ${count}</span><span class="hidden-text">, ${count} open</span></span>`
  }

  /** Where the navigation is folded away, the number of open incidents is beside its button. */
  private barCount() {
    const route = navigation.find(({ view }) => view === 'view_incidents')
    if (!route || !this.incidents.data?.open) return nothing
    return html`<a class="button bar-count" href=${this.href(route)}><span class="hidden-text">Incidents</span>${this.openIncidents()}</a>`
  }

  /** Why this actor may not go there; empty when they may, or nobody knows yet. */
  private refused({ view }: Route): string {
    const permission = this.session?.permissions[view]
    return !permission || permission.allowed ? '' : (permission.reason ?? 'Your account may not see this.')
  }

  private href({ paths: [path] }: Route): string {
    return `${this.base}${path || '/'}`
  }

  private bridges() {
    const bridges = this.session?.bridges ?? []
    if (bridges.length === 0) return nothing
    return html`<h2 class="group" id="inspection">Inspection only</h2>
      <ul aria-labelledby="inspection">
        ${bridges.map(({ label, href }) => html`<li><a href=${href}>${label.replace(/ bridge$/, '')}</a></li>`)}
      </ul>`
  }

  private foot() {
    const { session } = this
    const state = this.connection?.live.state ?? 'idle'
    return html`<footer>
      ${session
        ? html`<div><b>${session.actor?.label ?? 'You'}</b>${session.actor ? ` · ${session.actor.type}` : ' · view only'}</div>
            <div>${session.engine.name} ${session.engine.version ?? ''}</div>`
        : nothing}
      <div><span class="dot ${state}" aria-hidden="true"></span>${liveWords[state]}</div>
    </footer>`
  }

  private content() {
    if (this.sessionProblem?.code === 'unauthenticated') {
      return html`${problemPanel(this.sessionProblem)}
        <p class="again"><button type="button" class="button primary" @click=${() => location.reload()}>Sign in</button></p>`
    }
    if (this.place && this.refused(this.place.route)) return this.closed(this.place.route)
    if (this.failed) return this.lost('This page could not be loaded', this.failed)
    if (this.page) return this.page
    if (this.place || !this.front) return html`<p class="muted" role="status">Loading…</p>`
    return this.lost('There is no such page', html`Nothing is at <code>${isHash(this.front) ? location.hash : location.pathname}</code>.`)
  }

  /** A page that is not theirs to see, and those that are. */
  private closed(route: Route) {
    const open = navigation.filter((each) => !this.refused(each))
    return html`<h1 class="page-title" tabindex="-1">${route.title}</h1>
      <section class="card padded lost" role="note">
        <h2>This page is not open to you</h2>
        <p class="wrap">${this.refused(route)}</p>
        ${open.length > 0
          ? html`<p>You may open:</p>
              <ul class="choices">${open.map((each) => html`<li><a class="button" href=${this.href(each)}>${each.title}</a></li>`)}</ul>`
          : html`<p>None of the pages here is open to you.</p>`}
      </section>`
  }

  private lost(title: string, detail: unknown) {
    return html`<section class="card padded lost">
      <h1 class="page-title" tabindex="-1">${title}</h1>
      <p class="muted wrap">${detail}</p>
      <p><a href=${this.linkTo('overview')}>Go to the overview</a></p>
    </section>`
  }

  /** Shows what the address says; the same page is kept when only what it shows has changed. */
  private async show(moveFocus: boolean) {
    if (!this.front) await this.connection?.session.reload()
    const place = placeOf(this.front, new URL(location.href))
    const same = place !== undefined && place.route === this.place?.route && this.page !== undefined
    this.place = place
    this.menuOpen = false
    this.failed = ''
    if (!same) {
      this.subject = ''
      this.page = place && (await this.make(place))
    }
    if (this.place !== place || !this.isConnected) return
    if (place && this.page) apply(this.page, place.shown)
    this.nameTab()
    if (moveFocus) await this.focusHeading()
  }

  private readonly named = ({ detail }: CustomEvent<SubjectDetail>) => {
    this.subject = detail.name
    this.nameTab()
  }

  private nameTab() {
    const { place, subject } = this
    const about = subject || (place ? subjectOf(place) : '')
    document.title = [about, place ? place.route.title : 'Not found', 'Jobs'].filter((part, index, all) => part && part !== all[index + 1]).join(' · ')
  }

  private async make({ route }: Place): Promise<OpsElement | undefined> {
    try {
      await route.load()
      return createElement(route.tag) as OpsElement
    } catch (error) {
      this.failed = loadFailure(error)
      return undefined
    }
  }

  private async focusHeading() {
    await this.updateComplete
    await this.page?.updateComplete
    scrollTo(0, 0)
    const heading = (this.page?.isConnected ? this.page.renderRoot : this.renderRoot).querySelector<HTMLElement>('.page-title')
    const target = heading ?? this.main
    target.focus({ preventScroll: true })
  }

  private readonly arrive = () => void this.show(true)

  private readonly navigated = (event: CustomEvent<NavigateDetail>) => {
    const url = new URL(event.detail.href, location.href)
    if (event.detail.newTab || url.origin !== location.origin || !placeOf(this.front, url)) return
    event.preventDefault()
    history.pushState(null, '', url)
    void this.show(true)
  }

  /** What is changed shortly after another change, as while somebody types, is the same step of the way back. */
  private readonly filtered = ({ detail, timeStamp }: CustomEvent<FilterDetail>) => {
    const to = `${this.front}${address(detail)}`
    if (to === (isHash(this.front) ? location.hash : location.pathname + location.search)) return
    if (timeStamp - this.narrowed < stepMs) history.replaceState(null, '', to)
    else history.pushState(null, '', to)
    this.narrowed = timeStamp
  }

  private toggleMenu() {
    this.menuOpen = !this.menuOpen
  }

  /** Escape closes the open menu, as it closes everything that lies over a page. */
  private handleKey(event: KeyboardEvent) {
    if (event.key !== 'Escape' || !this.menuOpen) return
    this.menuOpen = false
    this.renderRoot.querySelector<HTMLElement>('.menu')?.focus()
  }
}

/** A page's own text properties are its address's query; what every element has (`api`, `theme`, …) never is. */
function apply(page: OpsElement, shown: Record<string, string>): void {
  const own = (page.constructor as typeof OpsElement).elementProperties
  for (const [name, { attribute, type }] of own) {
    if (attribute === false || (type !== undefined && type !== String) || OpsElement.elementProperties.has(name)) continue
    Object.assign(page, { [name]: shown[String(name)] ?? '' })
  }
}

/** What the address names, until the page has a better name for it. A job's id says nothing to anybody. */
function subjectOf({ route, shown }: Place): string {
  if (route.view === 'view_audit') return ''
  return shown.subjectType === 'job' ? '' : (shown.subjectId ?? shown.entry ?? '')
}

const brandMark = html`<svg viewBox="0 0 18 18" width="18" height="18" aria-hidden="true">
  <rect x="1" y="1" width="16" height="16" rx="4" fill="none" stroke="currentColor" stroke-width="1.5" />
  <path d="M4 9.5h2.5L8.2 5l2.2 8 1.5-3.5H14" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round" />
</svg>`

declare global {
  interface HTMLElementTagNameMap {
    'ops-shell': OpsShell
  }
}
