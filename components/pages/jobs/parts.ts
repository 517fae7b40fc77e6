import { html, nothing } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { Session } from '../../../schemas/actor.ts'
import type { BulkRun } from '../../../schemas/bulk.ts'
import type { JobFilters, JobHistogram } from '../../../schemas/job.ts'
import type { JobState } from '../../../schemas/vocabulary.ts'
import type { Connection } from '../../core/connection.ts'
import { t } from '../../core/words.ts'
import type { Ask } from '../../parts/operation-fields.ts'
import type { PickedRange } from '../../parts/range-picker.ts'
import type { SearchDetail } from '../../parts/search-bar.ts'
import { segments } from '../../parts/segments.ts'
import { bulkBar, thumbBar } from './bulk-bar.ts'
import type { Choosing } from './choosing.ts'
import { timeTitle } from './columns.ts'
import type { FilterName, FilterValues } from './filters.ts'
import { refusedAltogether } from './operations.ts'
import type { Preferences } from './preferences.ts'
import type { Shown } from './rows.ts'
import { changeFor, conditionsOf } from './search.ts'
import { searchKeys } from './search-keys.ts'
import { selectionOf } from './selection.ts'
import { summaryLine } from './summary.ts'
import type { Walk } from './walk.ts'

export interface Change extends Partial<FilterValues> {
  order?: string
  bulk?: string
  last?: string
  group?: string
}

/** What the parts of the page that are loaded late need of it. */
export interface PageParts {
  connection: Connection | undefined
  session: Session | undefined
  base: string
  language: string | undefined
  values: FilterValues
  fixed: readonly FilterName[]
  filters: JobFilters
  /** Query of the list, for the pages of its jobs. */
  listQuery: string
  /** The only state that is listed. */
  single: JobState | undefined
  failedOnly: boolean
  range: PickedRange
  order: string
  shownOrder: 'newest' | 'oldest'
  group: string
  shown: Shown | undefined
  asOf: string | undefined
  matching: string
  more: boolean
  searched: string | undefined
  histogram: JobHistogram | undefined
  preferences: Preferences | undefined
  choosing: Choosing
  walk: Walk | undefined
  inSheet: string
  bulk: string
  begun: string
  runs: BulkRun[]
  titles: Map<string, string>
  go: (change: Change) => void
  pickRange: (range: PickedRange) => void
  turn: () => void
  keep: (preferences: Preferences) => void
  ask: (ask: Ask) => void
  closeSheet: () => void
  chooseView: (filters: Record<string, string>) => void
  acted: () => void
}

/** Saved views, exports and when the list was read. */
export function headTools({ connection, session, asOf, values, range, order, filters, chooseView }: PageParts) {
  return html`<div class="tools">
    ${asOf ? html`<span class="muted small num">${t`as of`} <ops-time show="relative" at=${asOf}></ops-time></span>` : nothing}
    <ops-job-views .filters=${values} .last=${range.last ?? ''} .order=${order} @ops-view=${({ detail }: CustomEvent<Record<string, string>>) => chooseView(detail)}></ops-job-views>
    <ops-export .connection=${connection} endpoint="exportJobs" .filters=${filters} name="jobs" .session=${session}></ops-export>
  </div>`
}

export function searchBar({ connection, session, fixed, values, titles, range, go, pickRange }: PageParts) {
  const keys = searchKeys({ connection: () => connection, lacks: session?.engine.lacks ?? {}, fixed, values: () => values, name: (fingerprint, title) => titles.set(fingerprint, title) })
  const findLastDeploy = async () => (await connection!.client.listDeploys({ query: { limit: 1 } })).items[0]?.at ?? null
  return html`<ops-search
    exportparts="search: filters"
    label=${t`Search jobs`}
    placeholder=${t`Search jobs: queue, error, args., cron, id, or any words`}
    hotkey="/"
    .keys=${keys}
    .filters=${conditionsOf(values, titles, fixed)}
    @ops-search=${({ detail }: CustomEvent<SearchDetail>) => go(changeFor(detail.filters, fixed))}
  >
    <ops-range slot="end" .range=${range} .lastDeploy=${findLastDeploy} label=${t`Time`} @ops-range=${({ detail }: CustomEvent<PickedRange>) => pickRange(detail)}></ops-range>
  </ops-search>`
}

/** The run of this page, and those that are under way. */
export function bulkRuns({ runs, bulk, begun, ask, go, acted }: PageParts) {
  const running = runs.filter(({ status }) => status === 'queued' || status === 'running').map(({ id }) => id)
  return repeat(
    [...new Set([bulk, ...running])].filter(Boolean),
    (id) => id,
    (id) => html`<ops-bulk-run part="bulk-run" run-id=${id} ?closable=${id === bulk} ?begun=${id === begun} .ask=${ask} @ops-close=${() => go({ bulk: '' })} @ops-ended=${acted}></ops-bulk-run>`,
  )
}

/** How many there are, when, and how they are shown. */
export function summary(parts: PageParts) {
  const { session, group, shown, shownOrder, inSheet, preferences, matching, searched, histogram, failedOnly, language, go, turn, keep, pickRange } = parts
  const grouped = group === 'error'
  const end = html`${session?.engine.lacks.failures ? nothing : segments({ label: t`How the jobs are shown`, words: { '': t`List`, error: t`By error` }, current: grouped ? 'error' : '', choose: (value) => go({ group: value }) })}
    ${grouped || !shown || inSheet ? nothing : html`<button type="button" class="button narrow" @click=${turn}>${timeTitle(shown.by)} ${shownOrder === 'newest' ? '↓' : '↑'}</button>`}
    ${preferences && !grouped ? html`<ops-view-options .preferences=${preferences} .keep=${keep}></ops-view-options>` : nothing} ${grouped || inSheet ? nothing : retryAll(parts)}`
  return summaryLine({ matching, window: searched, histogram: grouped ? undefined : histogram, failed: failedOnly, locale: language, range: pickRange, end })
}

/** Failed jobs are listed to retry them: as long as none is chosen, all that match are one press away. On a phone this is at the thumb. */
function retryAll({ choosing, shown, matching, failedOnly, session, filters, ask }: PageParts) {
  const none = choosing.selected.seen.size === 0 && !choosing.selected.all
  if (!failedOnly || !none || !shown?.rows.length || refusedAltogether(session, 'retry_job')) return nothing
  return html`<button type="button" class="button all" @click=${() => ask({ action: 'retry_job', selection: { filter: filters } })}>${matching ? t`Retry all ${matching}…` : t`Retry all…`}</button>`
}

export function byError({ connection, base, filters, session, ask, titles, go }: PageParts) {
  const list = ({ detail: { fingerprint, title } }: CustomEvent<{ fingerprint: string; title: string }>) => {
    titles.set(fingerprint, title)
    go({ errorGroup: fingerprint, error: '', words: '', group: '' })
  }
  return html`<ops-jobs-by-error .connection=${connection} .base=${base} .filters=${filters} .refused=${refusedAltogether(session, 'retry_job')} .ask=${ask} @ops-group=${list}></ops-jobs-by-error>`
}

/** What can be done to the chosen jobs; on a phone, what one most likely came for. */
export function deeds({ choosing, shown, inSheet, single, matching, more, session, filters, failedOnly, ask }: PageParts) {
  const { selected } = choosing
  const rows = shown?.rows ?? []
  const none = selected.seen.size === 0 && !selected.all
  if (none && rows.length > 0 && failedOnly && !inSheet) {
    return thumbBar({
      matching,
      refused: refusedAltogether(session, 'retry_job'),
      choose: () => choosing.pick(rows.map(({ job }) => job), true),
      retry: () => ask({ action: 'retry_job', selection: { filter: filters } }),
    })
  }
  return bulkBar({
    selected,
    page: rows,
    state: single,
    matching,
    more,
    session,
    ask: (action) => ask({ action, selection: selectionOf(selected, filters) }),
    all: () => choosing.set({ ...selected, all: true }),
    clear: choosing.clear,
  })
}

/** The job beside the list. */
export function sheet({ connection, session, base, language, inSheet, listQuery, walk, ask, closeSheet }: PageParts) {
  return html`<ops-job-sheet
    exportparts="sheet"
    .connection=${connection}
    .session=${session}
    .base=${base}
    .locale=${language}
    .job=${inSheet}
    .list=${listQuery}
    .steps=${walk?.steps}
    .place=${walk?.placeInList ?? ''}
    .ask=${ask}
    .returnTo=${walk?.row}
    @ops-close=${closeSheet}
    @ops-step=${({ detail }: CustomEvent<1 | -1>) => walk?.step(detail)}
  ></ops-job-sheet>`
}
