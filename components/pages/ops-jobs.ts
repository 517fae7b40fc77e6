import { html, nothing, type PropertyValues } from 'lit'
import { property, query, state } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import type { Job, JobFilters } from '../../schemas/job.ts'
import type { Problem } from '../../schemas/problem.ts'
import { OpsElement } from '../core/element.ts'
import { address, filtered } from '../core/filter.ts'
import { element, whenDefined } from '../core/register.ts'
import { later, loadFailure } from '../core/later.ts'
import { Resource } from '../core/resource.ts'
import type { Ask, BulkDetail, OpsConfirm } from '../parts/confirm.ts'
import { figure } from '../parts/count.ts'
import { missingPart } from '../parts/missing.ts'
import { problemPanel, staleNote } from '../parts/problem.ts'
import { onlyNamed } from '../parts/queue-name.ts'
import { skeletonRows } from '../parts/quiet.ts'
import { readOnlyBanner } from '../parts/refusal.ts'
import { partStyles } from '../parts/styles.ts'
import { tableStyles } from '../parts/table.ts'
import '../parts/time.ts'
import { base, pageStyles } from '../theme/base.ts'
import { nothingThere } from './jobs/empty.ts'
import { filterChips, filterChipStyles } from './jobs/filter-chips.ts'
import { apiFilters, filterNames, type FilterValues, noFilters, pageFilters } from './jobs/filters.ts'
import { keysOf } from './jobs/keys.ts'
import type { OpsJobFilters } from './jobs/filter-form.ts'
import { jobOperations } from './jobs/operations.ts'
import { keepPreferences, type Preferences, loadPreferences } from './jobs/preferences.ts'
import { jobsOf, newJobs, refresh, show, type Shown } from './jobs/rows.ts'
import { choose, nothingSelected, type Selected, selectionOf } from './jobs/selection.ts'
import { jobsStyles } from './jobs/styles.ts'
import { jobTable } from './jobs/table.ts'
import { stateTabs } from './jobs/tabs.ts'

const loadTools = later(() => import('./jobs/later.ts'))

/**
 * Jobs: find the ones that hurt, choose one or a hundred thousand, and retry, cancel, discard or restore them. What is looked for
 * stands in the address; rows are marked where they stand and replaced only when asked.
 *
 * Keys, with the focus on a row: up and down move, Home and End go to the first and the last, behind which stands what can be done;
 * Space chooses, Shift with any of them extends, Ctrl+A chooses the page, Escape chooses nothing.
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
 * @attr {'created' | 'due' | 'finished'} time - Which moment `from` and `to` are about.
 * @attr {string} from - From this instant on, ISO-8601.
 * @attr {string} to - Before this instant, ISO-8601.
 * @attr {'newest' | 'oldest'} order - Newest first unless set.
 * @attr {string} bulk - Id of the bulk run whose progress is shown on top.
 * @attr {number} limit - How many jobs to a page, 50 unless set, 200 at most.
 * @fires ops-navigate - A link was clicked; prevent it to go there yourself. The detail is `{ href }`.
 * @fires ops-filter - The person changed what is shown. The detail is `{ path, query }`.
 * @fires ops-operation - An operation was recorded; the detail is its audit event.
 * @fires ops-bulk - A selection was taken on; the detail is `{ id, action }` of its run.
 * @slot empty - Shown when there are no jobs.
 * @csspart heading - The heading.
 * @csspart tabs - The states with their counts.
 * @csspart filters - The form that narrows the list.
 * @csspart table - The table.
 * @csspart pager - The way to the next and the previous page.
 * @csspart row - One job.
 * @csspart bulk-bar - What can be done to the chosen jobs.
 * @csspart bulk-run - The progress of a bulk run.
 * @csspart chip - A state.
 * @cssproperty --ops-page-padding - Space around the element, 16px unless set.
 */
@element('ops-jobs')
export class OpsJobs extends OpsElement {
  static override styles = [base, tableStyles, pageStyles, partStyles, filterChipStyles, jobsStyles]

  @query('ops-confirm') private confirm!: OpsConfirm
  @query('ops-job-filters') private filterForm?: OpsJobFilters
  @state() private shown?: Shown
  @state() private selected: Selected = nothingSelected
  @state() private trail: string[] = []
  @state() private preferences?: Preferences
  @state() private tools?: typeof import('./jobs/later.ts')
  @state() private missing = ''

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
  @property() order = ''
  @property() bulk = ''
  @property({ type: Number }) limit = 50

  private anchor = ''
  /** The run that was begun here; the focus goes to it. */
  private begun = ''
  private readonly keys = keysOf({
    rows: () => this.shown?.rows ?? [],
    root: () => this.renderRoot,
    choose: (jobs, chosen) => this.pick(jobs, chosen),
    clear: () => (this.selected = nothingSelected),
  })

  private readonly list = new Resource(this, {
    connection: () => this.connection,
    load: async ({ client }, signal) => {
      const key = this.pageKey
      const order = this.order === 'oldest' ? 'oldest' : undefined
      const query = { ...this.filters, order, limit: this.limit, cursor: this.trail.at(-1) } as const
      return { key, ...(await client.listJobs({ query, signal })) }
    },
    key: () => this.pageKey,
    topics: ['jobs', 'bulk'],
  })

  private readonly count = new Resource(this, {
    connection: () => this.connection,
    load: async ({ client }, signal) => ({ key: this.filterKey, ...(await client.countJobs({ query: this.filters, signal })) }),
    key: () => this.filterKey,
    topics: ['jobs', 'bulk'],
  })

  /** Figures of the snapshot; they know queues, but none of the other filters. */
  private readonly figures = new Resource(this, {
    connection: () => (this.session?.permissions.view_queues?.allowed && this.countable ? this.connection : undefined),
    load: async ({ client }, signal) => onlyNamed(await client.listQueues({ query: { name: this.queue || undefined, limit: 200 }, signal }), this.queue),
    key: () => this.queue,
    of: () => this.queue,
    topics: ['queues'],
  })

  /** Runs that are under way, also when this page was not open when they began. */
  private readonly runs = new Resource(this, {
    connection: () => this.connection,
    load: ({ client }, signal) => client.listBulkRuns({ query: { limit: 20 }, signal }),
    key: () => this.bulk,
    topics: ['bulk'],
  })

  protected override willUpdate(changed: PropertyValues) {
    super.willUpdate(changed)
    if (this.session) this.preferences ??= loadPreferences(this.session)
    if (this.hasUpdated && filterNames.some((name) => changed.has(name))) Object.assign(this, { trail: [], selected: nothingSelected })
    const { data } = this.list
    if (!data) this.shown = undefined
    else if (data.key === this.pageKey && this.shown?.key !== data.key) this.shown = show(data)
    // Where nothing is shown there is nothing to lose the place in: what is new appears by itself.
    else if (data.key === this.shown?.key && data !== this.merged) this.shown = this.shown.rows.length === 0 ? show(data) : refresh(this.shown, data)
    this.merged = data
  }
  private merged?: unknown

  /** What is not needed to read the list comes right after it: the dialog, the progress of runs, views, columns, exports. */
  protected override firstUpdated() {
    void this.loadTools()
  }

  protected override updated(changed: PropertyValues) {
    super.updated(changed)
    this.nameSubject([this.queue || this.worker, this.state.replaceAll(',', ' or ')].filter(Boolean).join(' '))
  }

  override render() {
    // An actor who may not see the list needs no way to filter or export it.
    if (this.list.closed) return html`<header class="page-head">${this.heading('Jobs')}</header>${problemPanel(this.list.problem!, this.list.reload)}`
    return html`
      <header class="page-head">
        ${this.heading('Jobs')}
        <div class="tools">
          <ops-job-views .filters=${this.values} .order=${this.order} @ops-view=${this.viewChosen}></ops-job-views>
          <ops-export .connection=${this.connection} endpoint="exportJobs" .filters=${this.filters} name="jobs" .session=${this.session}></ops-export>
        </div>
      </header>
      ${missingPart(this.missing, this.loadTools)}
      ${this.readOnly ? readOnlyBanner(this.readOnly) : nothing} ${this.bulkRuns()}
      ${stateTabs({ state: this.state, queues: this.countable ? this.figures.data : undefined, href: (state) => this.hrefWith({ state }), locale: this.language })}
      <ops-job-filters exportparts="filters" .values=${this.values} .lacks=${this.session?.engine.lacks ?? {}} .change=${this.narrow}></ops-job-filters>
      ${filterChips(this.values, this.narrow, () => this.clear({ ...noFilters, state: this.state }))}
      ${this.list.render({
        pending: () => skeletonRows(8),
        error: (problem) => problemPanel(problem, this.list.reload),
        complete: (_, late) => this.content(late),
      })}
      <ops-confirm @ops-operation=${this.acted} @ops-bulk=${this.followed}></ops-confirm>
    `
  }

  private bulkRuns() {
    const running = (this.runs.data?.items ?? []).filter(({ status }) => status === 'queued' || status === 'running').map(({ id }) => id)
    const ids = [...new Set([this.bulk, ...running])].filter(Boolean)
    return repeat(
      ids,
      (id) => id,
      (id) =>
        html`<ops-bulk-run part="bulk-run" run-id=${id} ?closable=${id === this.bulk} ?begun=${id === this.begun} .ask=${this.ask} @ops-close=${() => this.go({ bulk: '' })} @ops-ended=${this.acted}></ops-bulk-run>`,
    )
  }

  private content(late?: Problem) {
    const { shown } = this
    if (!shown || (late && shown.key !== this.pageKey)) return late ? problemPanel(late, this.list.reload) : skeletonRows(8)
    return html`${staleNote(late, this.list.reload)} ${this.line()} ${this.news(shown)}
      ${shown.rows.length > 0 ? this.table(shown) : nothingThere(this.values, this.session, this.list.data!, () => this.clear(noFilters))} ${this.pager()}
      ${this.tools?.bulkBar({
        selected: this.selected,
        page: shown.rows,
        matching: this.matching,
        more: this.moreThan(shown.rows.length),
        session: this.session,
        ask: (action) => this.ask({ action, selection: selectionOf(this.selected, this.filters) }),
        all: () => (this.selected = { ...this.selected, all: true }),
        clear: () => (this.selected = nothingSelected),
      })}`
  }

  /** How many there are and how that was counted, as of when, and how the table is shown. */
  private line() {
    const { searched, asOf } = this.list.data!
    const window = searched?.window ?? (this.count.data?.key === this.filterKey ? this.count.data.searched?.window : undefined)
    return html`<div class="line">
      <span class="num">${this.matching ? html`<b>${this.matching}</b> ${this.matching === '1' ? 'job' : 'jobs'}` : nothing}</span>
      ${window ? html`<span class="muted small">searched: ${window}</span>` : nothing}
      <span class="muted small num">as of <ops-time show="relative" at=${asOf}></ops-time></span>
      <span class="end">
        <select aria-label="Order" @change=${(event: Event) => this.go({ order: (event.target as HTMLSelectElement).value })}>
          <option value="" ?selected=${this.order !== 'oldest'}>Newest first</option>
          <option value="oldest" ?selected=${this.order === 'oldest'}>Oldest first</option>
        </select>
        ${this.preferences ? html`<ops-view-options .preferences=${this.preferences} .keep=${this.keep}></ops-view-options>` : nothing}
      </span>
    </div>`
  }

  private news(shown: Shown) {
    const { data } = this.list
    const fresh = data && data.key === shown.key ? newJobs(shown, data).length : 0
    const gone = shown.rows.filter(({ left }) => left).length
    const words = fresh > 0 ? `${fresh === data?.items.length ? `${fresh}+` : fresh} new` : `${gone} no longer ${gone === 1 ? 'matches' : 'match'}`
    return html`<div role="status" class="news">
      ${fresh + gone > 0 ? html`<button type="button" class="button primary" @click=${this.showNews}>${`${words} · show`}</button>` : nothing}
    </div>`
  }

  private table({ rows, key }: Shown) {
    return jobTable(rows, {
      base: this.base,
      session: this.session,
      preferences: this.preferences,
      selected: this.selected,
      stale: this.list.problem !== undefined || key !== this.pageKey,
      busy: this.list.loading,
      pressed: this.keys.pressed,
      pick: (jobs, chosen) => this.pick(jobs, chosen),
      ticked: (event, job) => this.ticked(event, job),
      clicked: (event, job) => this.clicked(event, job),
      ask: this.ask,
      look: this.look,
    })
  }

  private pager() {
    const next = this.list.data?.nextCursor
    const { trail } = this
    if (trail.length === 0 && !next) return nothing
    const [back, on] = this.order === 'oldest' ? ['Older', 'Newer'] : ['Newer', 'Older']
    return html`<nav class="pages" aria-label="Pages" part="pager">
      <button type="button" class="button" ?disabled=${trail.length === 0} @click=${() => (this.trail = trail.slice(0, -1))}>${back}</button>
      <span class="muted small">Page ${trail.length + 1}</span>
      <button type="button" class="button" ?disabled=${!next} @click=${() => next && (this.trail = [...trail, next])}>${on}</button>
    </nav>`
  }

  /** Why this actor may change no job at all; said once on top. */
  private get readOnly(): string {
    if (!this.session) return ''
    const reasons = jobOperations.map((action) => this.session!.permissions[action])
    return reasons.every((permission) => permission && !permission.allowed) ? (reasons[0]!.reason ?? 'Your account may not do this.') : ''
  }

  private get values(): FilterValues {
    return Object.fromEntries(filterNames.map((name) => [name, this[name]])) as FilterValues
  }

  private get filters(): JobFilters {
    return apiFilters(this.values)
  }

  private get filterKey(): string {
    return JSON.stringify(this.values)
  }

  private get pageKey(): string {
    return JSON.stringify([this.values, this.order, this.limit, this.trail])
  }

  /** Whether the figures by queue and state say how many there are. */
  private get countable(): boolean {
    return filterNames.every((name) => name === 'state' || name === 'queue' || !this.values[name])
  }

  /** How many match, as sure as it was counted, and no fewer than stand here; empty until it is known. */
  private get matching(): string {
    const { data } = this.count
    const count = Math.max(data?.count ?? 0, data?.how === 'exact' ? 0 : (this.shown?.rows.length ?? 0))
    return data?.key === this.filterKey ? figure(count, data.how, this.language) : ''
  }

  private moreThan(shown: number): boolean {
    return this.trail.length > 0 || Boolean(this.list.data?.nextCursor) || (this.matching !== '' && this.count.data!.count > shown)
  }

  private hrefWith(change: Partial<FilterValues>): string {
    return `${this.base}${address({ path: '/list', query: { ...apiFilters({ ...this.values, ...change }), order: this.order } })}`
  }

  private readonly loadTools = async () => {
    try {
      this.tools = await loadTools()
      this.missing = ''
    } catch (error) {
      this.missing = loadFailure(error)
    }
  }

  private readonly ask = (ask: Ask): void => void whenDefined('ops-confirm').then(() => this.confirm.open(ask))

  private readonly look = async ({ id }: Job) => {
    try {
      return (await this.connection?.client.getJob({ params: { id } }))?.operations
    } catch {
      return undefined
    }
  }

  private pick(jobs: Job[], chosen: boolean) {
    const { all } = this.selected
    const from = all ? choose(nothingSelected, jobsOf(this.shown?.rows ?? []), true) : this.selected
    this.selected = choose(from, jobs, chosen)
  }

  /** A click with Shift takes everything between it and the last one. */
  private ticked(event: MouseEvent, job: Job) {
    const chosen = (event.target as HTMLInputElement).checked
    const rows = this.shown!.rows
    const [a, b] = [rows.findIndex((row) => row.job.id === this.anchor), rows.findIndex((row) => row.job.id === job.id)]
    const range = event.shiftKey && a >= 0 ? rows.slice(Math.min(a, b), Math.max(a, b) + 1) : rows.slice(b, b + 1)
    this.pick(jobsOf(range), chosen)
    this.anchor = job.id
  }

  /** Shift or Ctrl on the row itself chooses it too; a plain click there does nothing. */
  private clicked(event: MouseEvent, job: Job) {
    if (!event.shiftKey && !event.ctrlKey && !event.metaKey) return
    const onControl = event.composedPath().some((node) => node instanceof HTMLElement && node.matches('a, button, input, label, ops-menu'))
    if (onControl) return
    event.preventDefault()
    getSelection()?.removeAllRanges()
    const box = this.renderRoot.querySelector<HTMLInputElement>(`[data-row="${this.shown!.rows.findIndex((row) => row.job.id === job.id)}"]`)
    box?.dispatchEvent(new MouseEvent('click', { shiftKey: event.shiftKey, bubbles: false, cancelable: true }))
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
    this.selected = nothingSelected
    this.begun = detail.id
    this.go({ bulk: detail.id })
    this.acted()
  }

  private readonly viewChosen = ({ detail }: CustomEvent<Record<string, string>>) => {
    const { order = '', ...filters } = detail
    this.go({ ...pageFilters(filters), order })
  }

  private readonly keep = (preferences: Preferences) => {
    this.preferences = preferences
    keepPreferences(preferences)
  }

  /** The form may not be loaded yet. */
  private clear(values: FilterValues) {
    this.filterForm?.reset?.()
    this.go(values)
  }

  private readonly narrow = (change: Partial<FilterValues>) => this.go(change)

  private go(change: Partial<FilterValues> & { order?: string; bulk?: string }) {
    if ('order' in change) this.trail = []
    Object.assign(this, change)
    filtered(this, { path: '/list', query: { ...apiFilters(this.values), order: this.order, bulk: this.bulk } })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-jobs': OpsJobs
  }
}
