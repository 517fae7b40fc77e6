import { html, nothing, type PropertyValues } from 'lit'
import { property, query, state } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import { operationsOn } from '../../schemas/actions.ts'
import { incidentClasses, type IncidentClassName, type IncidentOwner, incidentOwners } from '../../schemas/incident-words.ts'
import type { Problem } from '../../schemas/problem.ts'
import { OpsElement } from '../core/element.ts'
import { address, filtered } from '../core/filter.ts'
import { later } from '../core/later.ts'
import { element } from '../core/register.ts'
import { Resource } from '../core/resource.ts'
import { t, tn, tr, tx } from '../core/words.ts'
import '../parts/confirm.ts'
import type { Ask, OpsConfirm } from '../parts/confirm.ts'
import { LatePart } from '../parts/late-part.ts'
import { pager, pageSize } from '../parts/pager.ts'
import { problemPanel, staleNote } from '../parts/problem.ts'
import { emptyState, skeletonRows } from '../parts/quiet.ts'
import { readOnlyBanner } from '../parts/refusal.ts'
import { partStyles } from '../parts/styles.ts'
import { base, pageStyles } from '../theme/base.ts'
import { changes, refresh, show, type Shown, underCauses } from './incidents/shown.ts'
import { incidentsStyles } from './incidents/styles.ts'

const loadList = later(() => import('./incidents/list.ts'))

/**
 * Incidents: what is wrong, since when, who is handling it, and which incidents explain others. Worst and oldest first. It says
 * that nothing is wrong only if the detector ran a moment ago.
 *
 * @tag ops-incidents
 * @attr {string} api - Where the API is, e.g. `/ops/jobs/api/v1`; not needed inside `ops-provider`.
 * @attr {'light' | 'dark'} theme - Forces a theme.
 * @attr {string} locale - Language of dates and numbers, e.g. `de-DE`.
 * @attr {'open' | 'resolved'} state - Which incidents are shown; open ones by default.
 * @attr {'me' | 'nobody'} owner - Only incidents that the reader, or nobody, is handling.
 * @attr {string} kind - Only incidents of this class, e.g. `stuck_queue`.
 * @attr {string} queue - Only incidents of this queue.
 * @attr {'yes' | 'no'} silenced - Only incidents that are, or are not, silenced.
 * @attr {number} limit - Rows on a page, at most 200.
 * @fires ops-navigate - A link was clicked; prevent it to go there yourself. The detail is `{ href }`.
 * @fires ops-filter - The person changed what is shown. The detail is `{ path, query }`.
 * @fires ops-operation - An operation was recorded; the detail is its audit event.
 * @slot empty - Shown when there are no incidents.
 * @slot actions - Controls of the host at the end of the head.
 * @csspart heading - The heading.
 * @csspart tabs - Open and resolved.
 * @csspart row - One incident.
 * @csspart chip - A status.
 * @cssproperty --ops-page-padding - Space around the element, 16px unless set.
 */
@element('ops-incidents')
export class OpsIncidents extends OpsElement {
  static override styles = [base, pageStyles, partStyles, ...incidentsStyles]

  private readonly view = new LatePart(this, loadList)
  @query('ops-confirm') private confirm!: OpsConfirm
  @state() private trail: string[] = []
  @state() private shown?: Shown

  @property() state = ''
  @property() owner = ''
  @property() kind = ''
  @property() queue = ''
  @property() silenced = ''
  /** Rows on a page, at most 200. */
  @property({ type: Number }) limit = 0

  private readonly list = new Resource(this, {
    connection: () => this.connection,
    load: async ({ client }, signal) => {
      const key = this.pageKey
      const query = {
        state: this.resolved ? ('resolved' as const) : undefined,
        owner: (this.owner || undefined) as IncidentOwner | undefined,
        class: (this.kind || undefined) as IncidentClassName | undefined,
        queue: this.queue || undefined,
        silenced: (this.silenced || undefined) as 'yes' | 'no' | undefined,
        cursor: this.trail.at(-1),
        limit: pageSize(this.limit, 50),
      }
      return { key, ...(await client.listIncidents({ query, signal })) }
    },
    key: () => this.pageKey,
    topics: ['incidents'],
  })
  private merged?: unknown

  protected override willUpdate(changed: PropertyValues) {
    super.willUpdate(changed)
    if (this.hasUpdated && ['state', 'owner', 'kind', 'queue', 'silenced'].some((name) => changed.has(name))) this.trail = []
    const { data } = this.list
    if (data === this.merged) return
    this.merged = data
    if (!data) this.shown = undefined
    else if (data.key === this.pageKey && (this.shown?.key !== data.key || this.shown.rows.length === 0)) this.shown = show(data.key, data.items)
    else if (this.shown?.key === data.key) this.shown = refresh(this.shown, data.items)
  }

  override render() {
    return html`
      <header class="page-head">${this.heading(t`Incidents`)} ${this.summary()}<slot name="actions"></slot></header>
      ${this.list.closed ? nothing : html`${this.readOnly ? readOnlyBanner(this.readOnly) : nothing} ${this.compact ? nothing : html`${this.tabs()} ${this.filters()}`}`}
      ${this.list.render<unknown>({
        pending: () => skeletonRows(4),
        error: (problem) => problemPanel(problem, this.list.reload),
        complete: (_, late) => this.content(late),
      })}
      <ops-confirm @ops-operation=${this.list.reload}></ops-confirm>
    `
  }

  /** How many there are, how many have no owner, and when the detector last ran. */
  private summary() {
    const { data } = this.list
    if (!data || !this.view.loaded) return nothing
    const { ownerOf } = this.view.loaded
    const { lookedAt } = data.watch
    const free = this.resolved ? 0 : data.items.filter((incident) => !ownerOf(incident) && !incident.explainedBy).length
    const open = this.resolved ? resolvedCount(data.items.length, Boolean(data.nextCursor)) : openCount(data.items.length, Boolean(data.nextCursor))
    return html`<span class="muted num">
      ${open}${free > 0 ? html` · ${free === data.items.length && free > 1 ? t`none has an owner` : t`${free} without an owner`}` : nothing}
      ${lookedAt ? html`· ${tr`last checked ${html`<ops-time show="relative" at=${lookedAt}></ops-time>`}`}` : nothing}
    </span>`
  }

  private tabs() {
    const tab = (state: string, label: string) =>
      html`<a href=${this.hrefWith({ state })} aria-current=${(this.resolved ? 'resolved' : '') === state ? 'true' : nothing}>${label}</a>`
    return html`<nav class="tabs" aria-label=${t`State`} part="tabs">${tab('', t`Open`)} ${tab('resolved', t`Resolved`)}</nav>`
  }

  private filters() {
    const choice = (name: 'owner' | 'kind' | 'silenced', label: string, words: Record<string, string>, any: string) => html`<div>
      <label for=${name}>${label}</label>
      <select id=${name} @change=${(event: Event) => this.go({ [name]: (event.target as HTMLSelectElement).value })}>
        <option value="" ?selected=${!this[name]}>${any}</option>
        ${Object.entries(words).map(([word, said]) => html`<option value=${word} ?selected=${this[name] === word}>${tx(said)}</option>`)}
      </select>
    </div>`
    const kinds = Object.fromEntries(Object.entries(incidentClasses).map(([name, { label }]) => [name, label]))
    return html`<form class="filters" role="search" aria-label=${t`Filter the incidents`} @submit=${(event: Event) => event.preventDefault()}>
      ${choice('owner', t`Who is on it`, incidentOwners, t`Anyone or no one`)} ${choice('kind', t`What is wrong`, kinds, t`Anything`)}
      ${choice('silenced', t`Silenced`, { no: t`Not silenced`, yes: t`Silenced` }, t`Silenced or not`)}
      <div>
        <label for="queue">${t`Queue`}</label>
        <input id="queue" maxlength="300" autocomplete="off" spellcheck="false" .value=${this.queue} @change=${(event: Event) => this.go({ queue: (event.target as HTMLInputElement).value.trim() })} />
      </div>
      ${this.narrowed ? html`<button type="button" class="button" @click=${() => this.go({ owner: '', kind: '', queue: '', silenced: '' })}>${t`Clear all`}</button>` : nothing}
    </form>`
  }

  private content(late?: Problem) {
    const { shown } = this
    if (!shown || shown.key !== this.pageKey) return late ? problemPanel(late, this.list.reload) : skeletonRows(4)
    return html`${staleNote(late, this.list.reload)} ${this.view.render((view) => this.listed(shown, view, late), () => skeletonRows(4))}`
  }

  private listed(shown: Shown, { incidentRow, noneOpen, watchNote }: Awaited<ReturnType<typeof loadList>>, late?: Problem) {
    const data = this.list.data!
    return html`${this.resolved ? nothing : watchNote(data.watch)} ${this.news(shown)}
    ${shown.rows.length === 0
      ? this.nothingThere(noneOpen)
      : html`<ul class="card ${late || data.watch.state === 'unknown' ? 'stale' : ''}" aria-label=${this.resolved ? t`Resolved incidents` : t`Open incidents`}>
          ${repeat(
            underCauses(shown.rows),
            ({ row }) => row.incident.id,
            (each) => incidentRow(each, { base: this.base, ask: this.ask, locale: this.language, rowActions: this.rowActions }),
          )}
        </ul>`}
    ${pager({ trail: this.trail, next: data.nextCursor, move: (trail) => (this.trail = trail) })}`
  }

  private nothingThere(noneOpen: Awaited<ReturnType<typeof loadList>>['noneOpen']) {
    if (this.resolved) return emptyState(this.narrowed ? t`No resolved incident matches` : t`No resolved incident`, t`Incidents are listed here once they are resolved.`)
    return noneOpen(this.list.data!.watch, this.narrowed)
  }

  /** What was added and removed in the meantime; rows do not move while they are being read. */
  private news(shown: Shown) {
    const { fresh, gone } = changes(shown, this.list.data!.items)
    const left = gone === 0 ? '' : this.resolved ? t`${gone} no longer resolved` : t`${gone} no longer open`
    const words = [fresh > 0 ? t`${fresh} new` : '', left].filter(Boolean).join(', ')
    return html`<div role="status" class="news">
      ${words ? html`<button type="button" class="button primary" @click=${this.showNews}>${t`${words} · show`}</button>` : nothing}
    </div>`
  }

  /** Why this actor may not change any incident; shown once at the top. */
  private get readOnly(): string {
    const permissions = operationsOn('incident').flatMap((action) => this.session?.permissions[action] ?? [])
    if (permissions.length === 0 || permissions.some(({ allowed }) => allowed)) return ''
    return permissions[0]!.reason ?? t`Your account may not do this.`
  }

  private get resolved(): boolean {
    return this.state === 'resolved'
  }

  private get narrowed(): boolean {
    return Boolean(this.owner || this.kind || this.queue || this.silenced)
  }

  private get values() {
    const { state, owner, kind, queue, silenced } = this
    return { state, owner, kind, queue, silenced }
  }

  private get pageKey(): string {
    return JSON.stringify([this.values, this.trail, this.limit])
  }

  private hrefWith(change: Partial<OpsIncidents['values']>): string {
    return `${this.base}${address({ path: '/incidents', query: { ...this.values, ...change } })}`
  }

  private go(change: Partial<OpsIncidents['values']>) {
    Object.assign(this, change)
    filtered(this, { path: '/incidents', query: this.values })
  }

  private readonly ask = (ask: Ask): void => void this.confirm.open(ask)

  private readonly showNews = () => {
    this.shown = show(this.pageKey, this.list.data?.items ?? [])
  }
}

function openCount(count: number, more: boolean): string {
  return more ? t`${count}+ open incidents` : tn(count, '# open incident', '# open incidents')
}

function resolvedCount(count: number, more: boolean): string {
  return more ? t`${count}+ resolved incidents` : tn(count, '# resolved incident', '# resolved incidents')
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-incidents': OpsIncidents
  }
}
