import { html, nothing, type PropertyValues } from 'lit'
import { property, query, state } from 'lit/decorators.js'
import { operationsOn, subjectPath } from '../../schemas/actions.ts'
import type { Queue, QueueList } from '../../schemas/queue.ts'
import { ownerships, postures } from '../../schemas/status-words.ts'
import { type QueueOrder, queueOrders } from '../../schemas/queue-words.ts'
import { OpsElement } from '../core/element.ts'
import { filtered } from '../core/filter.ts'
import { later, loadFailure } from '../core/later.ts'
import { listText } from '../core/lists.ts'
import { element } from '../core/register.ts'
import { Resource } from '../core/resource.ts'
import { t, tn, tr, tx } from '../core/words.ts'
import { chipStyles } from '../parts/chip.ts'
import type { Ask, OpsConfirm } from '../parts/confirm.ts'
import { LatePart } from '../parts/late-part.ts'
import { missingPart } from '../parts/missing.ts'
import { pager, pageSize, pagerStyles } from '../parts/pager.ts'
import { problemPanel, problemStyles, staleNote } from '../parts/problem.ts'
import { onlyNamed } from '../parts/queue-name.ts'
import { emptyState, quietStyles, skeletonRows } from '../parts/quiet.ts'
import { readOnlyBanner } from '../parts/refusal.ts'
import { tableStyles } from '../parts/table.ts'
import { base, pageStyles } from '../theme/base.ts'
import type { OpsQueueSheet } from './queues/sheet.ts'
import { queuesStyles } from './queues/styles.ts'

/** What may be done with a queue is asked for seldom, and needs more than the list has. */
const loadSheet = later(() => import('./queues/sheet.ts'))
const loadTable = later(() => import('./queues/table.ts'))
const loadConfirm = later(() => import('../parts/confirm.ts'))
const findDelayMs = 250

type QueueView = Awaited<ReturnType<typeof loadTable>>

/**
 * Queues: where work is piling up. One line each, the worst first, with the cause of its status in words; queues in which nothing
 * happens are folded away. Rows stay where they are until the reader sorts again.
 *
 * @tag ops-queues
 * @attr {string} api - Where the API is, e.g. `/ops/jobs/api/v1`; not needed inside `ops-provider`.
 * @attr {'light' | 'dark'} theme - Forces a theme.
 * @attr {string} locale - Language of dates and numbers, e.g. `de-DE`.
 * @attr {string} queue - Only the queue with this name.
 * @attr {'worst' | 'name' | 'waiting' | 'failed'} order - Worst first by default.
 * @attr {string} find - Only queues with this in their name.
 * @attr {number} limit - Rows on a page, at most 200.
 * @fires ops-navigate - A link was clicked; prevent it to go there yourself. The detail is `{ href }`.
 * @fires ops-filter - The person changed what is shown. The detail is `{ path, query }`.
 * @fires ops-operation - An operation was recorded; the detail is its audit event.
 * @slot empty - Shown when there are no queues.
 * @slot actions - Controls of the host at the end of the head.
 * @csspart heading - The heading.
 * @csspart sentence - Where work is piling up.
 * @csspart limits - What the engine cannot do or does not report.
 * @csspart row - One queue.
 * @csspart histogram - Its jobs waiting in the last hour.
 * @csspart actions - The buttons of one queue.
 * @csspart sheet - The actions available for one queue.
 * @csspart chip - A status.
 * @cssproperty --ops-page-padding - Space around the element, 16px unless set.
 */
@element('ops-queues')
export class OpsQueues extends OpsElement {
  static override styles = [base, tableStyles, pageStyles, chipStyles, problemStyles, quietStyles, pagerStyles, queuesStyles]

  @query('ops-confirm') private confirm!: OpsConfirm
  @query('ops-queue-sheet') private sheet?: OpsQueueSheet
  private readonly view = new LatePart(this, loadTable)
  @state() private trail: string[] = []
  @state() private unfolded = false
  @state() private missing = ''
  /** Names in the order on the page: rows keep their places until the reader sorts again. */
  @state() private places: string[] = []

  @property() queue = ''
  @property() order = ''
  @property() find = ''
  /** Rows on a page, at most 200. */
  @property({ type: Number }) limit = 0

  private placed = ''
  private typing?: ReturnType<typeof setTimeout>

  private readonly queues = new Resource<QueueList>(this, {
    connection: () => this.connection,
    load: async ({ client }, signal) => {
      const name = this.queue || this.find || undefined
      const query = { name, order: this.sort, cursor: this.trail.at(-1), limit: pageSize(this.limit, this.queue ? 200 : 100), ...(name ? {} : { quiet: 'no' as const }) }
      return onlyNamed(await client.listQueues({ query, signal }), this.queue)
    },
    key: () => [this.queue, this.find, this.sort, this.trail, this.limit],
    topics: ['queues', 'jobs', 'incidents'],
  })

  private readonly quiet = new Resource<QueueList>(this, {
    connection: () => (this.unfolded ? this.connection : undefined),
    load: ({ client }, signal) => client.listQueues({ query: { quiet: 'only', limit: 200 }, signal }),
    key: () => null,
    topics: ['queues'],
  })

  private get sort(): QueueOrder {
    return Object.hasOwn(queueOrders, this.order) ? (this.order as QueueOrder) : 'worst'
  }

  protected override willUpdate(changed: PropertyValues) {
    super.willUpdate(changed)
    const { data } = this.queues
    if (!data || this.queues.loading) return
    const names = data.items.map(({ name }) => name)
    const asked = JSON.stringify([this.queue, this.find, this.sort, this.trail])
    if (asked === this.placed) this.places = [...this.places.filter((name) => names.includes(name)), ...names.filter((name) => !this.places.includes(name))]
    else this.places = names
    this.placed = asked
  }

  protected override updated(changed: PropertyValues) {
    super.updated(changed)
    this.nameSubject(this.queue)
  }

  override render() {
    return html`
      <header class="page-head">${this.heading(t`Queues`)} ${this.asOf()}<slot name="actions"></slot></header>
      ${this.readOnly ? readOnlyBanner(this.readOnly) : nothing} ${missingPart(this.missing, () => (this.missing = ''))}
      ${this.queue
        ? html`<p class="only">${tr`Only ${html`<b class="wrap"><bdi>${this.queue}</bdi></b>`}`} <button type="button" class="button" @click=${this.showAll}>${t`Show all queues`}</button></p>`
        : nothing}
      ${this.queues.render<unknown>({
        pending: () => skeletonRows(8),
        error: (problem) => problemPanel(problem, this.queues.reload),
        complete: (list, late) => html`
          ${staleNote(late, this.queues.reload)} ${this.queue ? nothing : this.sentence(list)} ${this.view.render((view) => this.listed(list, view), () => skeletonRows(8))}
          ${pager({ trail: this.trail, next: list.nextCursor, move: (trail) => (this.trail = trail) })}
        `,
      })}
      <ops-confirm @ops-operation=${this.queues.reload}></ops-confirm>
      <ops-queue-sheet exportparts="sheet" .base=${this.base} .connection=${this.connection} .session=${this.session} .ask=${this.ask}></ops-queue-sheet>
    `
  }

  private asOf() {
    const { data } = this.queues
    if (!data || !this.view.loaded) return nothing
    return html`<span class="muted num">${tn(data.summary.queues, '# queue', '# queues')} · ${tr`as of ${html`<ops-time show="relative" live at=${data.items[0]?.asOf ?? data.asOf}></ops-time>`}`}</span>`
  }

  private sentence({ summary: { sentence } }: QueueList) {
    const { before, queue, after, calm } = sentence
    return html`<p class="piles" part="sentence">
      <bdi dir="ltr">${before}${queue === undefined ? nothing : html`<a href=${this.base + subjectPath('queue', queue)}><bdi>${queue}</bdi></a>`}${after ?? nothing}</bdi>
      ${calm ? html`<bdi class="calm">${calm}</bdi>` : nothing}
    </p>`
  }

  private listed(list: QueueList, view: QueueView) {
    return html`${this.queue || this.compact ? nothing : this.tools(list, view)} ${list.items.length > 0 || list.summary.queues > 0 ? this.card(list, view) : this.nothingThere()}`
  }

  private tools({ items }: QueueList, { segments }: QueueView) {
    const moved = this.places.some((name, index) => items[index]?.name !== name)
    return html`<div class="tools">
      <input type="search" aria-label=${t`Find a queue`} placeholder=${t`Find a queue`} .value=${this.find} @input=${this.typed} />
      ${segments({ label: t`Order`, words: queueOrders, current: this.sort, choose: (order) => this.choose({ order: order === 'worst' ? '' : order }) })}
      ${moved ? html`<button type="button" class="button moved" @click=${this.sortAgain}>${t`The order has changed · sort again`}</button>` : html`<span class="moved muted small"><b>${tx(ownerships.powertools_native)}</b> · ${tx(postures.powertools_native)}</span>`}
    </div>`
  }

  private card(list: QueueList, { ageNote, topOf }: QueueView) {
    const top = topOf(list.items)
    const items = this.places.flatMap((name) => list.items.find((queue) => queue.name === name) ?? [])
    return html`${ageNote(list.items)}
      <div class="card list ${this.queues.problem ? 'stale' : ''}">
        ${items.length > 0 ? this.table(items, top) : html`<p class="nobody muted">${this.find ? t`No queue name contains this.` : t`Every queue is quiet.`}</p>`}
        ${this.queue || this.find || this.trail.length > 0 ? nothing : this.fold(list)}
      </div>
      ${this.limits()}`
  }

  private table(items: Queue[], top: number) {
    return this.view.loaded!.queueTable(items, { base: this.base, top, ask: this.ask, more: this.more, mayOpen: (href) => this.mayOpen(href), locale: this.language, rowActions: this.rowActions })
  }

  private fold({ summary: { quiet } }: QueueList) {
    if (quiet.count === 0) return nothing
    const names = `${listText(quiet.names)}${quiet.count > quiet.names.length ? ', …' : ''}`
    return html`<button type="button" class="fold" aria-expanded=${this.unfolded} @click=${() => (this.unfolded = !this.unfolded)}>
        <b>${tn(quiet.count, '# quiet queue', '# quiet queues')}</b> <span class="muted">${t`${names}: no jobs are waiting, and nothing happened in the last hour`}</span>
      </button>
      ${this.unfolded
        ? this.quiet.render<unknown>({ pending: () => skeletonRows(2), error: (problem) => problemPanel(problem, this.quiet.reload), complete: ({ items }) => this.table(items, this.view.loaded!.topOf(items)) })
        : nothing}`
  }

  private nothingThere() {
    if (this.queue || this.find) return emptyState(t`There is no such queue`, t`The engine may have removed it, the address is mistyped, or your account may not see it.`)
    return emptyState(t`No queues`, t`Queues appear here within seconds of their first job.`)
  }

  /** What this engine cannot do or does not report is the same for every queue, so it is shown once. */
  private limits() {
    const { pause_queue, scale_queue, executors, finished_jobs } = this.session?.engine.lacks ?? {}
    const lacks = [...new Set([pause_queue, scale_queue, executors, finished_jobs])].filter((lack) => lack !== undefined)
    const missing = this.queues.data?.items.some(({ attendance }) => attendance?.missing)
    if (lacks.length === 0 && !missing) return nothing
    return html`<p class="foot" role="note" part="limits">${lacks.length > 0 ? html`<b>${t`On this engine.`}</b> ${lacks.map((lack) => tx(lack)).join(' ')}` : nothing} ${missing ? tr`${html`<b>−1</b>`} counts a missing executor.` : nothing}</p>`
  }

  /** Why this actor may not change any queue; shown once at the top. */
  private get readOnly(): string {
    const permissions = operationsOn('queue').flatMap((action) => this.session?.permissions[action] ?? [])
    if (permissions.length === 0 || permissions.some(({ allowed }) => allowed)) return ''
    return permissions[0]!.reason ?? t`Your account may not do this.`
  }

  private readonly ask = (ask: Ask): void => void this.load(loadConfirm, () => this.confirm.open(ask))

  private readonly more = (name: string): void => void this.load(loadSheet, () => this.sheet!.open(name))

  private async load(part: () => Promise<unknown>, open: () => Promise<void>) {
    try {
      await part()
      this.missing = ''
    } catch (error) {
      this.missing = loadFailure(error)
      return
    }
    await open()
  }

  private readonly typed = (event: Event) => {
    const { value } = event.target as HTMLInputElement
    clearTimeout(this.typing)
    this.typing = setTimeout(() => this.choose({ find: value.trim() }), findDelayMs)
  }

  private choose(chosen: { order?: string; find?: string }) {
    Object.assign(this, chosen)
    this.trail = []
    filtered(this, { path: '/queues', query: { order: this.order, find: this.find } })
  }

  private readonly sortAgain = () => {
    this.placed = ''
    this.queues.reload()
  }

  private readonly showAll = () => {
    this.queue = ''
    this.choose({})
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-queues': OpsQueues
  }
}
