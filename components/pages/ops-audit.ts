import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { property, state } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import type { AuditEvent, AuditFilters } from '../../schemas/audit.ts'
import type { Problem } from '../../schemas/problem.ts'
import { now } from '../core/clock.ts'
import { OpsElement } from '../core/element.ts'
import { filtered } from '../core/filter.ts'
import { later, loadFailure } from '../core/later.ts'
import { problemOf } from '../core/problem.ts'
import { element } from '../core/register.ts'
import { Resource } from '../core/resource.ts'
import { t, tn } from '../core/words.ts'
import { type Day, dayHeading, daysOf } from '../parts/audit-days.ts'
import { filterNames, type FilterValues } from '../parts/audit-filter-names.ts'
import { leavesOutSystem, queryOf } from '../parts/audit-query.ts'
import { LatePart } from '../parts/late-part.ts'
import { missingPart } from '../parts/missing.ts'
import { problemPanel, staleNote } from '../parts/problem.ts'
import { emptyState, skeletonRows } from '../parts/quiet.ts'
import { partStyles } from '../parts/styles.ts'
import { base, pageStyles } from '../theme/base.ts'
import type { AuditRest } from './audit/rest.ts'

const loadRows = later(() => import('./audit/rows.ts'))
/** Search, presets, keys and the batches of runs: the rows can be read without them. */
const loadRest = later(() => import('./audit/rest.ts'))
const loadDetails = later(() => import('../parts/audit-details.ts'))
/** Headings whose count of the system's events is asked for at most. */
const maxCountedDays = 20

/** The rows on screen: more are appended on demand, and new ones are prepended only on request. */
interface Shown {
  key: string
  items: AuditEvent[]
  next?: string
}

/**
 * The audit log, newest first: a sentence for each deed, with what and why, under the heading of its day. A bulk run is one row with its
 * batches folded away; what the system did by itself is left out until it is asked for. The log can only be read.
 *
 * @tag ops-audit
 * @attr {string} api - Where the API is, e.g. `/ops/jobs/api/v1`; not needed inside `ops-provider`.
 * @attr {'light' | 'dark'} theme - Forces a theme.
 * @attr {string} locale - Language of dates, e.g. `de-DE`.
 * @attr {string} actor - Only events of the actor with this id.
 * @attr {string} actor-type - Only events of actors of this type, e.g. `service`.
 * @attr {string} action - Only events of this action, e.g. `pause_cron_entry`.
 * @attr {string} event-type - Only events whose type begins so, e.g. `cron.paused` or `job.`.
 * @attr {'succeeded' | 'denied' | 'failed' | 'requested'} outcome - Only events that ended so.
 * @attr {string} subject-type - Only events on subjects of this kind, e.g. `cron_entry`.
 * @attr {string} subject-id - Only events on the subject with this id.
 * @attr {string} not-actor - Leaves out the actor with this id.
 * @attr {string} not-actor-type - Leaves out actors of this type.
 * @attr {string} not-event-type - Leaves out types that begin so, separated by commas.
 * @attr {string} not-outcome - Leaves out events that ended so.
 * @attr {string} not-subject-type - Leaves out subjects of this kind.
 * @attr {string} not-subject-id - Leaves out the subject with this id.
 * @attr {'15m' | '1h' | '24h' | '7d' | 'today'} last - Only events of the time until now.
 * @attr {string} from - Only events from this instant on, ISO-8601.
 * @attr {string} to - Only events before this instant, ISO-8601.
 * @attr {string} q - Only events whose reason has these words.
 * @attr {'people' | 'not-me'} who - Only what people did, or what others than the reader did.
 * @attr {'yes' | 'no'} system - Whether what the system did by itself is shown; by default only if a filter asks for it.
 * @attr {string} event - Id of the event shown in full.
 * @attr {number} limit - How many events to load at a time, 50 unless set, 200 at most.
 * @attr {boolean} compact - Only the rows: no search, no presets, no export.
 * @fires ops-navigate - A link was clicked; prevent it to go there yourself. The detail is `{ href }`.
 * @fires ops-filter - The person changed what is shown. The detail is `{ path, query }`.
 * @slot empty - Shown when there are no events.
 * @slot actions - Controls of the host at the end of the head.
 * @csspart heading - The heading.
 * @csspart filters - What narrows the list: search, time, whose.
 * @csspart row - One event.
 * @csspart details - One event in full, in its sheet.
 * @csspart sheet - The sheet beside the list.
 * @csspart chip - An outcome that is not success.
 * @csspart diff - Before and after.
 * @cssproperty --ops-page-padding - Space around the element, 16px unless set.
 */
@element('ops-audit')
export class OpsAudit extends OpsElement {
  static override styles = [
    base,
    pageStyles,
    partStyles,
    css`
      .filters {
        display: grid;
        gap: 10px;
        min-height: 76px;
        margin-block-end: 10px;
      }
      .news {
        position: sticky;
        top: 8px;
        z-index: 1;
        display: flex;
        justify-content: center;
        margin-bottom: 12px;
      }
      .more {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 16px;
        margin-top: 12px;
      }
      .linked-event {
        margin-bottom: 12px;
      }
    `,
  ]

  private readonly rows = new LatePart(this, loadRows)
  @state() private shown?: Shown
  @state() private loadingMore = false
  @state() private moreProblem?: Problem
  @state() private missing = ''
  @state() private detailsLoaded = false
  @state() private rest?: AuditRest

  @property() actor = ''
  @property({ attribute: 'actor-type' }) actorType = ''
  @property() action = ''
  @property({ attribute: 'event-type' }) eventType = ''
  @property() outcome = ''
  @property({ attribute: 'subject-type' }) subjectType = ''
  @property({ attribute: 'subject-id' }) subjectId = ''
  @property() from = ''
  @property() to = ''
  @property() q = ''
  @property({ attribute: 'not-actor' }) notActor = ''
  @property({ attribute: 'not-actor-type' }) notActorType = ''
  @property({ attribute: 'not-event-type' }) notEventType = ''
  @property({ attribute: 'not-outcome' }) notOutcome = ''
  @property({ attribute: 'not-subject-type' }) notSubjectType = ''
  @property({ attribute: 'not-subject-id' }) notSubjectId = ''
  @property() last = ''
  @property() who = ''
  @property() system = ''
  @property() event = ''
  @property({ type: Number }) limit = 50
  @property({ type: Boolean, reflect: true }) override compact = false

  private readonly newest = new Resource(this, {
    // Whose the reader's own events are, only the session says.
    connection: () => (this.who === 'not-me' && !this.session ? undefined : this.connection),
    load: async ({ client }, signal) => {
      const key = this.key
      return { key, ...(await client.listAuditEvents({ query: { ...this.filters, batches: 'no', limit: this.limit }, signal })) }
    },
    key: () => this.key,
    topics: ['audit'],
  })

  /** The selected event, if it is not among the rows shown. */
  private readonly linked = new Resource(this, {
    connection: () => (this.event && this.shown && !this.isShown(this.event) ? this.connection : undefined),
    load: ({ client }, signal) => client.getAuditEvent({ params: { id: this.event }, signal }),
    key: () => this.event,
    of: () => this.event,
    topics: [],
  })

  protected override willUpdate(changed: PropertyValues) {
    super.willUpdate(changed)
    const { data } = this.newest
    if (!data) this.shown = undefined
    else if (data.key === this.key && (this.shown?.key !== data.key || (this.shown.items.length === 0 && data.items.length > 0))) {
      // An empty log is filled automatically: there is no scroll position to lose.
      this.shown = { key: data.key, items: data.items, next: data.nextCursor }
      this.moreProblem = undefined
    }
  }

  protected override updated(changed: PropertyValues) {
    super.updated(changed)
    if (changed.has('event') && this.event) void this.loadDetails()
    if (!this.rest && !this.missing && this.newest.data) void this.loadRest()
  }

  override render() {
    // An actor who may not see the log needs neither filters nor exports.
    const bare = this.newest.closed || this.compact
    return html`
      <header class="page-head">
        ${this.heading(t`Audit`)}
        ${bare ? nothing : html`<ops-export .connection=${this.connection} .filters=${this.filters} name="audit-events" .session=${this.session}></ops-export>`}
        <slot name="actions"></slot>
      </header>
      ${bare ? nothing : (this.rest?.toolbar() ?? html`<div class="filters"></div>`)}
      ${this.newest.render({
        pending: () => skeletonRows(8),
        error: (problem) => problemPanel(problem, this.newest.reload),
        complete: (_, late) => this.content(late),
      })}
      ${this.sheet()}
    `
  }

  private content(late?: Problem) {
    const { shown } = this
    if (!shown || (late && shown.key !== this.key)) return late ? problemPanel(late, this.newest.reload) : skeletonRows(8)
    const rows = () => html`${this.news(shown)} ${this.linkedEvent()} ${shown.items.length > 0 ? this.log(shown) : shown.next ? nothing : this.nothingThere()} ${this.foot(shown)}`
    return html`${staleNote(late, this.newest.reload)} ${this.rows.render(rows, () => skeletonRows(8))}`
  }

  private news(shown: Shown) {
    const fresh = this.fresh(shown)
    return html`<div role="status">
      ${fresh.length === 0
        ? nothing
        : html`<div class="news">
            <button type="button" class="button primary" @click=${this.showNews}>
              ${this.missed(shown) ? t`${fresh.length}+ new events · show` : tn(fresh.length, '# new event · show', '# new events · show')}
            </button>
          </div>`}
    </div>`
  }

  private linkedEvent() {
    if (!this.event || this.isShown(this.event)) return nothing
    return html`<div class="linked-event">
      ${this.linked.render<unknown>({
        pending: () => skeletonRows(1),
        error: (problem) => problemPanel(problem, this.linked.reload),
        complete: (event) => html`<ul class="card log" aria-label=${t`The linked event`}>${this.row(event)}</ul>`,
      })}
    </div>`
  }

  private log(shown: Shown) {
    const stale = this.newest.problem || shown.key !== this.key
    const days = daysOf(shown.items)
    return html`<div class="card log ${stale ? 'stale' : ''}" aria-busy=${this.newest.loading}>
      ${days.map((day, index) => this.day(day, shown.next !== undefined && index === days.length - 1))}
    </div>`
  }

  private day(day: Day, partial: boolean) {
    return html`<section>
      ${dayHeading(day, { now: now(), locale: this.language, counts: this.rest?.counts(day, partial) })}
      <ul>
        ${repeat(
          day.items,
          ({ id }) => id,
          (event) => this.row(event),
        )}
      </ul>
    </section>`
  }

  private row(event: AuditEvent, isPart = false): TemplateResult {
    const { rest } = this
    const folds = !isPart && event.eventType === 'bulk.started' && (event.run?.batches ?? 0) > 1
    const context = { base: this.base, locale: this.language, open: event.id === this.event, select: this.select, outcome: this.runOutcome?.(event) }
    return html`${this.rows.loaded!.deedRow(event, { ...context, unfolded: rest?.isUnfolded(event), unfold: folds ? rest?.unfold : undefined })} ${folds ? rest?.parts(event) : nothing}`
  }

  /** One event in full; what shows it is loaded when it is first asked for. */
  private sheet() {
    const { event } = this
    if (this.missing) return missingPart(this.missing, () => void (event ? this.loadDetails() : this.loadRest()))
    if (!this.detailsLoaded) return nothing
    const found = this.findShown(event) ?? (this.linked.data?.id === event ? this.linked.data : undefined)
    const place = this.shown?.items.findIndex(({ id }) => id === event) ?? -1
    const steps = place < 0 ? undefined : { previous: place > 0, next: place < this.shown!.items.length - 1 }
    return html`<ops-event-details
      exportparts="diff, chip, sheet, details"
      .event=${found}
      .locale=${this.language}
      .href=${event ? `${this.base}/audit?event=${encodeURIComponent(event)}` : ''}
      .steps=${steps}
      .returnTo=${() => this.linkOf(this.event || this.closed)}
      .narrow=${this.narrow}
      @ops-step=${({ detail }: CustomEvent<number>) => this.rest?.step(detail)}
      @ops-close=${this.close}
    ></ops-event-details>`
  }

  private foot({ items, next }: Shown) {
    const count = items.length
    return html`<div class="more">
      ${next ? html`<button type="button" class="button" ?disabled=${this.loadingMore} @click=${this.loadMore}>${this.loadingMore ? t`Loading…` : t`Load more`}</button>` : nothing}
      <span class="muted small" role="status">
        ${next ? tn(count, '# event shown; there are older ones', '# events shown; there are older ones') : count > 0 ? tn(count, 'All # event shown', 'All # events shown') : nothing}
      </span>
      <span class="muted small">${t`Read-only: events can be neither changed nor removed.`}</span>
    </div>
    ${this.moreProblem ? problemPanel(this.moreProblem, this.loadMore) : nothing}`
  }

  private nothingThere() {
    const systemToo = leavesOutSystem(this.values) ? html` <button type="button" class="button" @click=${() => this.show({ system: 'yes' })}>${t`Show what the system did`}</button>` : nothing
    if (filterNames.some((name) => this[name])) return emptyState(t`No event matches`, html`${t`Widen the filters above, or clear them all.`}${systemToo}`)
    return emptyState(t`No events yet`, html`${t`Every operation and every refused attempt will appear here.`}${systemToo}`)
  }

  private get values(): FilterValues {
    return Object.fromEntries(filterNames.map((name) => [name, this[name]])) as FilterValues
  }

  private get filters(): AuditFilters {
    return queryOf(this.values, this.session, now())
  }

  private get countedDays(): Day[] {
    if (!this.shown || !leavesOutSystem(this.values) || this.q || this.compact) return []
    return daysOf(this.shown.items).slice(0, maxCountedDays)
  }

  private get key(): string {
    return JSON.stringify([this.values, this.limit])
  }

  private isShown(id: string): boolean {
    return this.findShown(id) !== undefined
  }

  private findShown(id: string): AuditEvent | undefined {
    return [...(this.shown?.items ?? []), ...(this.rest?.partsRead ?? [])].find((item) => item.id === id)
  }

  private linkOf(id: string): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>(`[data-event="${CSS.escape(id)}"]`)
  }

  /** Events recorded since the rows were loaded. */
  private fresh(shown: Shown): AuditEvent[] {
    const { data } = this.newest
    if (!data || data.key !== shown.key) return []
    const known = new Set(shown.items.map(({ id }) => id))
    return data.items.filter(({ id }) => !known.has(id))
  }

  /** Whether there are so many new events that some lie between the newest ones and the rows shown. */
  private missed(shown: Shown): boolean {
    const { data } = this.newest
    return data?.nextCursor !== undefined && shown.items.length > 0 && this.fresh(shown).length === data.items.length
  }

  private readonly showNews = async () => {
    const shown = this.shown!
    const fresh = this.fresh(shown)
    const items = this.missed(shown) ? fresh : [...fresh, ...shown.items].toSorted(newestFirst)
    this.shown = { key: shown.key, items, next: this.missed(shown) ? this.newest.data!.nextCursor : shown.next }
    await this.updateComplete
    this.linkOf(items[0]!.id)?.focus()
  }

  private async loadRest() {
    try {
      const { AuditRest, runOutcome } = await loadRest()
      if (this.rest) return
      this.missing = ''
      this.runOutcome = runOutcome
      this.rest = new AuditRest(this, {
        connection: () => this.connection,
        values: () => this.values,
        filters: () => this.filters,
        loaded: () => this.shown?.items ?? [],
        countedDays: () => this.countedDays,
        withoutSystem: () => leavesOutSystem(this.values),
        change: this.narrow,
        row: (event) => this.row(event, true),
        walked: {
          ids: () => this.shown?.items.map(({ id }) => id) ?? [],
          open: () => this.event,
          focused: () => (this.shadowRoot!.activeElement as HTMLElement | null)?.dataset.event,
          show: (event) => this.show({ event }),
          linkOf: (id) => this.linkOf(id),
        },
      })
    } catch (error) {
      this.missing = loadFailure(error)
    }
  }

  private readonly loadDetails = async () => {
    try {
      await loadDetails()
      this.detailsLoaded = true
      this.missing = ''
    } catch (error) {
      this.missing = loadFailure(error)
    }
  }

  private readonly loadMore = async () => {
    const shown = this.shown
    if (!shown?.next || !this.connection || this.loadingMore) return
    this.loadingMore = true
    this.moreProblem = undefined
    try {
      const query = { ...this.filters, batches: 'no' as const, limit: this.limit, cursor: shown.next }
      const { items, nextCursor } = await this.connection.client.listAuditEvents({ query })
      if (this.shown?.key === shown.key) this.shown = { ...this.shown, items: [...this.shown.items, ...items], next: nextCursor }
    } catch (error) {
      if (this.shown?.key === shown.key) this.moreProblem = problemOf(error)
    }
    this.loadingMore = false
  }

  private readonly select = (click: MouseEvent, id: string) => {
    if (click.button !== 0 || click.metaKey || click.ctrlKey || click.shiftKey || click.altKey) return
    click.preventDefault()
    this.show({ event: this.event === id ? '' : id })
  }

  private closed = ''
  private runOutcome?: (event: AuditEvent) => unknown

  private readonly close = () => {
    this.closed = this.event
    this.show({ event: '' })
  }

  private readonly narrow = (change: Partial<FilterValues>) => this.show(change)

  private show(change: Partial<FilterValues> & { event?: string }) {
    Object.assign(this, change)
    filtered(this, { path: '/audit', query: { ...this.values, event: this.event } })
  }
}

function newestFirst(a: AuditEvent, b: AuditEvent): number {
  if (a.occurredAt === b.occurredAt) return a.id < b.id ? 1 : -1
  return a.occurredAt < b.occurredAt ? 1 : -1
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-audit': OpsAudit
  }
}
