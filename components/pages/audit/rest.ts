import type { ReactiveControllerHost, TemplateResult } from 'lit'
import { html, nothing } from 'lit'
import type { AuditEvent, AuditFilters } from '../../../schemas/audit.ts'
import type { Connection } from '../../core/connection.ts'
import { Keys } from '../../core/keys.ts'
import { problemOf } from '../../core/problem.ts'
import { Resource } from '../../core/resource.ts'
import type { Day } from '../../parts/audit-days.ts'
import type { FilterValues } from '../../parts/audit-filter-names.ts'
import '../../parts/audit-words-more.ts'
import '../../parts/export.ts'
import { runParts, type Unfolded } from './batches.ts'
import { boundsOf, dayCounts } from './day-counts.ts'
import { segmentStyles } from '../../parts/segments.ts'
import { restStyles } from './rest-styles.ts'
import { toolbar } from './toolbar.ts'
import { keysOf, step, type Walked } from './walk.ts'

export { runOutcome } from './run-outcome.ts'

/** The page, as far as what is loaded later needs it. */
export interface AuditPage {
  connection: () => Connection | undefined
  values: () => FilterValues
  filters: () => AuditFilters
  loaded: () => AuditEvent[]
  /** The days that are shown without what the system did. */
  countedDays: () => Day[]
  withoutSystem: () => boolean
  change: (change: Partial<FilterValues>) => void
  row: (event: AuditEvent) => TemplateResult
  walked: Walked
}

/** What is not needed to read the first rows: search and presets, keys, counts of the system's events, and the batches of runs. */
export class AuditRest {
  protected readonly keys: Keys
  private readonly unfolded = new Map<string, Unfolded>()
  private readonly bySystem: Resource<Map<string, { events: number; more: boolean }>>
  private readonly host: ReactiveControllerHost & HTMLElement
  private readonly page: AuditPage

  constructor(host: ReactiveControllerHost & HTMLElement, page: AuditPage) {
    this.host = host
    this.page = page
    host.shadowRoot!.adoptedStyleSheets = [...host.shadowRoot!.adoptedStyleSheets, segmentStyles.styleSheet!, restStyles.styleSheet!]
    this.keys = new Keys(host, () => keysOf(page.walked))
    this.bySystem = new Resource(host, {
      connection: () => (page.countedDays().length > 0 ? page.connection() : undefined),
      load: async ({ client }, signal) => {
        const { from: _from, to: _to, q: _q, actors: _actors, ...filters } = page.filters()
        const { periods } = await client.countAuditEvents({ query: { ...filters, actors: 'system', bounds: boundsOf(page.countedDays()).join(',') }, signal })
        return new Map(periods.map((period) => [period.from, period]))
      },
      key: () => [page.values(), page.countedDays().map(({ from }) => from)],
      of: () => page.values(),
      topics: [],
    })
  }

  toolbar(): TemplateResult {
    const { values, loaded, withoutSystem, change } = this.page
    return toolbar({ values: values(), loaded, system: !withoutSystem(), change })
  }

  counts({ from, items }: Day, partial: boolean) {
    const bySystem = this.page.withoutSystem() ? this.bySystem.data?.get(new Date(from).toISOString()) : undefined
    return dayCounts(items, { partial, bySystem, showSystem: () => this.page.change({ system: 'yes' }) })
  }

  /** Moves to the event before or after the one that is shown. */
  step(by: number): boolean {
    return step(this.page.walked, by)
  }

  /** Events that were read as the batches of a run. */
  get partsRead(): AuditEvent[] {
    return [...this.unfolded.values()].flatMap(({ items }) => items ?? [])
  }

  isUnfolded(event: AuditEvent): boolean {
    return this.unfolded.has(event.id)
  }

  parts(event: AuditEvent) {
    const unfolded = this.unfolded.get(event.id)
    if (!unfolded) return nothing
    return html`<li>${runParts(event, unfolded, this.page.row, () => this.set(event.id, { ...unfolded, each: true }))}</li>`
  }

  readonly unfold = async (event: AuditEvent): Promise<void> => {
    if (this.unfolded.delete(event.id)) return this.host.requestUpdate()
    this.set(event.id, {})
    try {
      const { items } = await this.page.connection()!.client.listAuditEvents({ query: { subjectType: 'bulk', subjectId: event.subject.id, limit: 200 } })
      if (this.unfolded.has(event.id)) this.set(event.id, { items })
    } catch (error) {
      this.set(event.id, { failure: problemOf(error).detail })
    }
  }

  private set(id: string, unfolded: Unfolded) {
    this.unfolded.set(id, unfolded)
    this.host.requestUpdate()
  }
}
