import { html, nothing, type PropertyValues } from 'lit'
import { property, query, state } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import type { CronEntry } from '../../schemas/cron.ts'
import { cronSources, maxRecentSlots } from '../../schemas/vocabulary.ts'
import { countOf } from '../../schemas/plural.ts'
import { OpsElement } from '../core/element.ts'
import { filtered } from '../core/filter.ts'
import { element } from '../core/register.ts'
import { Resource } from '../core/resource.ts'
import { chipStyles } from '../parts/chip.ts'
import '../parts/confirm.ts'
import type { Ask, OpsConfirm } from '../parts/confirm.ts'
import { pager } from '../parts/pager.ts'
import { problemPanel, staleNote } from '../parts/problem.ts'
import { emptyState, skeletonRows } from '../parts/quiet.ts'
import { readOnlyBanner, refusal, shortRefusal } from '../parts/refusal.ts'
import { stripLegend, stripStyles } from '../parts/strip.ts'
import { partStyles } from '../parts/styles.ts'
import { tableStyles } from '../parts/table.ts'
import '../parts/time.ts'
import { base, pageStyles } from '../theme/base.ts'
import './cron/details.ts'
import { entryRow } from './cron/row.ts'
import { cronStyles } from './cron/styles.ts'

const states = { active: 'active', paused: 'paused', retired: 'retired' }

/**
 * Cron entries: schedule, last and next runs, a strip of slots, status, and the operations on each.
 *
 * @tag ops-cron
 * @attr {string} api - Where the API is; not needed inside `ops-provider`.
 * @attr {'light' | 'dark'} theme - Forces a theme.
 * @attr {string} q - Part of the name of the entries to show.
 * @attr {string} source - Only entries of this source: `code`, `runtime` or `fixture`.
 * @attr {string} state - Only entries in this state: `active`, `paused` or `retired`.
 * @attr {string} entry - Name of the entry shown in full.
 * @fires ops-navigate - A link was clicked; prevent it to go there yourself. The detail is `{ href }`.
 * @fires ops-filter - The person changed what is shown. The detail is `{ path, query }`.
 * @fires ops-operation - An operation was recorded; the detail is its audit event.
 * @slot empty - Shown when there are no entries.
 * @csspart heading - The heading.
 * @csspart row - One entry.
 * @csspart actions - The buttons of one entry.
 * @csspart strip - The strip of slots.
 * @csspart chip - A status.
 * @cssproperty --ops-page-padding - Space around the element, 16px unless set.
 */
@element('ops-cron')
export class OpsCron extends OpsElement {
  static override styles = [base, tableStyles, pageStyles, chipStyles, partStyles, stripStyles, cronStyles]

  @query('ops-confirm') private confirm!: OpsConfirm
  @state() private trail: string[] = []

  @property() q = ''
  @property() source = ''
  @property() state = ''
  @property() entry = ''

  private typing?: ReturnType<typeof setTimeout>

  private readonly entries = new Resource(this, {
    connection: () => this.connection,
    load: ({ client }, signal) => {
      const [source, state] = [known(cronSources, this.source), known(states, this.state)]
      return client.listCronEntries({ query: { q: this.q || undefined, source, state, recent: maxRecentSlots, cursor: this.trail.at(-1) }, signal })
    },
    key: () => [this.q, this.source, this.state, this.trail],
    topics: ['cron'],
  })

  /** The selected entry, if it is not among those listed, e.g. because it is on another page. */
  private readonly alone = new Resource(this, {
    connection: () => (this.entry && this.entries.data && !this.listed ? this.connection : undefined),
    load: ({ client }, signal) => client.getCronEntry({ params: { name: this.entry }, signal }),
    key: () => this.entry,
    of: () => this.entry,
    topics: ['cron'],
  })

  protected override updated(changed: PropertyValues) {
    super.updated(changed)
    this.nameSubject(this.entry)
  }

  override render() {
    return html`
      <div class="page-head">${this.heading('Cron')} ${this.asOf()}</div>
      ${this.readOnly ? readOnlyBanner(this.readOnly) : nothing} ${this.toolbar()}
      ${this.entries.render({
        pending: () => skeletonRows(5),
        error: (problem) => problemPanel(problem, this.entries.reload),
        complete: ({ items, nextCursor }, late) => html`
          ${staleNote(late, this.entries.reload)} ${this.listed ? nothing : this.shownAlone()}
          ${items.length > 0 ? this.table(items) : this.nothingThere()}
          ${pager({ trail: this.trail, next: nextCursor, move: (trail) => (this.trail = trail) })}
        `,
      })}
      <ops-confirm @ops-operation=${this.entries.reload}></ops-confirm>
    `
  }

  private get listed(): CronEntry | undefined {
    return this.entries.data?.items.find(({ name }) => name === this.entry)
  }

  private asOf() {
    const { data } = this.entries
    if (!data) return nothing
    const count = data.nextCursor ? `${data.items.length}+ entries` : countOf(data.items.length, 'entry', 'entries')
    return html`<span class="muted num">${count} · as of <ops-time show="relative" at=${data.asOf}></ops-time></span>`
  }

  /** Why this actor may change no cron entry at all; said once on top. */
  private get readOnly(): string {
    const operations = Object.entries(this.session?.permissions ?? {}).filter(([action]) => /_cron_(entry|slot)$/.test(action))
    if (operations.length === 0 || operations.some(([, { allowed }]) => allowed)) return ''
    return operations[0]![1].reason ?? 'Your account may not do this.'
  }

  private toolbar() {
    const mayCreate = this.session?.permissions.create_cron_entry
    const said = this.readOnly && mayCreate?.reason === this.readOnly
    return html`<div class="toolbar" role="search">
      <input
        class="search"
        type="search"
        aria-label="Find an entry"
        placeholder="Find an entry"
        .value=${this.q}
        @input=${this.searched}
        maxlength="100"
      />
      ${this.choice('state', 'State', states)} ${this.choice('source', 'Source', cronSources)}
      <span class="end">${said ? shortRefusal(this.readOnly, 'why-create') : this.session ? refusal(mayCreate, 'why-create') : nothing}</span>
      <button
        type="button"
        class="button"
        ?disabled=${!mayCreate?.allowed}
        aria-describedby="why-create"
        @click=${() => this.confirm.open({ action: 'create_cron_entry' })}
      >
        New entry…
      </button>
    </div>`
  }

  private choice(name: 'state' | 'source', label: string, table: Record<string, string>) {
    return html`<select aria-label=${label} @change=${(event: Event) => this.show({ [name]: (event.target as HTMLSelectElement).value })}>
      <option value="" ?selected=${!this[name]}>${label}: any</option>
      ${Object.entries(table).map(([value, word]) => html`<option value=${value} ?selected=${this[name] === value}>${label}: ${word}</option>`)}
    </select>`
  }

  private table(items: CronEntry[]) {
    return html`<div class="card ${this.entries.problem ? 'stale' : ''}">
        <table role="table" aria-label="Cron entries">
          <thead role="rowgroup">
            <tr role="row">
              <th scope="col" role="columnheader" class="entry-column">Entry</th>
              <th scope="col" role="columnheader" class="schedule-column">Schedule</th>
              <th scope="col" role="columnheader" class="runs-column">Next run</th>
              <th scope="col" role="columnheader" class="slots-column">Last 36 slots, next 12</th>
              <th scope="col" role="columnheader">Status</th>
              <th scope="col" role="columnheader" class="do-column">Actions</th>
            </tr>
          </thead>
          <tbody role="rowgroup">
            ${repeat(
              items,
              ({ name }) => name,
              (entry) => this.row(entry),
            )}
          </tbody>
        </table>
      </div>
      ${stripLegend()}`
  }

  private row(entry: CronEntry) {
    const selected = entry.name === this.entry
    return html`${entryRow(entry, { base: this.base, readOnly: this.readOnly, selected, ask: this.ask, mayOpen: (href) => this.mayOpen(href), select: (event) => this.select(event, entry.name) })}
    ${selected
      ? html`<tr role="row" class="details">
          <td role="cell" colspan="6"><ops-cron-details .entry=${entry}></ops-cron-details></td>
        </tr>`
      : nothing}`
  }

  private shownAlone() {
    if (!this.entry) return nothing
    return this.alone.render<unknown>({
      pending: () => nothing,
      error: (problem) => problemPanel(problem),
      complete: (entry) => this.table([entry]),
    })
  }

  private nothingThere() {
    if (this.q || this.source || this.state) return emptyState('No entry matches', 'Widen the search or the filters above.')
    return emptyState('No cron entries', 'Entries declared in code appear here after the next start; others can be made with “New entry…”.')
  }

  private readonly ask = (ask: Ask): void => void this.confirm.open(ask)

  private select(event: MouseEvent, name: string) {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    this.show({ entry: this.entry === name ? '' : name })
  }

  private searched(event: Event) {
    const q = (event.target as HTMLInputElement).value.trim()
    clearTimeout(this.typing)
    this.typing = setTimeout(() => this.show({ q }), 250)
  }

  private show(change: Partial<Pick<this, 'q' | 'source' | 'state' | 'entry'>>) {
    Object.assign(this, change)
    if (!('entry' in change)) this.trail = []
    const { q, source, state, entry } = this
    filtered(this, { path: '/cron', query: { q, source, state, entry } })
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
