import { adoptStyles, type CSSResultOrNative, html, nothing, type PropertyValues } from 'lit'
import { property, query, state } from 'lit/decorators.js'
import type { Job, JobFilters, JobHistogram } from '../../schemas/job.ts'
import type { Problem } from '../../schemas/problem.ts'
import type { JobState } from '../../schemas/vocabulary.ts'
import { now } from '../core/clock.ts'
import { OpsElement } from '../core/element.ts'
import { address, filtered } from '../core/filter.ts'
import { later, loadFailure } from '../core/later.ts'
import { element, whenDefined } from '../core/register.ts'
import { Resource } from '../core/resource.ts'
import { t, tn, tx } from '../core/words.ts'
import type { Ask, BulkDetail, OpsConfirm } from '../parts/confirm.ts'
import { figure } from '../parts/count.ts'
import { missingPart } from '../parts/missing.ts'
import { problemPanel, staleNote } from '../parts/problem.ts'
import { onlyNamed } from '../parts/queue-name.ts'
import { skeletonRows } from '../parts/quiet.ts'
import type { PickedRange } from '../parts/range-picker.ts'
import { readOnlyBanner } from '../parts/refusal.ts'
import { partStyles } from '../parts/styles.ts'
import { base, pageStyles } from '../theme/base.ts'
import { Choosing } from './jobs/choosing.ts'
import { apiFilters, type FilterName, filterNames, type FilterValues, noFilters, pageFilters, sortOf, startOfLast } from './jobs/filters.ts'
import type { keysOf } from './jobs/keys.ts'
import { jobOperations } from './jobs/operations.ts'
import type { Change, PageParts } from './jobs/parts.ts'
import type { Preferences } from './jobs/preferences.ts'
import { newJobs, refresh, show, type Shown } from './jobs/rows.ts'
import { jobsStyles } from './jobs/styles.ts'
import { stateTabs } from './jobs/tabs.ts'
import type { Walk } from './jobs/walk.ts'

/** Loaded while the first page of the list is read. */
const loadList = later(() => import('./jobs/list.ts'))
const loadTools = later(() => import('./jobs/later.ts'))
const loadGroups = later(() => import('./jobs/by-error.ts'))

/**
 * Jobs: find the ones that hurt, choose one or a hundred thousand, and retry, cancel, discard or restore them. The filters are part
 * of the address; rows are marked where they stand and replaced only on request.
 *
 * Keys, with the focus on a row: up and down move, Home and End go to the first and the last; Space opens the job beside the list,
 * Shift with any of them extends, Ctrl+A chooses the page, Escape chooses nothing. `j` and `k` move, `x` chooses, `R` retries.
 *
 * @tag ops-jobs
 * @attr {string} api - Where the API is, e.g. `/ops/jobs/api/v1`; not needed inside `ops-provider`.
 * @attr {'light' | 'dark'} theme - Forces a theme.
 * @attr {string} locale - Language of dates and numbers, e.g. `de-DE`.
 * @attr {string} state - Only jobs in these states, with commas between them, e.g. `retryable,discarded`.
 * @attr {string} queue - Only jobs of this queue.
 * @attr {string} not-queue - Only jobs of other queues than this one.
 * @attr {string} worker - Only jobs of this worker.
 * @attr {string} tag - Only jobs with this tag.
 * @attr {string} job-id - Only the job with this id; `id` in the address.
 * @attr {string} args - Only jobs whose arguments contain this JSON object.
 * @attr {string} error - Only jobs whose last error has this text.
 * @attr {string} words - Only jobs with this text in the last error or the arguments.
 * @attr {string} cron-entry - Only jobs that this cron entry made.
 * @attr {string} incident - Only jobs that the incident with this id affects.
 * @attr {string} failed-again - Only jobs that this bulk run retried and that failed again afterwards.
 * @attr {string} error-group - Only jobs whose last error belongs to the group with this fingerprint.
 * @attr {'created' | 'due' | 'finished'} time - The time that `from` and `to` refer to, `created` unless set.
 * @attr {string} from - From this instant on, ISO-8601.
 * @attr {string} to - Before this instant, ISO-8601.
 * @attr {'15m' | '1h' | '24h' | '7d' | 'deploy'} last - Instead of `from`: the last minutes, hours or days, or since the last deploy.
 * @attr {'newest' | 'oldest'} order - By the time that is shown; newest first unless set, and what is due soonest first.
 * @attr {'error'} group - Shows the groups of errors instead of the jobs.
 * @attr {string} bulk - Id of the bulk run whose progress is shown on top.
 * @attr {string} fixed - Names of filters that the reader can neither see nor change, with commas between them, e.g. `queue,tag`.
 * @attr {boolean} compact - Only the list: no tabs, search, exports or views.
 * @attr {number} limit - Jobs per page, 50 unless set, 200 at most.
 * @fires ops-navigate - A link was clicked; prevent it to go there yourself. The detail is `{ href }`.
 * @fires ops-filter - The reader changed what is shown. The detail is `{ path, query }`.
 * @fires ops-operation - An operation was recorded; the detail is its audit event.
 * @fires ops-bulk - A bulk run was started; the detail is `{ id, action }` of the run.
 * @slot empty - Shown when there are no jobs.
 * @slot actions - Controls of the host at the end of the head.
 * @csspart heading - The heading.
 * @csspart tabs - The states with their counts.
 * @csspart filters - The search bar.
 * @csspart table - The table.
 * @csspart pager - The way to the next and the previous page.
 * @csspart row - One job.
 * @csspart bulk-bar - What can be done to the chosen jobs.
 * @csspart bulk-run - The progress of a bulk run.
 * @csspart sheet - The job beside the list.
 * @csspart fate - What became of the jobs of a bulk run.
 * @csspart chip - A state.
 * @cssproperty --ops-page-padding - Space around the element, 16px unless set.
 */
@element('ops-jobs')
export class OpsJobs extends OpsElement {
  static override styles = [base, pageStyles, partStyles, jobsStyles]

  @query('ops-confirm') private confirm!: OpsConfirm
  @state() private shown?: Shown
  @state() private trail: string[] = []
  @state() private preferences?: Preferences
  @state() private view?: typeof import('./jobs/list.ts')
  @state() private tools?: typeof import('./jobs/later.ts')
  @state() private missing = ''
  /** Id of the job in the sheet. */
  @state() private inSheet = ''

  @property() state = ''
  @property() queue = ''
  @property({ attribute: 'not-queue' }) notQueue = ''
  @property() worker = ''
  @property() tag = ''
  @property({ attribute: 'job-id' }) jobId = ''
  @property() args = ''
  @property() error = ''
  @property() words = ''
  @property({ attribute: 'cron-entry' }) cronEntry = ''
  @property() incident = ''
  @property({ attribute: 'error-group' }) errorGroup = ''
  @property({ attribute: 'failed-again' }) failedAgain = ''
  @property() time = ''
  @property() from = ''
  @property() to = ''
  @property() last = ''
  @property() order = ''
  @property() group = ''
  @property() bulk = ''
  @property() fixed = ''
  @property({ type: Boolean, reflect: true }) override compact = false
  @property({ type: Number }) limit = 50

  /** The run that was started here; it gets the focus. */
  private begun = ''
  /** From when the relative range counted when the list was read. */
  private since = ''
  private walk?: Walk
  private moving?: ReturnType<typeof keysOf>
  /** Titles of error groups whose fingerprints are among the filters. */
  private readonly titles = new Map<string, string>()

  private readonly choosing = new Choosing({ rows: () => this.shown?.rows ?? [], root: () => this.renderRoot, changed: () => this.requestUpdate() })

  private readonly deploy = new Resource(this, {
    connection: () => (this.last === 'deploy' ? this.connection : undefined),
    load: async ({ client }, signal) => ({ at: (await client.listDeploys({ query: { limit: 1 }, signal })).items[0]?.at ?? null }),
    key: () => this.last,
    topics: [],
  })

  private readonly list = new Resource(this, {
    connection: () => (this.waitsForDeploy ? undefined : this.connection),
    load: async ({ client }, signal) => {
      const key = this.pageKey
      this.since = this.startOfRange()
      const query = { ...this.filters, ...this.sorting, limit: this.limit, cursor: this.trail.at(-1) } as const
      return { key, ...(await client.listJobs({ query, signal })) }
    },
    key: () => this.pageKey,
    topics: ['jobs', 'bulk'],
  })

  private readonly count = new Resource(this, {
    connection: () => (this.waitsForDeploy ? undefined : this.connection),
    load: async ({ client }, signal) => ({ key: this.filterKey, ...(await client.countJobs({ query: this.filters, signal })) }),
    key: () => this.filterKey,
    topics: ['jobs', 'bulk'],
  })

  /** After the list, which is what one came for. */
  private readonly times = new Resource<JobHistogram & { key: string }>(this, {
    connection: () => (this.tools && this.list.data && !this.compact && !this.group ? this.connection : undefined),
    load: async ({ client }, signal) => ({ key: this.filterKey, ...(await client.getJobHistogram({ query: { ...this.filters, sort: this.sort }, signal })) }),
    key: () => this.filterKey,
    topics: [],
  })

  /** Figures of the snapshot; they know queues, but none of the other filters. */
  private readonly figures = new Resource(this, {
    connection: () => (this.session?.permissions.view_queues?.allowed && this.countable && !this.compact ? this.connection : undefined),
    load: async ({ client }, signal) => onlyNamed(await client.listQueues({ query: { name: this.queue || undefined, limit: 200 }, signal }), this.queue),
    key: () => this.queue,
    of: () => this.queue,
    topics: ['queues'],
  })

  /** Runs that are under way, also when this page was not open when they began. */
  private readonly runs = new Resource(this, {
    connection: () => (this.compact ? undefined : this.connection),
    load: ({ client }, signal) => client.listBulkRuns({ query: { limit: 20 }, signal }),
    key: () => this.bulk,
    topics: ['bulk'],
  })

  protected override willUpdate(changed: PropertyValues) {
    super.willUpdate(changed)
    if (this.session) this.preferences ??= this.view?.loadPreferences(this.session)
    if (this.hasUpdated && [...filterNames, 'last' as const].some((name) => changed.has(name))) {
      Object.assign(this, { trail: [], inSheet: '' })
      this.choosing.clear()
    }
    const { data } = this.list
    if (!data) this.shown = undefined
    else if (data.key === this.pageKey && this.shown?.key !== data.key) this.shown = show(data)
    // Where nothing is shown there is nothing to lose the place in: what is new appears by itself.
    else if (data.key === this.shown?.key && data !== this.merged) this.shown = this.shown.rows.length === 0 ? show(data) : refresh(this.shown, data)
    this.merged = data
    if (this.group === 'error' && changed.has('group')) void loadGroups().catch(this.failed)
  }
  private merged?: unknown
  private readonly adopted = [...OpsJobs.elementStyles]

  protected override firstUpdated() {
    void this.loadParts()
  }

  protected override updated(changed: PropertyValues) {
    super.updated(changed)
    this.nameSubject([this.queue || this.worker, this.state.split(',').map((each) => tx(each)).join(t` or `)].filter(Boolean).join(' '))
  }

  override render() {
    // An actor who may not see the list needs no way to filter or export it.
    if (this.list.closed) return html`<header class="page-head">${this.heading(t`Jobs`)}</header>${problemPanel(this.list.problem!, this.list.reload)}`
    const { tools, parts, compact } = this
    return html`
      ${compact ? nothing : html`<header class="page-head">${this.heading(t`Jobs`)} ${tools?.headTools(parts) ?? nothing}<slot name="actions"></slot></header>`} ${missingPart(this.missing, this.loadParts)}
      ${this.readOnly && !compact ? readOnlyBanner(this.readOnly) : nothing} ${tools?.bulkRuns(parts) ?? nothing} ${compact ? nothing : this.narrowing()}
      ${this.list.render({
        pending: () => skeletonRows(8),
        error: (problem) => problemPanel(problem, this.list.reload),
        complete: (_, late) => this.content(late),
      })}
      ${tools?.sheet(parts) ?? nothing}
      <ops-confirm @ops-operation=${this.acted} @ops-bulk=${this.followed}></ops-confirm>
    `
  }

  /** The search bar is there a moment later; its room is kept, so that nothing moves by that. */
  private narrowing() {
    const { state, fixedNames, language } = this
    const tabs = fixedNames.includes('state') ? nothing : stateTabs({ state, queues: this.countable ? this.figures.data : undefined, href: (to) => this.hrefWith({ state: to }), locale: language, exact: this.view?.exactTime })
    return html`${tabs}<div class="search-room">${this.tools?.searchBar(this.parts) ?? nothing}</div>`
  }

  private content(late?: Problem) {
    const { shown, view, tools } = this
    if (!shown || (late && shown.key !== this.pageKey)) return late ? problemPanel(late, this.list.reload) : skeletonRows(8)
    if (!view) return this.missing ? nothing : skeletonRows(8)
    return html`${staleNote(late, this.list.reload)} ${this.compact ? nothing : html`<div class="line-room">${tools?.summary(this.parts) ?? nothing}</div>`} ${this.group === 'error' ? tools?.byError(this.parts) : html`${this.news(shown)}
      ${shown.rows.length > 0 ? this.table(shown, view) : html`<slot name="empty">${view.nothingThere({ ...this.values, from: this.from || this.last }, this.session, this.list.data!, () => this.clear())}</slot>`}
      ${view.pager({ page: this.trail.length, next: this.list.data?.nextCursor, order: this.shownOrder, back: () => (this.trail = this.trail.slice(0, -1)), on: (next) => (this.trail = [...this.trail, next]) })}
      ${tools?.deeds(this.parts) ?? nothing}`}`
  }

  private news(shown: Shown) {
    const { data } = this.list
    const fresh = data && data.key === shown.key ? newJobs(shown, data).length : 0
    const gone = shown.rows.filter(({ left }) => left).length
    const many = fresh === data?.items.length
    const words = fresh > 0 ? (many ? t`${fresh}+ new · show` : t`${fresh} new · show`) : tn(gone, '# no longer matches · show', '# no longer match · show')
    return html`<div role="status" class="news">
      ${fresh + gone > 0 ? html`<button type="button" class="button primary" @click=${this.showNews}>${words}</button>` : nothing}
    </div>`
  }

  private table(shown: Shown, { jobTable, loadPreferences }: NonNullable<typeof this.view>) {
    const preferences = this.preferences ?? loadPreferences(this.session)
    return jobTable(shown, {
      base: this.base,
      list: this.listQuery,
      preferences: this.compact ? { ...preferences, dense: true } : preferences,
      selected: this.choosing.selected,
      state: this.single,
      order: this.shownOrder,
      turn: this.turn,
      stale: this.list.problem !== undefined || shown.key !== this.pageKey,
      busy: this.list.loading,
      current: this.inSheet,
      pressed: (event) => this.moving?.pressed(event),
      pick: this.choosing.pick,
      ticked: this.choosing.ticked,
      clicked: (event, job) => this.clicked(event, job),
      ...this.tools?.rowActions(this.parts),
    })
  }

  /** What the parts that are loaded late need. */
  private get parts(): PageParts {
    const { data } = this.list
    const { connection, session, base, language, values, fixedNames: fixed, filters, listQuery, single, failedOnly, order, shownOrder, group, shown, matching } = this
    const { preferences, choosing, walk, inSheet, bulk, begun, titles, turn, keep, ask, acted } = this
    const count = this.count.data?.key === this.filterKey ? this.count.data : undefined
    return {
      connection, session, base, language, values, fixed, filters, listQuery, single, failedOnly, order, shownOrder, group, shown, matching,
      preferences, choosing, walk, inSheet, bulk, begun, titles, turn, keep, ask, acted,
      range: { last: this.last, from: this.from, to: this.to },
      asOf: data?.asOf,
      more: this.moreThan(shown?.rows.length ?? 0),
      searched: data?.searched?.window ?? count?.searched?.window,
      histogram: this.times.data?.key === this.filterKey ? this.times.data : undefined,
      runs: this.runs.data?.items ?? [],
      go: (change) => this.go(change),
      pickRange: (range) => this.pickRange(range),
      closeSheet: () => (this.inSheet = ''),
      chooseView: ({ order: wanted = '', last = '', ...filters }) => this.go({ ...pageFilters(filters), last, order: wanted }),
    }
  }

  /** Why this actor may change no job at all; said once on top. */
  private get readOnly(): string {
    if (!this.session) return ''
    const reasons = jobOperations.map((action) => this.session!.permissions[action])
    return reasons.every((permission) => permission && !permission.allowed) ? (reasons[0]!.reason ?? t`Your account may not do this.`) : ''
  }

  private get values(): FilterValues {
    return Object.fromEntries(filterNames.map((name) => [name, this[name]])) as FilterValues
  }

  private get fixedNames(): FilterName[] {
    return this.fixed.split(',').map((name) => name.trim() as FilterName).filter(Boolean)
  }

  /** The filters for the API; a relative range starts where it did when the list was read. */
  private get filters(): JobFilters {
    const range = this.last ? { from: this.since || this.startOfRange(), to: '' } : {}
    return apiFilters({ ...this.values, ...range, ...(this.last && this.sort !== 'created' ? { time: this.sort } : {}) })
  }

  private get sort() {
    return sortOf(this.state)
  }

  /** What is due comes soonest first. */
  private get shownOrder(): 'newest' | 'oldest' {
    return this.order === 'oldest' || (this.sort === 'due' && this.order !== 'newest') ? 'oldest' : 'newest'
  }

  private get sorting() {
    return { sort: this.sort === 'created' ? undefined : this.sort, order: this.shownOrder === 'oldest' ? 'oldest' : undefined } as const
  }

  /** The only state that is listed. */
  private get single(): JobState | undefined {
    return this.state && !this.state.includes(',') ? (this.state as JobState) : undefined
  }

  private get failedOnly(): boolean {
    return this.single === 'discarded' || this.single === 'retryable'
  }

  private get waitsForDeploy(): boolean {
    return this.last === 'deploy' && !this.deploy.data && !this.deploy.problem
  }

  private startOfRange(): string {
    if (!this.last) return ''
    if (this.last === 'deploy') return this.deploy.data?.at ?? ''
    return startOfLast(this.last, now())
  }

  private get filterKey(): string {
    return JSON.stringify([this.values, this.last])
  }

  private get pageKey(): string {
    return JSON.stringify([this.values, this.last, this.order, this.limit, this.trail])
  }

  /** What the page of a job needs to find the jobs beside it. */
  private get listQuery(): string {
    const { sort, order } = this.sorting
    const cursor = this.trail.at(-1)
    const query = address({ path: '', query: { ...this.filters, sort: sort ?? '', order: order ?? '', limit: this.limit === 50 ? '' : String(this.limit), cursor: cursor ?? '' } })
    return query.slice(1)
  }

  /** Whether the figures by queue and state say how many there are. */
  private get countable(): boolean {
    return !this.last && filterNames.every((name) => name === 'state' || name === 'queue' || !this.values[name])
  }

  /** How many match, as sure as it was counted, and no fewer than are shown; empty until it is known. */
  private get matching(): string {
    const { data } = this.count
    const count = Math.max(data?.count ?? 0, data?.how === 'exact' ? 0 : (this.shown?.rows.length ?? 0))
    return data?.key === this.filterKey ? figure(count, data.how, this.language) : ''
  }

  private moreThan(shown: number): boolean {
    return this.trail.length > 0 || Boolean(this.list.data?.nextCursor) || (this.matching !== '' && this.count.data!.count > shown)
  }

  private hrefWith(change: Partial<FilterValues>): string {
    const time = change.state !== undefined && this.time ? { time: sortOf(change.state) } : {}
    return `${this.base}${address({ path: '/list', query: { ...apiFilters({ ...this.values, ...change, ...time }), last: this.last, order: this.order, group: this.group } })}`
  }

  /** What is not needed to read the list comes right after it: search, the dialog, the progress of runs, views, columns, exports. */
  private readonly loadParts = async () => {
    const loadingTools = loadTools()
    loadingTools.catch(() => undefined)
    try {
      this.view ??= await loadList()
      this.addStyles(this.view.styles)
      const tools = await loadingTools
      if (this.tools) return
      const { choosing } = this
      this.addStyles(tools.lateStyles)
      this.moving = tools.keysOf({ rows: () => this.shown?.rows ?? [], root: () => this.renderRoot, choose: choosing.pick, clear: choosing.clear })
      this.walk = new tools.Walk({ parts: () => this.parts, root: () => this.renderRoot as ShadowRoot, open: (id) => (this.inSheet = id), ask: this.ask, failed: this.failed })
      tools.declareKeys(this, this.walk)
      Object.assign(this, { tools, missing: '' })
    } catch (error) {
      this.failed(error)
    }
  }

  private addStyles(styles: CSSResultOrNative[]) {
    this.adopted.push(...styles.filter((each) => !this.adopted.includes(each)))
    adoptStyles(this.renderRoot as ShadowRoot, this.adopted)
  }

  private readonly failed = (error: unknown) => {
    this.missing = loadFailure(error)
  }

  private readonly ask = (ask: Ask): void => void whenDefined('ops-confirm').then(() => this.confirm.open(ask))

  /** A plain click on a row opens its job beside the list; on a link or a control it does what that does. */
  private clicked(event: MouseEvent, job: Job) {
    const onControl = event.composedPath().some((node) => node instanceof HTMLElement && node.matches('a, button, input, label, ops-menu'))
    if (onControl || this.choosing.clicked(event, job) || String(getSelection()) !== '') return
    this.walk?.open(job.id)
  }

  private readonly showNews = async () => {
    const { data } = this.list
    if (!data) return
    this.shown = show(data)
    await this.updateComplete
    this.renderRoot.querySelector<HTMLElement>('[data-job]')?.focus()
  }

  /** What was just done is shown at once, on the rows where they stand. */
  private readonly acted = () => {
    this.list.reload()
    this.count.reload()
  }

  private readonly followed = ({ detail }: CustomEvent<BulkDetail>) => {
    this.choosing.clear()
    this.begun = detail.id
    this.go({ bulk: detail.id })
    this.acted()
  }

  private readonly keep = (preferences: Preferences) => {
    this.preferences = preferences
    this.view?.keepPreferences(preferences)
  }

  private readonly turn = () => this.go({ order: this.shownOrder === 'newest' ? 'oldest' : 'newest' })

  private pickRange({ last = '', from = '', to = '' }: PickedRange) {
    this.go({ last, from, to, time: from || to ? this.sort : '' })
  }

  /** Fixed filters stay. */
  private clear() {
    const free = Object.keys(noFilters).filter((name) => !this.fixedNames.includes(name as FilterName))
    this.go({ ...Object.fromEntries(free.map((name) => [name, ''])), last: '' })
  }

  private go(change: Change) {
    if ('order' in change) this.trail = []
    Object.assign(this, change)
    filtered(this, { path: '/list', query: { ...apiFilters(this.values), last: this.last, order: this.order, group: this.group, bulk: this.bulk } })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-jobs': OpsJobs
  }
}
