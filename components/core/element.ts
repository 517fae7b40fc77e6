import { html, LitElement, type PropertyValues, type ReactiveController, type TemplateResult } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { Session } from '../../schemas/actor.ts'
import { protocol } from '../../schemas/protocol.ts'
import type { Problem } from '../../schemas/problem.ts'
import { loadMistakes } from './checked.ts'
import { type Connection, connect } from './connection.ts'
import { announce } from './events.ts'
import { raiseHeadings } from './headings.ts'
import { addressLinks, joinLinks, type Links, pageAt } from './links.ts'
import { follow, langAround, languageFor, unfollow } from './language.ts'
import { followLinks, navigate } from './navigate.ts'
import { announceProblems, problemOf } from './problem.ts'
import type { Resource } from './resource.ts'
import { Around, Within } from './surroundings.ts'
import { mayOpen } from './views.ts'
import { type Catalogue, keepSpeaking, type Language } from './words.ts'

export type { OpsEventMap } from './events.ts'

/** A host may set `api` a little later than it places the element. */
const patienceMs = 2000

/**
 * An element that uses the API: through its own `api`, or through the connection of a surrounding provider. It passes the connection
 * on to the elements inside it.
 *
 * @attr {string} api - Base URL of the API, e.g. `/ops/jobs/api/v1`. Not needed inside `ops-provider` or `ops-shell`.
 * @attr {'light' | 'dark'} theme - Forces a theme; by default the reader's preference.
 * @attr {string} locale - Language of dates and numbers, e.g. `de-DE`.
 * @fires ops-problem - A problem is about to be shown, also that nobody is signed in.
 * @fires ops-subject - The name of what the page is about is known, or has changed; the shell shows it in the document title.
 * @csspart empty - What stands where there is nothing to show.
 * @csspart refusal - Why a control is disabled.
 * @csspart read-only - The note that this reader may change nothing here.
 * @csspart completeness - How complete the evidence is.
 * @csspart legend - What the marks of a strip or a timeline mean.
 * @csspart sparkline - A small chart in a row.
 * @csspart problem - What went wrong, with what to do about it.
 * @csspart skew - The sentence above an element that its API does not fit.
 */
export abstract class OpsElement extends LitElement {
  /** Base URL of the API, e.g. `/ops/jobs/api/v1`. Not needed inside `ops-provider` or `ops-shell`. */
  @property() api?: string
  /** `light` or `dark`; by default the reader's preference. */
  @property({ reflect: true }) theme?: 'light' | 'dark'
  /** Language of dates, e.g. `de-DE`. */
  @property() locale?: string
  /** Used instead of the global `fetch`, e.g. to add a token. */
  @property({ attribute: false }) fetch?: typeof fetch
  /**
   * The host's addresses: called with what a link leads to (`{ page, params, path }`), it returns the address, or undefined for the
   * usual one. Holds for everything inside.
   */
  @property({ attribute: false }) links?: Links

  /**
   * The host's own words by ours, e.g. `{ 'Powertools-native': 'Shop console' }`; goes before those of the language. Holds for everything inside.
   */
  @property({ attribute: false }) wording?: Catalogue
  /** Narrower spacing and smaller text, for the element and everything inside. */
  @property({ type: Boolean, reflect: true }) compact = false
  /** Columns of its tables that are not shown, by name, e.g. `version beat`. */
  @property({ attribute: 'hide-columns' }) hideColumns = ''
  /** Operations that are not offered, by name, e.g. `delete_cron_entry discard_job`; for the element and everything inside. What an actor may do is decided on the server. */
  @property({ attribute: 'hide-actions' }) hideActions = ''
  /** The host's own controls for a row: called with what the row shows, it returns a node or a Lit template. */
  @property({ attribute: false }) rowActions?: (item: never) => unknown

  /** True only for the shell. */
  protected readonly isShell: boolean = false

  @state() protected connection?: Connection
  @state() protected session?: Session
  @state() protected sessionProblem?: Problem
  /**
   * Set if it has no connection although the page has been there for a while: it has no `api`, and nothing around it has one.
   * @internal
   */
  @state() setupProblem?: Problem

  private readonly reading: { refresh(): Promise<unknown> }[] = []
  private readonly around = new Around(this, () => this.adopt())
  private readonly within = new Within(this)
  /** What is done with everything rendered, whatever made it: here, and in parts with a root of their own. */
  private readonly finishParts = (root: ParentNode): void => {
    if (this.connection) addressLinks(root, this.base, (view) => this.mayView(view), this.within.value.links)
    announceProblems(root)
    this.hideControls(root)
    const names = namesIn(this.hideColumns)
    // Also once there are none any more.
    if (names.length > 0 || this.hasHidden) void import('./hide-columns.ts').then((hide) => hide.hideColumns(root, names))
    this.hasHidden ||= names.length > 0
  }
  private hasHidden = false

  /** Also once there are none any more. */
  private hideControls(root: ParentNode) {
    const { hiddenActions = [] } = this.within.value
    if (hiddenActions.length > 0 || this.hasHiddenActions) void import('./hide-actions.ts').then((hide) => hide.hideActions(root, hiddenActions))
    this.hasHiddenActions ||= hiddenActions.length > 0
  }
  private hasHiddenActions = false
  /** The address that the host wants for one of our links. */
  protected readonly addressOf = (href: string): string => {
    const target = pageAt(this.base, href)
    return (target && this.within.value.links?.(target)) ?? href
  }
  private forgetSession?: () => void
  /**
   * The language of its words, dates and numbers, and of the parts inside.
   * @internal
   */
  speech?: Language
  private subjectName = ''

  constructor() {
    super()
    followLinks(this)
    for (const type of ['click', 'keydown', 'input', 'change']) this.addEventListener(type, () => this.speech && keepSpeaking(this.speech), true)
    // A provider that is defined after this element was connected could not answer earlier.
    void customElements.whenDefined('ops-provider').then(() => {
      if (this.isConnected && !this.connection) this.around.hostConnected()
    })
  }

  override connectedCallback() {
    super.connectedCallback()
    follow(this)
    setTimeout(() => void this.missApi(), patienceMs)
    // Before the first update, properties set before the upgrade (such as `fetch`) are not available yet.
    if (!this.hasUpdated) return
    this.adopt()
    this.watchSession()
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    unfollow(this)
    this.forgetSession?.()
  }

  /**
   * Reads everything again that is shown here and inside, the session too, e.g. after the user has signed in. Resolves once the
   * answers have arrived; what fails is shown and announced as `ops-problem`.
   */
  async refresh(): Promise<void> {
    await this.updateComplete
    await this.connection?.session.reload()
    await this.readAgain()
    await this.updateComplete
  }

  override addController(controller: ReactiveController) {
    super.addController(controller)
    if ('refresh' in controller) this.reading.push(controller as Resource<unknown>)
  }

  private async readAgain(): Promise<void> {
    await this.updateComplete
    const inside = [this, this.renderRoot].flatMap((root) => [...root.querySelectorAll('*')]).filter((each): each is OpsElement => 'readAgain' in each)
    await Promise.all([...this.reading.map((each) => each.refresh()), ...inside.map((each) => each.readAgain())])
  }

  /** Path of the pages on the server. From the session, or derived from `api` until the session has loaded. */
  protected get base(): string {
    return this.session?.base ?? (this.connection?.api ?? '').replace(/\/api\/v1\/?$/, '')
  }

  /** Language of dates and numbers, a tag for `Intl`. */
  protected get language(): string | undefined {
    return this.speech?.tag
  }

  /** The heading of the page, on the level that fits its surroundings. */
  protected heading(text: string | TemplateResult): TemplateResult {
    if (this.within.value.shell) return html`<h1 class="page-title" tabindex="-1" part="heading">${text}</h1>`
    return html`<h2 class="page-title" tabindex="-1" part="heading">${text}</h2>`
  }

  /**
   * `lang` or `dir` changed around it, or the catalogue has arrived: it and its parts are rendered again.
   * @internal
   */
  followLanguage() {
    this.adopt()
    renderAgain(this)
  }

  /** Holds from now on, so that the first rendering is right as well. */
  private speak(locale: string | undefined, words: Catalogue | undefined) {
    if (!this.isConnected) return
    const { tag, catalogue, wording } = this.speech ?? {}
    this.speech = languageFor(langAround(this), locale, words)
    keepSpeaking(this.speech)
    if (tag && (tag !== this.speech.tag || catalogue !== this.speech.catalogue || wording !== this.speech.wording)) renderAgain(this)
  }

  protected override willUpdate(changed: PropertyValues) {
    if (!this.hasUpdated || changed.has('api') || changed.has('fetch') || changed.has('locale') || changed.has('links') || changed.has('hideActions') || changed.has('wording') || changed.has('pages')) this.adopt()
  }

  protected override updated(_changed: PropertyValues) {
    if (this.within.value.shell) raiseHeadings(this.renderRoot)
    this.finishParts(this.renderRoot)
  }

  /**
   * Whether the host offers this operation here.
   * @internal
   */
  offersAction(action: string): boolean {
    return !this.within.value.hiddenActions?.includes(action)
  }

  /** Goes to one of our pages as if its link had been clicked. Returns whether it was left to this element. */
  protected goTo(href: string): boolean {
    const { page, params, path } = pageAt(this.base, href) ?? {}
    return navigate(this, { page, params, path, href: this.addressOf(href), newTab: false })
  }

  /** Announces what the page is about; the shell shows it in the document title. */
  protected nameSubject(name: string) {
    if (name === this.subjectName) return
    this.subjectName = name
    announce(this, 'ops-subject', { name })
  }

  /** Whether this actor may see such pages; true until the session has loaded. */
  protected mayView(view: string): boolean {
    return this.session?.permissions[view]?.allowed ?? true
  }

  /** Whether this link leads to a page that this actor may see. True for links outside this product. */
  protected mayOpen(href: string): boolean {
    return mayOpen(this.session, this.base, href)
  }

  /** Whether the host offers the page at this address below the base. */
  protected readonly isOffered = (path = ''): boolean => {
    const target = pageAt('', path || '/')
    return !target || this.within.value.links?.(target) !== null
  }

  /** The host's own addresses first, then those of the surroundings. */
  protected get ownLinks(): Links | undefined {
    return this.links
  }

  /** Without an API it would wait for ever. */
  private async missApi() {
    if (!this.isConnected || this.connection) return
    const { noApi } = await loadMistakes()
    if (!this.connection) this.setupProblem = noApi(this.localName)
  }

  private adopt() {
    const outer = this.around?.value
    const links = joinLinks(this.ownLinks, outer?.links)
    const hiddenActions = [...(outer?.hiddenActions ?? []), ...namesIn(this.hideActions)]
    // A provider of another copy of this package has that copy's client; ours uses the same session and stream.
    const given = outer?.connection
    const connection = this.api !== undefined ? connect(this.api, this.fetch) : given && connect(given.api, given.fetch)
    const words = this.wording ? { ...outer?.words, ...this.wording } : outer?.words
    const locale = this.locale ?? outer?.locale
    this.speak(locale, words)
    this.within?.setValue({ connection, locale, shell: this.isShell || outer?.shell, links, hiddenActions, words, finishParts: this.finishParts, addressOf: this.addressOf })
    if (connection === this.connection) return
    this.connection = connection
    this.setupProblem = undefined
    this.watchSession()
  }

  /** Elements and API may be of different versions: a page left open during an update, a copy on a CDN. Inside the shell, the shell says it. */
  private checkVersion() {
    const { session } = this
    const { current = 1, oldest = 1 } = (session?.protocol as Partial<typeof protocol> | undefined) ?? {}
    if (session && (current < protocol.current || oldest > protocol.current) && !this.around.value?.shell) void import('./skew.ts').then((skew) => skew.showSkew(this, session))
  }

  private watchSession() {
    this.forgetSession?.()
    const shared = this.isConnected ? this.connection?.session : undefined
    if (!shared) return
    const read = () => {
      this.session = shared.value
      this.sessionProblem = shared.error === undefined ? undefined : problemOf(shared.error)
      this.checkVersion()
    }
    this.forgetSession = shared.watch(read)
    read()
  }
}

/** Also the parts whose properties stay the same. */
function renderAgain(element: LitElement): void {
  element.requestUpdate()
  for (const part of element.renderRoot?.querySelectorAll('*') ?? []) if ('renderRoot' in part && !('followLanguage' in part)) renderAgain(part as LitElement)
}

/** Names with spaces or commas between them; null once the attribute is removed. */
function namesIn(list: string | null): string[] {
  return (list ?? '').split(/[\s,]+/).filter(Boolean)
}
