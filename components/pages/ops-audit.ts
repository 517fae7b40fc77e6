import { css, html, nothing, type PropertyValues } from 'lit'
import { property, state } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import type { AuditEvent, AuditFilters } from '../../schemas/audit.ts'
import { countOf } from '../../schemas/plural.ts'
import type { Problem } from '../../schemas/problem.ts'
import { OpsElement } from '../core/element.ts'
import { filtered } from '../core/filter.ts'
import { later, loadFailure } from '../core/later.ts'
import { problemOf } from '../core/problem.ts'
import { element } from '../core/register.ts'
import { Resource } from '../core/resource.ts'
import { auditFilters, auditFilterStyles, filterNames, type FilterValues } from '../parts/audit-filters.ts'
import { eventColumns, eventRow, eventRowStyles } from '../parts/audit-row.ts'
import '../parts/export.ts'
import { missingPart } from '../parts/missing.ts'
import { problemPanel, staleNote } from '../parts/problem.ts'
import { emptyState, skeletonRows } from '../parts/quiet.ts'
import { partStyles } from '../parts/styles.ts'
import { tableStyles } from '../parts/table.ts'
import { base, pageStyles } from '../theme/base.ts'

const loadDetails = later(() => import('../parts/audit-details.ts'))

/** The rows on screen: more are appended on demand, and new ones are prepended only on request. */
interface Shown {
  key: string
  items: AuditEvent[]
  next?: string
}

/**
 * The audit log, newest first: who did what, to what, why, and what changed. It can only be read.
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
 * @attr {string} from - Only events from this instant on, ISO-8601.
 * @attr {string} to - Only events before this instant, ISO-8601.
 * @attr {string} q - Only events whose reason has these words.
 * @attr {string} event - Id of the event shown in full.
 * @attr {number} limit - How many events to load at a time, 50 unless set, 200 at most.
 * @fires ops-navigate - A link was clicked; prevent it to go there yourself. The detail is `{ href }`.
 * @fires ops-filter - The person changed what is shown. The detail is `{ path, query }`.
 * @slot empty - Shown when there are no events.
 * @csspart heading - The heading.
 * @csspart filters - The form that narrows the list.
 * @csspart row - One event.
 * @csspart details - One event in full.
 * @csspart chip - An outcome.
 * @csspart diff - Before and after.
 * @cssproperty --ops-page-padding - Space around the element, 16px unless set.
 */
@element('ops-audit')
export class OpsAudit extends OpsElement {
  static override styles = [
    base,
    tableStyles,
    pageStyles,
    partStyles,
    auditFilterStyles,
    eventRowStyles,
    css`
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

  @state() private shown?: Shown
  @state() private loadingMore = false
  @state() private moreProblem?: Problem
  @state() private missing = ''

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
  @property() event = ''
  @property({ type: Number }) limit = 50

  private readonly newest = new Resource(this, {
    connection: () => this.connection,
    load: async ({ client }, signal) => {
      const key = this.key
      return { key, ...(await client.listAuditEvents({ query: { ...this.filters, limit: this.limit }, signal })) }
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
  }

  override render() {
    // An actor who may not see the log needs neither filters nor exports.
    const { closed } = this.newest
    return html`
      <header class="page-head">
        ${this.heading('Audit')}
        ${closed
          ? nothing
          : html`<ops-export .connection=${this.connection} .filters=${this.filters} name="audit-events" .session=${this.session}></ops-export>`}
      </header>
      ${closed ? nothing : auditFilters({ values: this.values, events: this.shown?.items ?? [], change: this.narrow })}
      ${this.newest.render({
        pending: () => skeletonRows(8),
        error: (problem) => problemPanel(problem, this.newest.reload),
        complete: (_, late) => this.content(late),
      })}
    `
  }

  private content(late?: Problem) {
    const { shown } = this
    if (!shown || (late && shown.key !== this.key)) return late ? problemPanel(late, this.newest.reload) : skeletonRows(8)
    return html`
      ${staleNote(late, this.newest.reload)} ${this.news(shown)} ${this.linkedEvent()}
      ${shown.items.length > 0 ? this.table(shown.items, 'Audit events') : shown.next ? nothing : this.nothingThere()} ${this.foot(shown)}
    `
  }

  private news(shown: Shown) {
    const fresh = this.fresh(shown)
    return html`<div role="status">
      ${fresh.length === 0
        ? nothing
        : html`<div class="news">
            <button type="button" class="button primary" @click=${this.showNews}>
              ${this.missed(shown) ? `${fresh.length}+ new events` : countOf(fresh.length, 'new event')} · show
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
        complete: (event) => this.table([event], 'The linked event'),
      })}
    </div>`
  }

  private table(items: AuditEvent[], label: string) {
    const stale = this.newest.problem || this.shown?.key !== this.key
    return html`<div class="card ${stale ? 'stale' : ''}">
      <table class="events" role="table" aria-label=${label} aria-busy=${this.newest.loading}>
        <thead role="rowgroup">
          <tr role="row">
            ${eventColumns.map((column) => html`<th role="columnheader" scope="col">${column}</th>`)}
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${repeat(
            items,
            ({ id }) => id,
            (event) => this.row(event),
          )}
        </tbody>
      </table>
    </div>`
  }

  private row(event: AuditEvent) {
    const open = event.id === this.event
    return html`${eventRow(event, { base: this.base, open, select: this.select })}
    ${open
      ? html`<tr role="row" class="details">
          <td role="cell" colspan=${eventColumns.length}>${this.details(event)}</td>
        </tr>`
      : nothing}`
  }

  /** The content inside the element is shown until it has loaded. */
  private details(event: AuditEvent) {
    return this.missing
      ? missingPart(this.missing, this.loadDetails)
      : html`<ops-event-details part="details" exportparts="diff, chip" .event=${event} .narrow=${this.narrow}>${skeletonRows(1)}</ops-event-details>`
  }

  private foot({ items, next }: Shown) {
    const count = countOf(items.length, 'event')
    return html`<div class="more">
      ${next ? html`<button type="button" class="button" ?disabled=${this.loadingMore} @click=${this.loadMore}>${this.loadingMore ? 'Loading…' : 'Load more'}</button>` : nothing}
      <span class="muted small" role="status">${next ? `${count} shown; there are older ones` : items.length > 0 ? `All ${count} shown` : nothing}</span>
      <span class="muted small">Read-only: events can be neither changed nor removed.</span>
    </div>
    ${this.moreProblem ? problemPanel(this.moreProblem, this.loadMore) : nothing}`
  }

  private nothingThere() {
    if (filterNames.some((name) => this[name])) return emptyState('No event matches', 'Widen the filters above, or clear them all.')
    return emptyState('No events yet', 'Every operation and every refused attempt will appear here.')
  }

  private get values(): FilterValues {
    return Object.fromEntries(filterNames.map((name) => [name, this[name]])) as FilterValues
  }

  /** An unknown outcome is sent as well, so that the API refuses it; leaving it out would show unfiltered events. */
  private get filters(): AuditFilters {
    return Object.fromEntries(filterNames.flatMap((name) => (this[name] ? [[name, this[name]]] : []))) as AuditFilters
  }

  private get key(): string {
    return JSON.stringify([this.values, this.limit])
  }

  private isShown(id: string): boolean {
    return this.shown?.items.some((item) => item.id === id) ?? false
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
    this.renderRoot.querySelector<HTMLElement>(`[data-event="${items[0]!.id}"]`)?.focus()
  }

  private readonly loadDetails = async () => {
    try {
      await loadDetails()
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
      const query = { ...this.filters, limit: this.limit, cursor: shown.next }
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
