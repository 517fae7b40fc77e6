import { html, nothing, type PropertyValues } from 'lit'
import { property, query, state } from 'lit/decorators.js'
import type { FilterDetail } from '../core/filter.ts'
import { address } from '../core/filter.ts'
import { OpsElement } from '../core/element.ts'
import { joinLinks, type Links } from '../core/links.ts'
import type { Key } from '../core/keys.ts'
import { later, loadFailure } from '../core/later.ts'
import type { NavigateDetail } from '../core/navigate.ts'
import type { SubjectDetail } from '../core/subject.ts'
import { createElement, element } from '../core/register.ts'
import { Resource } from '../core/resource.ts'
import { t, tr, tx } from '../core/words.ts'
import { base, reset } from '../theme/base.ts'
import { bridgeLinks, foot, navigation, pageLinks } from './navigation.ts'
import { isHash, type Place, placeOf, type Route } from './routes.ts'
import { shellStyles } from './styles.ts'

/** Longer than the pauses of somebody who types. */
const stepMs = 1000

const loadKeys = later(() => import('../core/keys.ts'))
const loadMarks = later(() => import('./marks.ts'))
type KeysPart = Awaited<ReturnType<typeof loadKeys>>
type MarksPart = Awaited<ReturnType<typeof loadMarks>>
const loadPalette = later(() => import('./palette.ts'))
const loadElsewhere = later(() => import('./elsewhere.ts'))
type Elsewhere = Awaited<ReturnType<typeof loadElsewhere>>


/**
 * The whole console: navigation and pages under one address. Pages load when they are opened.
 *
 * @tag ops-shell
 * @attr {string} api - Where the API is, e.g. `/ops/jobs/api/v1`.
 * @attr {string} base - Where the pages are in the browser's address, e.g. `/console`, or `#` to keep them in the fragment of the host's page; default: taken from the API.
 * @attr {'light' | 'dark'} theme - Forces a theme.
 * @attr {string} locale - Language of dates.
 * @attr {'page' | 'inside' | 'off'} keys - Where single keys work: anywhere on the page (the default here), only while the focus is inside, or not at all.
 * @attr {string} pages - The pages that are offered, e.g. `overview jobs job`; all unless set.
 * @fires ops-navigate - A link was clicked; prevent it to go there yourself. The detail is `{ href, page, params, path, newTab }`.
 * @fires ops-filter - The person changed what is shown. The detail is `{ path, query }`.
 * @fires ops-operation - An operation was recorded or failed. The detail names it.
 * @fires ops-bulk - A change of many jobs was accepted. The detail is `{ id, action }` of its run.
 * @slot brand - The name on top of the navigation.
 * @slot navigation - Links of the host below ours, e.g. back to its admin.
 * @csspart navigation - The navigation.
 * @csspart main - The page.
 */
@element('ops-shell')
export class OpsShell extends OpsElement {
  static override styles = [base, reset, shellStyles]

  protected override readonly isShell = true

  @query('main') private main!: HTMLElement
  @state() private place?: Place
  @state() private page?: OpsElement
  @state() private menuOpen = false
  @state() private failed = ''
  @state() private parts?: Elsewhere
  /** The name of what the page is about, once the page knows it. */
  private subject = ''

  /** Where the pages are. */
  @property({ attribute: 'base' }) root?: string

  /** The pages that are offered, e.g. `overview jobs job`; all unless set. A view, not a permission: the API answers as before. */
  @property() pages = ''

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

  /** Keys and marks come after the page: nobody needs them before there is something to see. */
  @state() private keys?: KeysPart
  @state() private marks?: MarksPart
  protected declared?: InstanceType<KeysPart['Keys']>
  /** A press of Ctrl+K or Cmd+K from before the keys were there. */
  private early?: KeyboardEvent

  /** Where the pages are in the browser's address: `base` if given. */
  private get front(): string {
    return this.root?.replace(/\/+$/, '') ?? this.base
  }

  protected override get ownLinks(): Links | undefined {
    const own = this.root === undefined ? this.links : joinLinks(this.links, this.below)
    return this.pages ? joinLinks(this.offered, own) : own
  }

  /** Only these pages are offered. */
  private readonly offered: Links = ({ page }) => (this.pages.split(/[\s,]+/).includes(page) ? undefined : null)

  /** Our pages below the given base, whatever path the server has for them. */
  private readonly below: Links = ({ path }) => this.front + path

  override connectedCallback() {
    super.connectedCallback()
    addEventListener('popstate', this.arrive)
    if (!this.keys) addEventListener('keydown', this.remember)
    this.addEventListener('ops-navigate', this.navigated as EventListener)
    this.addEventListener('ops-filter', this.filtered as EventListener)
    this.addEventListener('ops-subject', this.named as EventListener)
    void this.show(false)
  }

  protected override firstUpdated() {
    // Without them the pages work all the same.
    void Promise.all([loadKeys(), loadMarks()]).then(this.receive, () => {})
  }

  private readonly receive = ([keys, marks]: [KeysPart, MarksPart]) => {
    Object.assign(this, { keys, marks, declared: new keys.Keys(this, () => this.listKeys()) })
    removeEventListener('keydown', this.remember)
    if (this.early) this.dispatchEvent(new KeyboardEvent('keydown', this.early))
  }

  /** Whoever presses the palette's key while the page still loads gets the palette, and not what the browser would open. */
  private readonly remember = (event: KeyboardEvent) => {
    if (event.defaultPrevented || this.closest('[keys=off]') || !/^k$/i.test(event.key) || event.ctrlKey === event.metaKey) return
    event.preventDefault()
    this.early = event
  }

  private listKeys(): Key[] {
    const pages = navigation.filter((route) => route.letter && !this.refused(route) && this.isOffered(route.paths[0]))
    return [
      { keys: 'Mod+K', label: t`Find or do`, run: this.find },
      { keys: '/', label: t`Search this page`, run: () => this.searchPage() },
      ...pages.map((route) => ({ keys: `g ${route.letter}`, label: tx(route.title), run: () => this.goTo(this.href(route)) })),
    ]
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    removeEventListener('popstate', this.arrive)
    removeEventListener('keydown', this.remember)
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
    const { menuOpen } = this
    const context = { here: this.isHere, href: this.href, refused: this.refused, offered: this.isOffered, mark: (path: string) => this.marks?.mark(path, this.incidents.data) }
    return html`
      <button type="button" class="skip" @click=${() => this.main.focus()}>${t`Skip to the page`}</button>
      <div class="edge" @keydown=${this.handleKey}>
        <header class="bar" ?inert=${menuOpen}>
          <span class="brand">${brandMark}<slot name="brand">${t`Jobs`}</slot></span>
          ${this.barCount()}
          <button type="button" class="button find-short" aria-label=${t`Find or do`} @click=${this.find}>${findMark}</button>
          <button type="button" class="button menu" aria-label=${t`Menu`} aria-expanded=${menuOpen} aria-controls="navigation" @click=${this.openMenu}>${menuMark}</button>
        </header>
        ${menuOpen ? html`<div class="backdrop" @click=${this.closeMenu}></div>` : nothing}
        <nav id="navigation" class=${menuOpen ? 'open' : ''} aria-label=${t`Jobs`} part="navigation" @click=${this.handleChoice}>
          <div class="first">
            <button type="button" class="find" aria-keyshortcuts="Control+K Meta+K" @click=${this.find}>${findMark}<span>${t`Find or do`}</span>${this.keys && html`<kbd aria-hidden="true">${this.keys.isMac() ? '⌘ K' : t`Ctrl K`}</kbd>`}</button>
            <button type="button" class="shut-menu" aria-label=${t`Close`} @click=${this.closeMenu}>×</button>
          </div>
          ${pageLinks(context)} ${bridgeLinks(this.session)}
          <slot name="navigation"></slot>
          ${foot(this.session, this.connection?.live.state ?? 'idle', this.openKeys)}
        </nav>
      </div>
      <main id="main" tabindex="-1" part="main" ?inert=${menuOpen}>${this.content()}</main>
    `
  }

  /** Where the navigation is folded away, the number of open incidents is beside its button. */
  private barCount() {
    const route = navigation.find(({ view }) => view === 'view_incidents')
    if (!route || !this.marks || !this.incidents.data?.open) return nothing
    return html`<a class="button bar-count" href=${this.href(route)}><span class="hidden-text">${tx(route.title)}</span>${this.marks.openIncidents(this.incidents.data)}</a>`
  }

  private readonly isHere = (path: string): boolean => {
    const { place } = this
    return place?.route.paths[0] === path || place?.route.under === path
  }

  /** Why this actor may not go there; empty when they may, or nobody knows yet. */
  private readonly refused = ({ view }: Route): string => {
    const permission = this.session?.permissions[view]
    return !permission || permission.allowed ? '' : (permission.reason ?? t`Your account may not see this.`)
  }

  private readonly href = ({ paths: [path] }: Route): string => `${this.base}${path || '/'}`

  private content() {
    const { place, page, sessionProblem } = this
    if (sessionProblem?.code === 'unauthenticated') return this.elsewhere(({ signIn }) => signIn(sessionProblem))
    const problem = this.setupProblem ?? sessionProblem
    if (problem && !this.session && (problem.type === 'about:setup' || !page)) return this.elsewhere(({ problemPanel }) => problemPanel(problem, this.connection && (() => void this.connection?.session.reload())))
    if (place && this.refused(place.route)) return this.elsewhere(({ closedPage }) => closedPage(place.route, { href: this.href, refused: this.refused }))
    if (this.failed) return this.elsewhere(({ lostPage }) => lostPage(t`This page could not be loaded`, this.failed, `${this.base}/`))
    if (page) return page
    if (place || !this.front) return html`<p class="muted" role="status">${t`Loading…`}</p>`
    const here = html`<code>${isHash(this.front) ? location.hash : location.pathname}</code>`
    return this.elsewhere(({ lostPage }) => lostPage(t`There is no such page`, tr`Nothing is at ${here}.`, `${this.base}/`))
  }

  /** What is shown instead of a page is loaded when it is needed. */
  private elsewhere(view: (parts: Elsewhere) => unknown) {
    if (this.parts) return view(this.parts)
    void loadElsewhere().then((parts) => {
      if (this.parts) return
      parts.adoptStyles(this.renderRoot as ShadowRoot)
      this.parts = parts
    })
    return nothing
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
    document.title = [about, place ? tx(place.route.title) : t`Not found`, t`Jobs`].filter((part, index, all) => part && part !== all[index + 1]).join(' · ')
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

  private readonly openMenu = async () => {
    this.menuOpen = true
    await this.updateComplete
    this.renderRoot.querySelector<HTMLElement>('nav .find')?.focus()
  }

  private readonly closeMenu = async () => {
    if (!this.menuOpen) return
    this.menuOpen = false
    await this.updateComplete
    this.renderRoot.querySelector<HTMLElement>('.menu')?.focus()
  }

  /** A choice of the page that is already shown closes the menu too. */
  private handleChoice(event: Event) {
    if (event.target instanceof HTMLAnchorElement) this.menuOpen = false
  }

  /** Escape closes the open menu, as it closes everything that lies over a page. */
  private handleKey(event: KeyboardEvent) {
    if (event.key === 'Escape') void this.closeMenu()
  }

  /** Opens the palette, with what this actor may see and do. */
  private readonly find = async () => {
    this.menuOpen = false
    const { openPalette } = await loadPalette()
    openPalette(this.renderRoot as ShadowRoot)
  }

  private readonly openKeys = () => {
    this.menuOpen = false
    void this.keys?.showKeys(this)
  }

  /** Focuses the search of the page, if it has one. */
  private searchPage(): boolean {
    const field = this.page?.renderRoot.querySelector<HTMLElement>('ops-search, input[type=search]')
    field?.focus()
    return field !== undefined && field !== null
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

const findMark = html`<svg viewBox="0 0 16 16" width="16" height="16" fill="none" stroke="currentColor" stroke-width="1.5" aria-hidden="true"><circle cx="7" cy="7" r="4.5" /><path d="m10.5 10.5 3.5 3.5" /></svg>`

const menuMark = html`<svg viewBox="0 0 16 16" width="16" height="16" fill="none" stroke="currentColor" stroke-width="1.5" aria-hidden="true"><path d="M2 4h12M2 8h12M2 12h12" /></svg>`

declare global {
  interface HTMLElementTagNameMap {
    'ops-shell': OpsShell
  }
}
