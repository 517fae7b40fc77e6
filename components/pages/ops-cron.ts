import { html, nothing, type PropertyValues } from 'lit'
import { property, query, state } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import type { CronEntry } from '../../schemas/cron.ts'
import { cronGroups, cronSorts, cronSources, maxRecentSlots } from '../../schemas/cron-words.ts'
import { OpsElement } from '../core/element.ts'
import { filtered } from '../core/filter.ts'
import { later, loadFailure } from '../core/later.ts'
import { pathTo } from '../core/path-to.ts'
import { element } from '../core/register.ts'
import { Resource } from '../core/resource.ts'
import { t, texts, tn, tr, tx } from '../core/words.ts'
import { chipStyles } from '../parts/chip.ts'
import type { Ask, OpsConfirm } from '../parts/confirm.ts'
import { LatePart } from '../parts/late-part.ts'
import { pager, pagerStyles } from '../parts/pager.ts'
import { problemPanel, problemStyles, staleNote } from '../parts/problem.ts'
import { emptyState, quietStyles, skeletonRows } from '../parts/quiet.ts'
import { readOnlyBanner, refusal, shortRefusal } from '../parts/refusal.ts'
import { tableStyles } from '../parts/table.ts'
import { base, pageStyles } from '../theme/base.ts'
import type { Row } from './cron/fold.ts'
import type { RowContext } from './cron/row.ts'
import { cronStyles } from './cron/styles.ts'
import { term } from '../parts/term.ts'

const states = texts({ active: 'active', paused: 'paused', retired: 'retired' })

const loadList = later(() => import('./cron/list.ts'))
const loadConfirm = later(() => import('../parts/confirm.ts'))
const loadKeys = later(() => import('./cron/keys.ts'))
/** Only lists with numbers in several names have anything to fold. */
const loadFold = later(() => import('./cron/fold.ts'))
const loadMenu = later(() => import('./cron/menu.ts'))
const loadSheet = later(() => import('./cron/sheet.ts'))
const loadTonight = later(() => import('./cron/tonight.ts'))
const loadHistory = later(() => import('./cron/history.ts'))

type Shown = Pick<OpsCron, 'q' | 'source' | 'state' | 'entry' | 'sort' | 'group' | 'view' | 'between' | 'span'>

/**
 * Cron entries: schedule, last and next runs, a strip of slots, status, and the operations on each; and, under “Tonight”, all coming
 * runs on one time axis.
 *
 * @tag ops-cron
 * @attr {string} api - Where the API is; not needed inside `ops-provider`.
 * @attr {'light' | 'dark'} theme - Forces a theme.
 * @attr {string} q - Part of the name of the entries to show.
 * @attr {'code' | 'runtime' | 'fixture'} source - Only entries of this source.
 * @attr {string} queue - Only entries that create their jobs in this queue.
 * @attr {string} entries - Only the entries with these names, separated by commas.
 * @attr {'active' | 'paused' | 'retired'} state - Only entries in this state.
 * @attr {'next' | 'name' | 'health'} sort - The order; default `next`, with paused entries first.
 * @attr {'source' | 'queue'} group - Sorts by this first, with a heading for each.
 * @attr {string} entry - Name of the entry shown in full beside the list.
 * @attr {'tonight' | 'history'} view - Shows the coming runs, or what was done to the entries, instead of the list.
 * @attr {string} between - The window of the coming runs, `01:00-04:00` by default, in the reader's time.
 * @attr {'24h' | '7d'} span - How far the axis of the coming runs reaches; default `24h`.
 * @attr {number} limit - The number of entries on a page, at most 200; default 50.
 * @attr {boolean} compact - One line for each entry, without the controls above the list and the legend below it.
 * @fires ops-navigate - A link was clicked; prevent it to go there yourself. The detail is `{ href }`.
 * @fires ops-filter - The person changed what is shown. The detail is `{ path, query }`.
 * @fires ops-operation - An operation was recorded; the detail is its audit event.
 * @slot empty - Shown when there are no entries.
 * @slot actions - Controls of the host at the end of the head.
 * @csspart heading - The heading.
 * @csspart row - One entry.
 * @csspart actions - The buttons of one entry.
 * @csspart strip - The strip of slots.
 * @csspart chip - A status.
 * @cssproperty --ops-page-padding - Space around the element, 16px unless set.
 */
@element('ops-cron')
export class OpsCron extends OpsElement {
  static override styles = [base, tableStyles, pageStyles, chipStyles, problemStyles, quietStyles, pagerStyles, cronStyles]

  @query('ops-confirm') private confirm!: OpsConfirm
  @state() private trail: string[] = []
  @state() private unfolded: ReadonlySet<string> = new Set()
  @state() private folding?: typeof import('./cron/fold.ts')
  @state() private menus?: typeof import('./cron/menu.ts')
  @state() private sheets?: typeof import('./cron/sheet.ts')
  @state() private histories?: typeof import('./cron/history.ts')
  @state() private loaded = { sheet: false, tonight: false, history: false }
  @state() private loadProblem = ''

  @property() q = ''
  @property() source = ''
  @property() state = ''
  @property() entry = ''
  @property() sort = ''
  @property() group = ''
  @property() view = ''
  @property() between = ''
  @property() span = ''
  @property() queue = ''
  @property() entries = ''
  @property({ type: Number }) limit?: number
  @property({ type: Boolean, reflect: true }) override compact = false

  private readonly rowView = new LatePart(this, loadList)
  private readonly loading = new Set<string>()
  private focused: Element | null = null
  private typing?: ReturnType<typeof setTimeout>

  private readonly list = new Resource(this, {
    connection: () => (this.view === 'tonight' || this.view === 'history' ? undefined : this.connection),
    load: async ({ client }, signal) => {
      const page = await client.listCronEntries({ query: { ...this.restriction, state: known(states, this.state), recent: maxRecentSlots, sort: known(cronSorts, this.sort) ?? 'next', group: known(cronGroups, this.group), cursor: this.trail.at(-1), limit: this.limit }, signal })
      if (page.items.filter(({ name }) => /\d/.test(name)).length > 2) this.folding = await loadFold().catch(() => undefined)
      return page
    },
    key: () => [this.restriction, this.state, this.sort, this.group, this.limit, this.trail],
    topics: ['cron'],
  })

  /** The selected entry, if it is not among those listed, e.g. because it is on another page. */
  private readonly alone = new Resource(this, {
    connection: () => (this.entry && this.list.data && !this.listed ? this.connection : undefined),
    load: ({ client }, signal) => client.getCronEntry({ params: { name: this.entry }, signal }),
    key: () => this.entry,
    of: () => this.entry,
    topics: ['cron'],
  })

  protected override firstUpdated() {
    // Not needed for the first sight, and at hand when they are.
    void loadKeys().then(({ declareKeys }) => declareKeys(this), () => {})
    void loadConfirm().catch(() => {})
  }

  protected override willUpdate(changed: PropertyValues) {
    super.willUpdate(changed)
    if (this.view === 'tonight') void this.load('tonight', loadTonight)
    if (this.view === 'history') void this.load('history', async () => (this.histories = await loadHistory()))
    if (this.entry) void this.load('sheet', this.loadSheet)
    this.focused = this.shadowRoot?.activeElement ?? null
  }

  protected override updated(changed: PropertyValues) {
    super.updated(changed)
    this.nameSubject(this.entry)
    this.keepFocus()
  }

  /** A row that moves to another place in the order loses the focus, which belongs to whoever is working there. */
  private keepFocus() {
    const { focused } = this
    this.focused = null
    if (focused instanceof HTMLElement && focused.isConnected && !this.shadowRoot!.activeElement && (document.activeElement === document.body || document.activeElement === null)) focused.focus()
  }

  override render() {
    return html`
      <div class="page-head">${this.heading(t`Cron`)} <span class="end">${this.asOf()} ${this.create()} <slot name="actions"></slot></span></div>
      ${this.compact ? nothing : this.tabs()} ${this.readOnly ? readOnlyBanner(this.readOnly) : nothing}
      ${this.loadProblem ? html`<p class="card padded" role="alert">${this.loadProblem} <button type="button" class="button" @click=${this.retryLoad}>${t`Try again`}</button></p>` : nothing}
      ${this.view === 'tonight' ? this.tonight() : this.view === 'history' ? this.history() : html`${this.entryList()} ${this.sheet()}`}
      <ops-confirm @ops-operation=${this.handleOperation}></ops-confirm>
    `
  }

  private tabs() {
    const tab = (view: string, words: string) => html`<a href="${this.base}/cron${view ? `?view=${view}` : ''}" aria-current=${this.view === view ? 'true' : nothing} @click=${(event: MouseEvent) => this.followHere(event, { view })}>${words}</a>`
    return html`<nav class="tabs" aria-label=${t`Cron`}>${tab('', t`Entries`)} ${tab('tonight', t`Tonight`)} ${this.mayView('view_audit') ? tab('history', t`History`) : nothing}</nav>`
  }

  private tonight() {
    if (!this.loaded.tonight) return this.loadProblem ? nothing : skeletonRows(5)
    return html`<ops-cron-tonight
      .restriction=${this.restriction}
      .between=${this.between}
      .span=${this.span}
      .ask=${this.ask}
      @ops-window=${(event: CustomEvent<Pick<Shown, 'between' | 'span'>>) => this.show(event.detail)}
    ></ops-cron-tonight>`
  }

  private history() {
    return this.histories?.entryHistory(this.base, this.limit) ?? (this.loadProblem ? nothing : skeletonRows(8))
  }

  /** The entry beside the list. */
  private sheet() {
    const { entry: name, listed, alone } = this
    const names = this.list.data?.items.map((entry) => entry.name) ?? []
    const at = names.indexOf(name)
    return this.sheets?.entrySheet({
      base: this.base,
      name,
      entry: listed ?? alone.data,
      problem: listed ? undefined : alone.problem,
      steps: at < 0 ? undefined : { previous: at > 0, next: at < names.length - 1 },
      menu: this.menu,
      mayOpen: (href) => this.mayOpen(href),
      step: (by) => names[at + by] && this.show({ entry: names[at + by]! }),
      close: () => this.show({ entry: '' }),
      row: () => [...this.renderRoot.querySelectorAll<HTMLElement>('.entry a')].find((link) => link.textContent === name) ?? null,
    })
  }

  private readonly loadSheet = async (): Promise<void> => {
    const [sheets, menus] = await Promise.all([loadSheet(), loadMenu()])
    Object.assign(this, { sheets, menus })
  }

  /** Once it is loaded. */
  private get menu(): RowContext['menu'] {
    const { menus } = this
    return menus && ((entry) => menus.entryMenu(entry, { base: this.base, ask: this.ask, mayOpen: (href) => this.mayOpen(href) }))
  }

  private entryList() {
    return html`${this.compact ? nothing : this.toolbar()}
      ${this.list.render({
        pending: () => skeletonRows(5),
        error: (problem) => problemPanel(problem, this.list.reload),
        complete: ({ items, nextCursor }, late) => html`
          ${staleNote(late, this.list.reload)}
          ${items.length > 0 ? this.rowView.render(() => this.table(items), () => skeletonRows(5)) : this.nothingThere()}
          ${pager({ trail: this.trail, next: nextCursor, move: (trail) => (this.trail = trail) })}
        `,
      })}`
  }

  private get listed(): CronEntry | undefined {
    return this.list.data?.items.find(({ name }) => name === this.entry)
  }

  /** Which entries this element is about, in the list and in the coming runs. */
  private get restriction() {
    return { q: this.q || undefined, source: known(cronSources, this.source), queue: this.queue || undefined, names: this.entries || undefined }
  }

  private asOf() {
    const { data } = this.list
    if (!data || !this.rowView.loaded || this.view === 'tonight' || this.view === 'history') return nothing
    const count = data.nextCursor ? t`${data.items.length}+ entries` : tn(data.items.length, '# entry', '# entries')
    return html`<span class="muted num">${count} · ${tr`as of ${html`<ops-time show="relative" live at=${data.asOf}></ops-time>`}`}</span>`
  }

  /** Why this actor may change no cron entry at all; shown once at the top. */
  private get readOnly(): string {
    const operations = Object.entries(this.session?.permissions ?? {}).filter(([action]) => /_cron_(entry|slot)$/.test(action))
    if (operations.length === 0 || operations.some(([, { allowed }]) => allowed)) return ''
    return operations[0]![1].reason ?? t`Your account may not do this.`
  }

  private create() {
    if (this.compact) return nothing
    const mayCreate = this.session?.permissions.create_cron_entry
    const said = this.readOnly && mayCreate?.reason === this.readOnly
    return html`${said ? shortRefusal(this.readOnly, 'why-create', t`Read-only`) : this.session ? refusal(mayCreate, 'why-create') : nothing}
      <button type="button" class="button primary" data-action="create_cron_entry" ?disabled=${!mayCreate?.allowed} aria-describedby="why-create" @click=${() => this.ask({ action: 'create_cron_entry' })}>${t`New entry…`}</button>`
  }

  private toolbar() {
    return html`<div class="toolbar" role="search">
      <input class="search" type="search" aria-label=${t`Find an entry`} placeholder=${t`Find an entry`} .value=${this.q} @input=${this.handleSearch} maxlength="100" />
      ${this.choice('state', t`State`, states, t`any`)} ${this.choice('source', t`Source`, cronSources, t`any`)}
      <span class="end">${this.choice('sort', t`Sort`, cronSorts, '', 'next')} ${this.choice('group', t`Group`, cronGroups, t`none`)}</span>
    </div>`
  }

  private choice(name: 'state' | 'source' | 'sort' | 'group', label: string, table: Record<string, string>, none: string, usual = '') {
    const shown = this[name] || usual
    return html`<select aria-label=${label} @change=${(event: Event) => this.show({ [name]: (event.target as HTMLSelectElement).value })}>
      ${none ? html`<option value="" ?selected=${!shown}>${label}: ${none}</option>` : nothing}
      ${Object.entries(table).map(([value, word]) => html`<option value=${value} ?selected=${shown === value}>${label}: ${tx(word)}</option>`)}
    </select>`
  }

  private table(items: CronEntry[]) {
    const sorted = (sort: string) => (this.sort || 'next') === sort
    const head = (sort: string, words: string, of: string) =>
      html`<th scope="col" role="columnheader" class=${of} aria-sort=${sorted(sort) ? 'ascending' : nothing}>
        <button type="button" class="sort" @click=${() => this.show({ sort })}>${words}${sorted(sort) ? html`<span aria-hidden="true"> ↑</span>` : nothing}</button>
      </th>`
    return html`<div class="card ${this.list.problem ? 'stale' : ''} ${this.entry ? 'beside' : ''}">
        <table role="table" aria-label=${t`Cron entries`}>
          <thead role="rowgroup">
            <tr role="row">
              ${head('name', t`Entry`, 'entry-column')} ${head('next', t`Next run`, 'runs-column')}
              <th scope="col" role="columnheader" class="slots-column">
                <span class="axis"><span>${term('cron_slot', t`Recent slots`)}</span> <span class="now-word">${t`now`}</span> <span class="future-word">${t`next ${12}`}</span></span>
              </th>
              ${head('health', t`Status and health`, 'status-column')}
              <th scope="col" role="columnheader" class="do-column"><span class="hidden-text">${t`Actions`}</span></th>
            </tr>
          </thead>
          <tbody role="rowgroup">
            ${this.grouped(items).map(([heading, entries]) => html`${heading === '' ? nothing : html`<tr role="row" class="group"><th role="rowheader" scope="rowgroup" colspan="5"><bdi>${this.group === 'source' ? tx(heading) : heading}</bdi></th></tr>`}${this.rows(entries)}`)}
          </tbody>
        </table>
      </div>
      ${this.compact ? nothing : this.rowView.loaded!.stripLegend()}`
  }

  private grouped(items: CronEntry[]): [string, CronEntry[]][] {
    const group = known(cronGroups, this.group)
    return group ? [...Map.groupBy(items, (entry) => entry[group] as string)] : [['', items]]
  }

  private rows(entries: CronEntry[]) {
    const { folding } = this
    const rows: Row[] = folding?.foldAlike(entries, { open: this.unfolded, selected: this.entry }) ?? entries.map((entry) => ({ entry }))
    return repeat(
      rows,
      (row) => ('entry' in row ? row.entry.name : row.stem),
      (row) => ('entry' in row ? this.row(row.entry) : folding?.foldRow(row.entries, { unfolded: this.unfolded.has(row.stem), toggle: () => this.toggle(row.stem) })),
    )
  }

  private row(entry: CronEntry) {
    const selected = entry.name === this.entry
    const context: RowContext = {
      base: this.base,
      jobLink: this.jobLink,
      readOnly: this.readOnly,
      selected,
      ask: this.ask,
      menu: this.menu,
      loadMenu: this.openMenu,
      select: (event) => this.followHere(event, { entry: selected ? '' : entry.name }),
      follow: this.followRun,
    }
    return this.rowView.loaded!.entryRow(entry, context)
  }

  private nothingThere() {
    if (this.q || this.source || this.state || this.queue || this.entries) return emptyState(t`No entry matches`, t`Widen the search or the filters above.`)
    return emptyState(t`No cron entries`, t`Entries declared in code appear here after the next start; others can be made with “New entry…”.`)
  }

  private readonly ask = async (ask: Ask): Promise<void> => {
    try {
      await loadConfirm()
      await this.confirm.open(ask)
    } catch (error) {
      this.loadProblem = loadFailure(error)
    }
  }

  private readonly handleOperation = (): void => {
    this.list.reload()
    this.alone.reload()
  }

  /** The button becomes the menu's own when the menu is loaded, and that is opened in its place. */
  private readonly openMenu = async (event: Event): Promise<void> => {
    const cell = (event.currentTarget as HTMLElement).closest('td')!
    try {
      this.menus = await loadMenu()
      await this.updateComplete
      await this.menus.openIn(cell)
    } catch (error) {
      this.loadProblem = loadFailure(error)
    }
  }

  /** A mark of the strip leads to the job of its slot; without one, to the history. */
  private readonly followRun = async ({ name }: CronEntry, { target }: MouseEvent): Promise<void> => {
    const at = (target as Element).closest('[data-at]')?.getAttribute('data-at')
    if (!at || !this.connection) return
    const jobId = await loadMenu()
      .then(({ findJob }) => findJob(this.connection!.client, name, at))
      .catch(() => undefined)
    const href = jobId === undefined ? '' : this.jobLink(jobId)
    if (!href || !this.mayOpen(href)) this.show({ entry: name })
    else if (this.goTo(href)) location.assign(href)
  }

  private readonly jobLink = (jobId: string): string => this.base + pathTo('job', { jobId })

  private async load(part: 'sheet' | 'tonight' | 'history', load: () => Promise<unknown>) {
    if (this.loaded[part] || this.loadProblem || this.loading.has(part)) return
    this.loading.add(part)
    try {
      await load()
      this.loaded = { ...this.loaded, [part]: true }
    } catch (error) {
      this.loadProblem = loadFailure(error)
    }
    this.loading.delete(part)
  }

  private readonly retryLoad = (): void => {
    this.loadProblem = ''
  }

  private toggle(stem: string) {
    const unfolded = new Set(this.unfolded)
    if (!unfolded.delete(stem)) unfolded.add(stem)
    this.unfolded = unfolded
  }

  private followHere(event: MouseEvent, change: Partial<Shown>) {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    this.show(change)
  }

  private handleSearch(event: Event) {
    const q = (event.target as HTMLInputElement).value.trim()
    clearTimeout(this.typing)
    this.typing = setTimeout(() => this.show({ q }), 250)
  }

  private show(change: Partial<Shown>) {
    Object.assign(this, change)
    if (!('entry' in change)) this.trail = []
    const { q, source, state, entry, sort, group, view, between, span } = this
    filtered(this, { path: '/cron', query: { q, source, state, entry, sort, group, view, between, span } })
  }
}

/** An address may carry any word; one that nobody knows filters nothing. */
function known<T extends Record<string, string>>(table: T, word: string): keyof T | undefined {
  return Object.hasOwn(table, word) ? word : undefined
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-cron': OpsCron
  }
}
