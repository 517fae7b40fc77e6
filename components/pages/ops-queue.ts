import { html, nothing, type PropertyValues } from 'lit'
import { property, query, state } from 'lit/decorators.js'
import { subjectPath } from '../../schemas/actions.ts'
import { duration } from '../../schemas/duration.ts'
import type { QueueDetail, QueueRange } from '../../schemas/queue.ts'
import { OpsElement } from '../core/element.ts'
import { filtered } from '../core/filter.ts'
import { later, loadFailure } from '../core/later.ts'
import { element } from '../core/register.ts'
import { Resource } from '../core/resource.ts'
import { t, tr } from '../core/words.ts'
import { chipStyles } from '../parts/chip.ts'
import '../parts/confirm.ts'
import type { Ask, OpsConfirm } from '../parts/confirm.ts'
import { missingPart } from '../parts/missing.ts'
import { problemPanel, problemStyles, staleNote } from '../parts/problem.ts'
import { quietStyles, skeletonRows } from '../parts/quiet.ts'
import '../parts/time.ts'
import { base, pageStyles } from '../theme/base.ts'
import { type Metric, metrics, queueRanges } from './queue/choices.ts'
import { queueStyles } from './queue/styles.ts'
import { queueChip } from './queues/chip.ts'
import { term } from '../parts/term.ts'

/** Charts, lists and actions: below the headline, loaded a moment later. */
const loadRest = later(() => import('./queue/rest.ts'))
const maxErrors = 3
const maxChanges = 5

/**
 * One queue: its condition and what is ruled out, its figures over time, its oldest and longest-running jobs, its errors, its executors,
 * its cron entries, its changes, and the available actions.
 *
 * @tag ops-queue
 * @attr {string} api - Where the API is, e.g. `/ops/jobs/api/v1`; not needed inside `ops-provider`.
 * @attr {'light' | 'dark'} theme - Forces a theme.
 * @attr {string} locale - Language of dates and numbers, e.g. `de-DE`.
 * @attr {string} queue - Its name.
 * @attr {'1h' | '6h' | '24h'} range - The time range of the chart; an hour by default.
 * @attr {'waiting' | 'started' | 'wait' | 'run'} metric - What the chart shows; the waiting jobs by default.
 * @fires ops-navigate - A link was clicked; prevent it to go there yourself. The detail is `{ href }`.
 * @fires ops-filter - Another range or figure was chosen. The detail is `{ path, query }`.
 * @fires ops-operation - An operation was recorded; the detail is its audit event.
 * @slot actions - Controls of the host at the end of the head.
 * @slot details - Content of the host below what is shown.
 * @csspart heading - The heading.
 * @csspart headline - Its condition, and what is ruled out.
 * @csspart chart - The chart with its choices.
 * @csspart possible - The available actions.
 * @csspart oldest - The jobs that have waited for longest.
 * @csspart running - The jobs that have been running for longest.
 * @csspart errors - Its most frequent errors.
 * @csspart fed-by - The cron entries that create its jobs.
 * @csspart executors - The executors that serve it.
 * @csspart changes - Changes with their actors, and deploys.
 * @csspart chip - A status.
 * @cssproperty --ops-page-padding - Space around the element, 16px unless set.
 */
@element('ops-queue')
export class OpsQueue extends OpsElement {
  static override styles = [base, pageStyles, chipStyles, problemStyles, quietStyles, queueStyles]

  @query('ops-confirm') private confirm!: OpsConfirm
  @property() queue = ''
  @property() range = ''
  @property() metric = ''
  @state() private rest?: typeof import('./queue/rest.ts')
  @state() private missing = ''

  private readonly detail = new Resource<QueueDetail>(this, {
    connection: () => (this.queue ? this.connection : undefined),
    load: ({ client }, signal) => client.getQueue({ params: { name: this.queue }, query: { range: this.chosenRange }, signal }),
    key: () => [this.queue, this.chosenRange],
    of: () => this.queue,
    topics: ['queues', 'incidents'],
  })

  private readonly executors = new Resource(this, {
    connection: () => this.shown('view_queues'),
    load: ({ client }, signal) => client.listExecutors({ query: { queue: this.queue, limit: 6 }, signal }),
    key: () => this.queue,
    of: () => this.queue,
    topics: ['executors'],
  })

  private readonly errors = new Resource(this, {
    connection: () => this.shown('view_jobs'),
    load: ({ client }, signal) => client.listErrorGroups({ query: { queue: this.queue, limit: maxErrors }, signal }),
    key: () => this.queue,
    of: () => this.queue,
    topics: ['errors'],
  })

  private readonly changes = new Resource(this, {
    connection: () => this.shown('view_audit'),
    load: ({ client }, signal) => client.listAuditEvents({ query: { subjectType: 'queue', subjectId: this.queue, limit: maxChanges }, signal }),
    key: () => this.queue,
    of: () => this.queue,
    topics: ['audit'],
  })

  private readonly deploys = new Resource(this, {
    connection: () => this.shown('view_overview'),
    load: ({ client }, signal) => client.listDeploys({ query: { from: new Date(Date.now() - 86_400_000).toISOString(), limit: 50 }, signal }),
    key: () => null,
    topics: ['deploys'],
  })

  private get chosenRange(): QueueRange {
    return Object.hasOwn(queueRanges, this.range) ? (this.range as QueueRange) : '1h'
  }

  private get chosenMetric(): Metric {
    return Object.hasOwn(metrics, this.metric) ? (this.metric as Metric) : 'waiting'
  }

  /** Data around the queue is read only if the actor may see it, and only once the queue is known to exist. */
  private shown(view: 'view_queues' | 'view_jobs' | 'view_audit' | 'view_overview') {
    return this.detail?.data && this.session?.permissions[view]?.allowed ? this.connection : undefined
  }

  override connectedCallback() {
    super.connectedCallback()
    void this.loadRest()
  }

  protected override updated(changed: PropertyValues) {
    super.updated(changed)
    this.nameSubject(this.queue)
  }

  override render() {
    const { data } = this.detail
    return html`
      <nav class="crumb muted" aria-label=${t`Where this is`}><a class="linked" href="${this.base}/queues">${t`Queues`}</a> / ${t`queue`}</nav>
      <header class="page-head">
        ${this.heading(this.queue || t`Queue`)}
        ${data ? html`<span class="muted num">${data.diagnosis === 'not_measured' ? t`not measured yet` : tr`as of ${html`<ops-time show="relative" live at=${data.asOf}></ops-time>`}`}</span>` : nothing}
        <slot name="actions"></slot>
      </header>
      ${missingPart(this.missing, this.loadRest)}
      ${this.detail.render<unknown>({
        pending: () => skeletonRows(6),
        error: (problem) => problemPanel(problem, this.detail.reload),
        complete: (queue, late) => html`${staleNote(late, this.detail.reload)} ${this.content(queue)}`,
      })}
      <slot name="details"></slot>
      <ops-confirm @ops-operation=${this.recorded}></ops-confirm>
    `
  }

  private content(queue: QueueDetail) {
    const rest = this.rest?.restOfQueue(
      queue,
      { executors: this.executors.data?.items, errors: this.errors.data?.items, changes: this.changes.data?.items, deploys: this.deploys.data?.items ?? [] },
      {
        base: this.base,
        locale: this.language,
        mayOpen: (href) => this.mayOpen(href),
        metric: this.chosenMetric,
        range: this.chosenRange,
        choose: this.choose,
        jobsHref: this.jobsHref,
        session: this.session,
        ask: this.ask,
      },
    )
    return html`<div class="columns ${this.detail.problem ? 'stale' : ''}">
      <div class="main">${this.headline(queue)} ${rest?.main}</div>
      <div class="side">${rest?.side}</div>
    </div>`
  }

  private headline({ status, headline, ruledOut, incident, drainMinutes, age }: QueueDetail) {
    const href = incident ? this.base + subjectPath('incident', incident.id) : ''
    return html`<section class="card headline ${status}" part="headline" aria-label=${t`Condition`}>
      <p class="facts">
        ${queueChip(status)} ${incident && this.mayOpen(href) ? html`<a href=${href}><bdi>${incident.title}</bdi></a>` : nothing}
        ${age === 'lagging' ? html`<span class="chip dashed">${term('lagging', t`figures lag`)}</span>` : nothing}
      </p>
      <p class="said"><bdi>${headline}</bdi></p>
      <p class="small muted">
        ${ruledOut.length > 0 ? html`<b>${t`Ruled out:`}</b> <bdi>${ruledOut.join(' · ')}</bdi>.` : nothing}
        ${drainMinutes === null ? nothing : t`At this rate, the backlog is gone in ${duration(Math.max(60_000, drainMinutes * 60_000))}.`}
      </p>
    </section>`
  }

  /** Where a step links to, unless the actor may not see jobs or the engine cannot find them by that time. */
  private get jobsHref(): ((query: Record<string, string>) => string) | undefined {
    if (!this.mayView('view_jobs') || this.session?.engine.lacks.filter_time) return undefined
    return (query) => `${this.base}/list?${new URLSearchParams(query).toString()}`
  }

  private readonly loadRest = async (): Promise<void> => {
    try {
      const rest = await loadRest()
      this.missing = ''
      if (this.rest) return
      await this.updateComplete
      rest.adoptRestStyles(this.renderRoot as ShadowRoot)
      this.rest = rest
    } catch (error) {
      this.missing = loadFailure(error)
    }
  }

  private readonly ask = (ask: Ask): void => void this.confirm.open(ask)

  private readonly recorded = () => {
    this.detail.reload()
    this.changes.reload()
  }

  private readonly choose = ({ metric = this.chosenMetric, range = this.chosenRange }: { metric?: Metric; range?: QueueRange }) => {
    this.metric = metric === 'waiting' ? '' : metric
    this.range = range === '1h' ? '' : range
    filtered(this, { path: subjectPath('queue', this.queue), query: { metric: this.metric, range: this.range } })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-queue': OpsQueue
  }
}
