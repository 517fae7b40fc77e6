import { html, nothing, type PropertyValues } from 'lit'
import { property, query, state } from 'lit/decorators.js'
import { operationsOn } from '../../schemas/actions.ts'
import type { ErrorGroup, ErrorGroupDetail, ErrorGroupList } from '../../schemas/error-group.ts'
import { type ErrorState, type ErrorStatus, errorStatuses } from '../../schemas/error-words.ts'
import type { Incident } from '../../schemas/incident.ts'
import { formatCount } from '../../schemas/plural.ts'
import { now } from '../core/clock.ts'
import { OpsElement } from '../core/element.ts'
import { filtered } from '../core/filter.ts'
import { later } from '../core/later.ts'
import { element } from '../core/register.ts'
import { Resource } from '../core/resource.ts'
import { t, texts, tn, tr, tx } from '../core/words.ts'
import '../parts/confirm.ts'
import type { Ask, OpsConfirm } from '../parts/confirm.ts'
import { LatePart } from '../parts/late-part.ts'
import { pager, pageSize } from '../parts/pager.ts'
import { problemPanel, staleNote } from '../parts/problem.ts'
import { emptyState, skeletonRows } from '../parts/quiet.ts'
import { readOnlyBanner } from '../parts/refusal.ts'
import { partStyles } from '../parts/styles.ts'
import { tableStyles } from '../parts/table.ts'
import { base, pageStyles } from '../theme/base.ts'
import { parseSearch, writeSearch } from './errors/search.ts'
import { errorsStyles } from './errors/styles.ts'

const loadTable = later(() => import('./errors/table.ts'))
/** The details are loaded when a row is first expanded. */
const loadDetails = later(() => import('./errors/details.ts'))

const rangeWords: Readonly<Record<string, string>> = texts({ '15m': '15 min', '1h': '1 h', '24h': '24 h', '7d': '7 d' })
const spans: Record<string, { last: () => string; words: () => string; ms: number }> = {
  '15m': { last: () => t`Last 15 min`, words: () => t`the last 15 minutes`, ms: 900_000 },
  '1h': { last: () => t`Last 1 h`, words: () => t`the last hour`, ms: 3_600_000 },
  '24h': { last: () => t`Last 24 h`, words: () => t`the last 24 hours`, ms: 86_400_000 },
  '7d': { last: () => t`Last 7 d`, words: () => t`the last 7 days`, ms: 604_740_000 },
}

type Segments = Awaited<ReturnType<typeof loadTable>>['segments']

interface Unfolded {
  detail: ErrorGroupDetail
  incident?: Incident
}

/**
 * Errors: failures grouped by their error. The message comes first; an expanded group shows when, where and in
 * which jobs it occurred, and offers to retry all of them.
 *
 * @tag ops-errors
 * @attr {string} api - Where the API is, e.g. `/ops/jobs/api/v1`; not needed inside `ops-provider`.
 * @attr {'light' | 'dark'} theme - Forces a theme.
 * @attr {string} locale - Language of dates and numbers, e.g. `de-DE`.
 * @attr {'unresolved' | 'silenced' | 'resolved'} status - Which groups are shown; unresolved ones by default.
 * @attr {'15m' | '1h' | '24h' | '7d'} range - The time in which they failed; one hour by default.
 * @attr {string} q - The search: words of the error, `worker:`, `queue:`, `version:` and `state:`.
 * @attr {string} group - The fingerprint of the group to expand.
 * @attr {string} queue - Only the errors of this queue.
 * @attr {number} limit - Rows on a page, at most 200.
 * @fires ops-navigate - A link was clicked; prevent it to go there yourself. The detail is `{ href }`.
 * @fires ops-filter - The person changed what is shown. The detail is `{ path, query }`.
 * @fires ops-operation - An operation was recorded; the detail is its audit event.
 * @fires ops-bulk - A retry of many jobs was accepted; the detail is `{ id, action }` of its run.
 * @slot empty - Shown when nothing failed.
 * @slot actions - Controls of the host at the end of the head.
 * @csspart heading - The heading.
 * @csspart headline - The sentence that says what is new.
 * @csspart row - One group.
 * @csspart details - The details below an expanded row.
 * @csspart stack - The newest message with its stack.
 * @csspart shares - The versions and executors on which it occurs.
 * @csspart actions - The available actions.
 * @cssproperty --ops-page-padding - Space around the element, 16px unless set.
 */
@element('ops-errors')
export class OpsErrors extends OpsElement {
  static override styles = [base, tableStyles, pageStyles, partStyles, ...errorsStyles]

  @property() status = ''
  @property() range = ''
  @property() q = ''
  @property() group = ''
  /** Only the errors of this queue. */
  @property() queue = ''
  /** Rows on a page, at most 200. */
  @property({ type: Number }) limit = 0

  @query('ops-confirm') private confirm!: OpsConfirm
  @query('.find') private field!: HTMLInputElement | null
  @state() private trail: string[] = []
  @state() private shownDetails?: Awaited<ReturnType<typeof loadDetails>>

  private readonly list = new Resource<ErrorGroupList>(this, {
    connection: () => this.connection,
    load: ({ client }, signal) => client.listErrorGroups({ query: { ...this.asked, cursor: this.trail.at(-1), limit: pageSize(this.limit, 50) }, signal }),
    key: () => [this.shownStatus, this.span, this.q, this.queue, this.trail, this.limit],
    topics: ['errors'],
  })

  private readonly view = new LatePart(this, loadTable)

  private readonly unfolded = new Resource<Unfolded>(this, {
    connection: () => (this.group ? this.connection : undefined),
    load: async ({ client }, signal) => {
      if (!this.shownDetails) this.showDetails(await loadDetails())
      const { from } = this.asked
      const detail = await client.getErrorGroup({ params: { fingerprint: this.group }, query: { from }, signal })
      const incidents = this.session?.permissions.view_incidents?.allowed ? await client.listIncidents({ query: { queue: detail.queue, limit: 50 }, signal }).catch(() => undefined) : undefined
      return { detail, incident: incidents?.items.find(({ scope }) => scope.fingerprint === this.group) }
    },
    key: () => [this.group, this.span],
    of: () => this.group,
    topics: ['errors'],
  })

  protected override willUpdate(changed: PropertyValues) {
    super.willUpdate(changed)
    if (this.hasUpdated && ['status', 'range', 'q'].some((name) => changed.has(name))) this.trail = []
  }

  override connectedCallback() {
    super.connectedCallback()
    this.addEventListener('keydown', this.handleKey)
  }

  override render() {
    return html`
      <header class="page-head">${this.heading(t`Errors`)} ${this.asOf()}<slot name="actions"></slot></header>
      ${this.list.render<unknown>({
        pending: () => skeletonRows(5),
        error: (problem) => problemPanel(problem, this.list.reload),
        complete: (data, late) => html`${this.readOnly ? readOnlyBanner(this.readOnly) : nothing} ${staleNote(late, this.list.reload)} ${this.view.render((view) => this.page(data, view), () => skeletonRows(5))}`,
      })}
      <ops-confirm @ops-operation=${this.reload} @ops-bulk=${this.reload}></ops-confirm>
    `
  }

  private asOf() {
    const { data } = this.list
    if (!data?.summary.readTo || !this.view.loaded) return nothing
    const { unresolved, silenced, resolved } = data.summary.groups
    const { readTo } = data.summary
    return html`<span class="muted num">${tn(unresolved + silenced + resolved, '# group', '# groups')} · ${tr`read ${html`<ops-time show="relative" at=${readTo}></ops-time>`}`} · ${this.view.loaded.timeOfDay(Math.floor(Date.parse(readTo) / 1000) * 1000)}</span>`
  }

  private page(data: ErrorGroupList, { segments, errorTable }: Awaited<ReturnType<typeof loadTable>>) {
    const { headline, rest, lacks, searched, readTo } = data.summary
    if (lacks) return emptyState(t`Errors are not grouped with this engine`, tx(lacks))
    if (!readTo) return emptyState(t`No failures have been read yet`, t`They are read in the background, by a process that runs the background loops.`)
    const { last, words } = spans[this.span]!
    return html`<p class="headline" part="headline"><b>${headline}</b> <span class="muted">${rest}</span></p>
      ${this.compact ? nothing : this.tools(data, segments)} ${data.items.length ? errorTable(data.items, { stale: this.list.problem !== undefined, last: last(), range: words(), locale: this.language, open: this.group, toggle: this.toggle, rowActions: this.rowActions, unfold: this.unfold }) : this.nothingThere(data)}
      ${pager({ trail: this.trail, next: data.nextCursor, move: (trail) => (this.trail = trail) })} ${this.foot(data, searched)}`
  }

  private tools({ summary: { groups } }: ErrorGroupList, segments: Segments) {
    const counted = Object.fromEntries(Object.entries(errorStatuses).map(([status, label]) => [status, `${tx(label)} ${formatCount(groups[status as ErrorStatus], this.language)}`])) as Record<ErrorStatus, string>
    return html`<div class="tools">
      ${segments({ label: t`Status`, words: counted, current: this.shownStatus, choose: (status) => this.narrow({ status: status === 'unresolved' ? '' : status }) })}
      ${segments({ label: t`Range`, words: rangeWords, current: this.span, choose: (span) => this.narrow({ range: span === '1h' ? '' : span }) })}
      <input class="find" type="search" aria-label=${t`Find an error: words, worker:, queue:, version:, state:`} placeholder="error: worker: queue: version:" autocomplete="off" spellcheck="false" maxlength="400"
        .value=${this.q} @change=${(event: Event) => this.narrow({ q: writeSearch(parseSearch((event.target as HTMLInputElement).value)) })} />
    </div>`
  }

  private readonly unfold = (group: ErrorGroup) => {
    const { data, problem } = this.unfolded
    if (problem && !data) return html`<tr role="row" class="unfolded"><td role="cell" colspan="6">${problemPanel(problem, this.unfolded.reload)}</td></tr>`
    if (!this.shownDetails) return html`<tr role="row" class="unfolded"><td role="cell" colspan="6"><p class="small muted" role="status">${t`Loading its latest jobs…`}</p></td></tr>`
    const lacking = this.session?.engine.lacks.retry_job
    return this.shownDetails.errorDetails(group, data?.detail, {
      base: this.base,
      locale: this.language,
      retry: lacking === undefined ? this.session?.permissions.retry_job : { allowed: false, reason: lacking },
      incident: data?.incident,
      ask: (ask: Ask) => void this.confirm.open(ask),
      mayOpen: (href) => this.mayOpen(href),
    })
  }

  private nothingThere({ summary }: ErrorGroupList) {
    const { words } = spans[this.span]!
    if (this.q) return emptyState(t`No error matches`, html`${tr`Nothing matches ${html`<b class="wrap"><bdi>${this.q}</bdi></b>`} in ${words()}.`}`)
    if (this.shownStatus === 'silenced') return emptyState(t`No silenced errors`, t`Errors that are silenced are listed here.`)
    if (this.shownStatus === 'resolved') return emptyState(t`No resolved errors`, t`Errors that are resolved are listed here.`)
    return emptyState(summary.failures ? t`No unresolved error` : t`Nothing failed in ${words()}`, t`New failures are listed here. Errors that were never seen before are named in the sentence above.`)
  }

  private foot({ summary: { gaps, groups } }: ErrorGroupList, searched: string | undefined) {
    return html`<p class="small muted foot">
      ${t`Grouped by class, normalized message and worker (rule e1).`}
      ${groups.silenced && this.shownStatus === 'unresolved' ? html`<button type="button" class="text" @click=${() => this.narrow({ status: 'silenced' })}>${t`${groups.silenced} silenced`}</button>.` : nothing}
      ${gaps.length ? t`Grey: failures were not read at that time, and the engine may have forgotten some.` : nothing} ${searched ? t`Searched in the engine: ${searched}.` : nothing}
    </p>`
  }

  private get shownStatus(): ErrorStatus {
    return this.status === 'silenced' || this.status === 'resolved' ? this.status : 'unresolved'
  }

  private get span(): string {
    return Object.hasOwn(spans, this.range) ? this.range : '1h'
  }

  private get asked() {
    const { text, worker, queue, version, state: word } = parseSearch(this.q)
    const states: Record<string, ErrorState | undefined> = { new: 'new', regression: 'regression', known: 'known' }
    const from = new Date(Math.floor((now() - spans[this.span]!.ms) / 60_000 + 1) * 60_000).toISOString()
    return { status: this.shownStatus, text: text || undefined, worker: worker || undefined, queue: this.queue || queue || undefined, version: version || undefined, state: states[word], from }
  }

  /** Why this actor may not change any group; shown once at the top. */
  private get readOnly(): string {
    const permissions = operationsOn('error_group').flatMap((action) => this.session?.permissions[action] ?? [])
    if (permissions.length === 0 || permissions.some(({ allowed }) => allowed)) return ''
    return permissions[0]!.reason ?? t`Your account may not do this.`
  }

  /** Their styles come with the details. */
  private showDetails(details: Awaited<ReturnType<typeof loadDetails>>) {
    const root = this.renderRoot as ShadowRoot
    if (!this.shownDetails) root.adoptedStyleSheets = [...root.adoptedStyleSheets, ...details.detailStyles.map(({ styleSheet }) => styleSheet!)]
    this.shownDetails = details
  }

  private narrow(change: { status?: string; range?: string; q?: string; group?: string }) {
    Object.assign(this, change)
    const { status, range, q, group } = this
    filtered(this, { path: '/errors', query: { status, range, q, group } })
  }

  private readonly toggle = (fingerprint: string): void => this.narrow({ group: this.group === fingerprint ? '' : fingerprint })

  private readonly reload = () => {
    this.list.reload()
    this.unfolded.reload()
  }

  private readonly handleKey = (event: KeyboardEvent) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.composedPath()[0] instanceof HTMLInputElement) return
    event.preventDefault()
    this.field?.focus()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-errors': OpsErrors
  }
}
