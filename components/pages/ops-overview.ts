import { html, nothing } from 'lit'
import { property, query, state } from 'lit/decorators.js'
import type { Overview } from '../../schemas/overview.ts'
import { OpsElement } from '../core/element.ts'
import { filtered } from '../core/filter.ts'
import { later, loadFailure } from '../core/later.ts'
import { element } from '../core/register.ts'
import { Resource } from '../core/resource.ts'
import { t, tr } from '../core/words.ts'
import type { Ask, OpsConfirm } from '../parts/confirm.ts'
import { LatePart } from '../parts/late-part.ts'
import { missingPart } from '../parts/missing.ts'
import { problemPanel, problemStyles, staleNote } from '../parts/problem.ts'
import { quietStyles } from '../parts/quiet.ts'
import { parseRange, type Range } from '../parts/range.ts'
import { base, pageStyles } from '../theme/base.ts'
import { overviewStyles } from './overview/styles.ts'
import { overviewSkeleton } from './overview/skeleton.ts'

/** The errors page lists more. */
const maxErrors = 3

const loadLead = later(() => import('./overview/lead.ts'))
/** Charts, incidents, buckets and changes: below the sentence, loaded a moment later. */
const loadRest = later(() => import('./overview/rest.ts'))

/**
 * Diagnosis first: what is wrong in one sentence, four vital figures, the open incidents with their owners, and recent changes. Below
 * are six buckets from what needs attention to what is resolved, each with its next step.
 *
 * @tag ops-overview
 * @attr {string} api - Where the API is, e.g. `/ops/jobs/api/v1`; not needed inside `ops-provider`.
 * @attr {'light' | 'dark'} theme - Forces a theme.
 * @attr {string} locale - Language of dates and numbers, e.g. `de-DE`.
 * @attr {'1h' | '24h'} range - The time range of the charts; an hour by default.
 * @fires ops-navigate - A link was clicked; prevent it to go there yourself. The detail is `{ href }`.
 * @fires ops-filter - Another range was chosen. The detail is `{ path, query }`.
 * @fires ops-operation - An operation was recorded; the detail is its audit event.
 * @fires ops-bulk - A retry of many jobs was accepted; the detail is `{ id, action }` of its run.
 * @slot empty - Shown below the sentence while there is nothing to operate at all.
 * @slot actions - Controls of the host at the end of the head.
 * @csspart heading - The heading.
 * @csspart range - The choice of the charts' range.
 * @csspart skeleton - What holds the place of the page until it has loaded.
 * @csspart headline - The card with the sentence and the figures.
 * @csspart vital - One vital figure.
 * @csspart incidents - The open incidents.
 * @csspart incident - One of them.
 * @csspart bucket - One of the six buckets.
 * @csspart exemplar - One case in a bucket.
 * @csspart changes - Recent changes.
 * @csspart chip - A status.
 * @csspart ownership - Who owns the next step.
 * @cssproperty --ops-page-padding - Space around the element, 16px unless set.
 * @cssproperty --ops-accent - Colour of links and lines.
 */
@element('ops-overview')
export class OpsOverview extends OpsElement {
  static override styles = [base, pageStyles, problemStyles, quietStyles, overviewStyles]

  /** `1h` or `24h`; an hour by default. */
  @property() range = ''

  @state() private held = false
  @state() private rest?: typeof import('./overview/rest.ts')
  @state() private missing = ''
  @query('ops-confirm') private confirm?: OpsConfirm

  private readonly overview = new Resource(this, {
    connection: () => this.connection,
    load: ({ client }, signal) => client.getOverview({ query: { range: parseRange(this.range) }, signal }),
    key: () => parseRange(this.range),
    topics: ['overview', 'cron', 'incidents', 'deploys'],
    paused: () => this.held,
  })

  private readonly lead = new LatePart(this, loadLead)

  /** Loaded separately, a moment after the overview, because it is not needed to see what is wrong. */
  private readonly errors = new Resource(this, {
    connection: () => (this.rest && this.overview.data && this.session?.permissions.view_jobs?.allowed ? this.connection : undefined),
    load: ({ client }, signal) => client.listErrorGroups({ query: { limit: maxErrors }, signal }),
    key: () => null,
    topics: ['errors'],
    paused: () => this.held,
  })

  override connectedCallback() {
    super.connectedCallback()
    void this.loadRest()
  }

  override render() {
    return html`
      <header class="page-head">${this.heading(t`Overview`)} ${this.asOf()}<slot name="actions"></slot></header>
      ${missingPart(this.missing, this.loadRest)}
      ${this.overview.render({
        pending: overviewSkeleton,
        error: (problem) => problemPanel(problem, this.overview.reload),
        complete: (overview, late) => html`${staleNote(late, this.overview.reload)} ${this.lead.render((lead) => this.content(overview, lead), overviewSkeleton)}`,
      })}
      ${this.rest ? html`<ops-confirm @ops-operation=${this.overview.reload} @ops-bulk=${this.overview.reload}></ops-confirm>` : nothing}
    `
  }

  private asOf() {
    const { data } = this.overview
    if (!data || !this.lead.loaded) return nothing
    return html`<div class="as-of muted num">
      <span>${tr`as of ${html`<ops-time show="relative" live at=${data.asOf}></ops-time>`}`}</span>
      ${this.held ? html`<b>${t`paused`}</b>` : nothing}
      ${this.rest?.rangeControl(parseRange(this.range), this.chooseRange) ?? nothing}
      <button type="button" class="button" @click=${this.toggleLive}>${this.held ? t`Resume live` : t`Pause live`}</button>
    </div>`
  }

  private content(overview: Overview, lead: typeof import('./overview/lead.ts')) {
    return html`${lead.overviewLead(overview, { locale: this.language, jobsHref: this.jobsHref })}
      ${overview.buckets.every(({ count }) => count === 0) && !overview.incidents?.open ? lead.nothingThere(overview.withheld) : nothing}
      ${this.rest?.restOfOverview(overview, {
        base: this.base,
        locale: this.language,
        ask: this.ask,
        errors: this.errors.data?.items,
        retry: this.session?.permissions.retry_job,
      })}
      ${overview.withheld.length > 0
        ? html`<p class="withheld muted small" role="note">${t`Left out, because your account may not see it: ${lead.listText(overview.withheld)}.`}</p>`
        : nothing}`
  }

  /** Where a bar links to, unless the actor may not see jobs or the engine cannot find them by that time. */
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

  private readonly ask = (ask: Ask): void => void this.confirm?.open(ask)

  private readonly chooseRange = (range: Range): void => {
    this.range = range === '1h' ? '' : range
    filtered(this, { path: '/', query: { range: this.range } })
  }

  private toggleLive() {
    this.held = !this.held
    if (!this.held) this.overview.reload()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-overview': OpsOverview
  }
}
