import { html, nothing, type PropertyValues } from 'lit'
import { property, query, state } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import type { Executor, ExecutorDetail, ExecutorList } from '../../schemas/executor.ts'
import { beatSeconds, lateSeconds, missingSeconds } from '../../schemas/executor-words.ts'
import { Clock } from '../core/clock.ts'
import { OpsElement } from '../core/element.ts'
import { filtered } from '../core/filter.ts'
import { later } from '../core/later.ts'
import { element } from '../core/register.ts'
import { Resource } from '../core/resource.ts'
import { t, tr, tx } from '../core/words.ts'
import type { Ask, OpsConfirm } from '../parts/confirm.ts'
import { LatePart } from '../parts/late-part.ts'
import { pager, pageSize } from '../parts/pager.ts'
import { problemPanel, staleNote } from '../parts/problem.ts'
import { emptyState, skeletonRows } from '../parts/quiet.ts'
import { partStyles } from '../parts/styles.ts'
import { tableStyles } from '../parts/table.ts'
import { base, pageStyles } from '../theme/base.ts'
import { executorsStyles } from './executors/styles.ts'
import { term } from '../parts/term.ts'
import type { Grouping } from './executors/words.ts'

type Show = 'all' | 'unhealthy' | 'ended'

const loadList = later(() => import('./executors/list.ts'))
/** The details are loaded when a row is first expanded. */
const loadDetails = later(() => import('./executors/details.ts'))

type View = Awaited<ReturnType<typeof loadList>>

/** Up to this many missing executors are expanded automatically. */
const maxUnfolded = 3
const perPage = 200
/** Apart from the example that names it, which would otherwise read like an import of this file. */
const companion = 'ops-powertools/workers'

/**
 * Executors: the worker processes by host, queue or version, worst first, with the jobs that each is running.
 *
 * @tag ops-executors
 * @attr {string} api - Where the API is, e.g. `/ops/jobs/api/v1`; not needed inside `ops-provider`.
 * @attr {'light' | 'dark'} theme - Forces a theme.
 * @attr {string} locale - Language of dates and numbers, e.g. `de-DE`.
 * @attr {string} executor - The id of the one to unfold.
 * @attr {string} queue - Only those that serve this queue.
 * @attr {'host' | 'queue' | 'version'} by - What they are grouped by, the host unless set.
 * @attr {'all' | 'unhealthy' | 'ended'} show - Which of them.
 * @attr {string} q - Part of a name or a host.
 * @attr {number} limit - Rows on a page, at most 200.
 * @fires ops-navigate - A link was clicked; prevent it to go there yourself. The detail is `{ href }`.
 * @fires ops-filter - The person changed what is shown. The detail is `{ path, query }`.
 * @fires ops-operation - An operation was recorded; the detail is its audit event.
 * @slot empty - Shown when no executor reports itself.
 * @slot actions - Controls of the host at the end of the head.
 * @csspart heading - The heading.
 * @csspart headline - The sentence that says what is wrong.
 * @csspart rollout - How far the newest version has come.
 * @csspart row - One executor.
 * @csspart details - The details below an expanded row.
 * @csspart actions - The buttons of one executor.
 * @csspart chip - A health.
 * @cssproperty --ops-page-padding - Space around the element, 16px unless set.
 */
@element('ops-executors')
export class OpsExecutors extends OpsElement {
  static override styles = [base, tableStyles, pageStyles, partStyles, executorsStyles]

  @property() executor = ''
  @property() queue = ''
  @property() by = ''
  @property() show = ''
  @property() q = ''
  /** Rows on a page, at most 200. */
  @property({ type: Number }) limit = 0

  private readonly view = new LatePart(this, loadList)
  @query('ops-confirm') private confirm!: OpsConfirm
  @state() private trail: string[] = []
  /** Rows that the reader expanded (true) or collapsed (false), overriding the default. */
  @state() private folds: Record<string, boolean> = {}

  @state() private shownDetails?: Awaited<ReturnType<typeof loadDetails>>

  private readonly clock = new Clock(this, (now) => Math.floor(now / 60_000) * 60_000)

  private readonly executors: Resource<ExecutorList> = new Resource<ExecutorList>(this, {
    connection: () => this.connection,
    load: ({ client }, signal) =>
      client.listExecutors({
        query: { q: this.q || undefined, queue: this.queue || undefined, health: this.shown === 'ended' ? 'ended' : undefined, cursor: this.trail.at(-1), limit: pageSize(this.limit, perPage) },
        signal,
      }),
    key: () => [this.q, this.queue, this.shown === 'ended', this.trail, this.limit],
    topics: ['queues'],
    // Heartbeats are no hints, but their age is shown.
    recheckMs: () => (this.executors.data?.items.some(({ beatAt, endedAt }) => beatAt && !endedAt) ? 30_000 : 300_000),
  })

  private readonly details = new Resource<Map<string, ExecutorDetail>>(this, {
    connection: () => (this.unfolded.length ? this.connection : undefined),
    load: async ({ client }, signal) => {
      this.shownDetails ??= await loadDetails()
      const found = await Promise.allSettled(this.unfolded.map((id) => client.getExecutor({ params: { id }, signal })))
      return new Map(found.flatMap((each) => (each.status === 'fulfilled' ? [[each.value.id, each.value]] : [])))
    },
    key: () => this.unfolded,
    topics: ['queues'],
  })

  private get shown(): Show {
    return this.show === 'unhealthy' || this.show === 'ended' ? this.show : 'all'
  }

  private get grouping(): Grouping {
    return this.by === 'queue' || this.by === 'version' ? this.by : 'host'
  }

  private get items(): Executor[] {
    const items = this.executors.data?.items ?? []
    return this.shown === 'unhealthy' ? items.filter(({ health }) => health !== 'healthy') : items
  }

  /** Missing ones are expanded automatically. */
  private get unfolded(): string[] {
    const own = this.items.filter(({ health }) => health === 'missing').slice(0, maxUnfolded).map(({ id }) => id)
    const asked = this.items.map(({ id }) => id).filter((id) => this.folds[id] ?? (id === this.executor || own.includes(id)))
    return asked
  }

  protected override willUpdate(changed: PropertyValues) {
    super.willUpdate(changed)
    if (this.hasUpdated && (changed.has('q') || changed.has('queue') || changed.has('show'))) this.trail = []
  }

  protected override updated(changed: PropertyValues) {
    super.updated(changed)
    this.nameSubject(this.queue)
  }

  override render() {
    return html`
      <header class="page-head">${this.heading(t`Executors`)} ${this.asOf()}<slot name="actions"></slot></header>
      ${this.executors.render<unknown>({
        pending: () => skeletonRows(5),
        error: (problem) => problemPanel(problem, this.executors.reload),
        complete: (data, late) => html`
          ${staleNote(late, this.executors.reload)} ${this.isEmpty(data) ? this.howToStart() : this.view.render((view) => this.page(data, view), () => skeletonRows(5))}
        `,
      })}
      <ops-confirm @ops-operation=${this.reload} @ops-bulk=${this.reload}></ops-confirm>
    `
  }

  private asOf() {
    const { data } = this.executors
    if (!data || !this.view.loaded) return nothing
    const { executors, hosts } = data.summary
    return html`<span class="muted num">
      ${this.view.loaded.onHosts(executors, hosts)} · ${tr`as of ${html`<ops-time show="relative" live at=${data.asOf}></ops-time>`}`}
    </span>`
  }

  private isEmpty({ items, summary }: ExecutorList): boolean {
    return !items.length && !summary.executors && !summary.ended && !this.q && !this.queue
  }

  private page(data: ExecutorList, view: View) {
    const { items } = this
    return html`${view.headline(data, this.base)} ${this.compact ? nothing : this.tools(data, view)}
      ${this.queue ? html`<p class="only">${tr`Only executors of ${html`<b class="wrap"><bdi>${this.queue}</bdi></b>`}`} <button type="button" class="button" @click=${() => this.narrow({ queue: '' })}>${t`Show all`}</button></p>` : nothing}
      ${items.length ? this.table(items, data, view) : html`<div class="card empty"><p class="muted">${this.nothingWords()}</p></div>`}
      ${pager({ trail: this.trail, next: data.nextCursor, move: (trail) => (this.trail = trail) })}
      <p class="small muted foot">
        ${tr`Heartbeats come every ${beatSeconds} s; ${html`<b>${t`late`}</b>`} after ${lateSeconds} s, ${html`<b>${t`missing`}</b>`} after ${missingSeconds} s. Late executors are never repaired. Rates cover the last minute, from the executor’s own heartbeat; ${html`<b>?</b>`} means not known, never 0.`}
      </p>`
  }

  private nothingWords(): string {
    if (this.shown === 'ended') return t`No executor has signed off in the last 24 hours.`
    return this.shown === 'unhealthy' ? t`Every executor is healthy.` : t`No executor matches.`
  }

  private tools({ summary }: ExecutorList, { segments }: View) {
    const { healthy } = summary.health
    const groupings: Record<Grouping, string> = { host: t`By host`, queue: t`By queue`, version: t`By version` }
    const shows: Record<Show, string> = { all: t`All ${summary.executors}`, unhealthy: t`Not healthy ${summary.executors - healthy}`, ended: t`Ended 24 h ${summary.ended}` }
    return html`<div class="tools">
      ${segments({ label: t`Group`, words: groupings, current: this.grouping, choose: (by) => this.narrow({ by }) })}
      ${segments({ label: t`Show`, words: shows, current: this.shown, choose: (show) => this.narrow({ show }) })}
      <input class="find" type="search" aria-label=${t`Find an executor by name or host`} placeholder=${t`Find an executor`} .value=${this.q} @change=${(event: Event) => this.narrow({ q: (event.target as HTMLInputElement).value.trim() })} />
    </div>`
  }

  private table(items: Executor[], { summary }: ExecutorList, { bandsOf, executorRow }: View) {
    const hosts = Map.groupBy(this.executors.data!.items, ({ host }) => host)
    const newest = summary.versions.length > 1 ? summary.versions[0]!.version : undefined
    const unfolded = new Set(this.unfolded)
    const column = (title: unknown, name = '') => html`<th scope="col" role="columnheader" class=${name}>${title}</th>`
    return html`<div class="card executors ${this.executors.problem ? 'stale' : ''}">
      <table role="table" aria-label=${t`Executors`}>
        <thead role="rowgroup">
          <tr role="row">
            ${column(term('executor', t`Executor`))} ${column(t`Health`)} ${column(t`Version`)} ${column(t`Queues`)} ${column(term('executor_slot', t`Slots used`))} ${column(t`In hand`)} ${column(t`Done /min`, 'rate-column')}
            ${column(t`Failed /min`, 'rate-column')} ${column(term('heartbeat', t`Last beat`), 'rate-column')}
          </tr>
        </thead>
        ${repeat(
          bandsOf(items, this.grouping),
          ({ name }) => name,
          ({ name, note, executors }) => html`<tbody role="rowgroup">
            <tr role="row" class="band"><th scope="rowgroup" role="rowheader" colspan="9"><b class="wrap"><bdi>${name}</bdi></b> ${note}</th></tr>
            ${executors.map(
              (executor) => html`${executorRow(executor, { open: unfolded.has(executor.id), newest: newest !== undefined && executor.version === newest, now: this.clock.value, locale: this.language, toggle: this.toggle, rowActions: this.rowActions })}
              ${unfolded.has(executor.id) ? this.unfold(executor, hosts.get(executor.host)?.length === 1) : nothing}`,
            )}
          </tbody>`,
        )}
      </table>
    </div>`
  }

  private unfold(executor: Executor, alone: boolean) {
    const { session } = this
    const lacking = session?.engine.lacks.rescue_job
    return this.shownDetails?.executorDetails(executor, this.details.data?.get(executor.id), {
      base: this.base,
      alone,
      rescue: lacking === undefined ? session?.permissions.rescue_job : { allowed: false, reason: lacking },
      ask: (ask: Ask) => void this.confirm.open(ask),
      mayOpen: (href) => this.mayOpen(href),
    })
  }

  private howToStart() {
    const lack = this.session?.engine.lacks.executors
    return emptyState(
      t`No executor reports itself yet`,
      html`${lack ? html`${tx(lack)}<br />` : nothing}${t`Start the companion in your worker processes, in two lines:`}
        <span class="start"><pre dir="ltr">import { attendPgBoss } from '${companion}'
attendPgBoss(boss, { database: { url: databaseUrl } })</pre></span>
        ${t`There is one for graphile-worker, for BullMQ, and for any other worker.`}`,
    )
  }

  private readonly toggle = (id: string) => {
    this.folds = { ...this.folds, [id]: !this.unfolded.includes(id) }
  }

  private readonly reload = () => {
    this.executors.reload()
    this.details.reload()
  }

  private narrow(change: { by?: string; show?: string; q?: string; queue?: string }) {
    Object.assign(this, change)
    const { q, queue } = this
    filtered(this, { path: '/executors', query: { by: this.grouping === 'host' ? '' : this.grouping, show: this.shown === 'all' ? '' : this.shown, q, queue } })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-executors': OpsExecutors
  }
}
