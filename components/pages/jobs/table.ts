import { html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { Job } from '../../../schemas/job.ts'
import type { JobState } from '../../../schemas/vocabulary.ts'
import { t } from '../../core/words.ts'
import type { MenuItem } from '../../parts/menu.ts'
import { type ColumnName, columns, columnsInOrder, leadingCells, timeTitle } from './columns.ts'
import type { Preferences } from './preferences.ts'
import { jobsOf, type Row, type Shown, timeOf } from './rows.ts'
import type { Selected } from './selection.ts'

export interface JobTable {
  base: string
  /** Query of the list; empty for the whole list. */
  list: string
  preferences: Preferences
  selected: Selected
  /** Set if only jobs in this state are listed. */
  state: JobState | undefined
  order: 'newest' | 'oldest'
  turn: () => void
  /** What is shown is not what was asked for last. */
  stale: boolean
  busy: boolean
  /** Id of the job in the sheet. */
  current: string
  pressed: (event: KeyboardEvent) => void
  pick: (jobs: Job[], chosen: boolean) => void
  ticked: (event: MouseEvent, job: Job) => void
  clicked: (event: MouseEvent, job: Job) => void
  /** What may be done to a job, as far as its state says and as the server says. They come a moment after the list. */
  actions?: (job: Job) => MenuItem[]
  load?: (job: Job) => Promise<MenuItem[]>
}

/** More columns than this share the room more closely. */
const usualColumns = 4

export function jobTable(shown: Shown, table: JobTable): TemplateResult {
  const { rows, by } = shown
  const { preferences, selected, state, order, turn, stale, busy, current, pressed, pick } = table
  const names = columnsInOrder(preferences.columns)
  const some = rows.some(({ job }) => selected.seen.has(job.id))
  const whole = selected.all || rows.every(({ job }) => selected.seen.has(job.id))
  const look = [stale && 'stale', preferences.dense && 'dense', current && 'beside', names.length > usualColumns && 'many', state && 'single', (state === 'discarded' || state === 'retryable') && 'failed'].filter(Boolean).join(' ')
  return html`<div class="card ${look}">
    <table role="table" aria-label=${t`Jobs`} aria-busy=${busy} part="table" @keydown=${pressed}>
      <thead role="rowgroup">
        <tr role="row">
          <th scope="col" role="columnheader" class="pick">
            <label
              ><input
                type="checkbox"
                aria-label=${t`Choose every job of this page`}
                .checked=${whole}
                .indeterminate=${some && !whole}
                @change=${(event: Event) => pick(jobsOf(rows), (event.target as HTMLInputElement).checked)}
            /></label>
          </th>
          <th scope="col" role="columnheader" class="job">${t`Job`}</th>
          ${state ? nothing : html`<th scope="col" role="columnheader" class="state">${t`State`}</th>`}
          ${names.map((name) => html`<th scope="col" role="columnheader" class=${classOf(name)}>${columns[name].title()}</th>`)}
          <th scope="col" role="columnheader" class="at" aria-sort=${order === 'newest' ? 'descending' : 'ascending'}>
            <button type="button" class="turn" @click=${turn}>${timeTitle(by)} <span aria-hidden="true">${order === 'newest' ? '↓' : '↑'}</span></button>
          </th>
          <th scope="col" role="columnheader" class="do"><span class="hidden-text">${t`Actions`}</span></th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${repeat(
          rows,
          ({ job }) => job.id,
          (row, index) => jobRow(row, index, names, shown, table),
        )}
      </tbody>
    </table>
  </div>`
}

const classOf = (name: ColumnName) => (name === 'error' ? 'error-column' : name)

function jobRow(row: Row, index: number, names: ColumnName[], { by }: Shown, table: JobTable) {
  const { base, list, preferences, state, selected, current, ticked, clicked } = table
  const { job, left } = row
  const chosen = selected.all || selected.seen.has(job.id)
  const name = `${job.worker ?? job.queue} ${job.id}`
  return html`<tr role="row" part="row" class="row ${chosen ? 'chosen' : ''} ${left ? 'left' : ''} ${job.id === current ? 'current' : ''}" @click=${(event: MouseEvent) => clicked(event, job)}>
    <td role="cell" class="pick">
      <label><input type="checkbox" data-row=${index} aria-label=${t`Choose ${name}`} .checked=${chosen} @click=${(event: MouseEvent) => ticked(event, job)} /></label>
    </td>
    ${leadingCells(row, { base, list, single: state !== undefined, by })}
    ${names.map((column) => {
      const cell: unknown = columns[column].cell(job, base)
      const empty = cell === nothing || (Array.isArray(cell) && cell.length === 0)
      return html`<td role="cell" class="fact ${classOf(column)} ${empty ? 'nothing' : ''}">
        <span class="caption" aria-hidden="true">${columns[column].title()}</span><span class="value">${cell}</span>
      </td>`
    })}
    <td role="cell" class="at"><ops-time at=${timeOf(job, by)} show=${preferences.exact ? 'exact' : 'relative'}></ops-time></td>
    <td role="cell" class="do"><ops-menu label=${t`Actions for ${name}`} .items=${table.actions?.(job) ?? []} .load=${table.load && (() => table.load!(job))}></ops-menu></td>
  </tr>`
}
