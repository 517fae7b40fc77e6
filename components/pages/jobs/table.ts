import { html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { evidencePath, operationActions } from '../../../schemas/actions.ts'
import type { Session } from '../../../schemas/actor.ts'
import type { Job, JobDetail } from '../../../schemas/job.ts'
import { mayOpen } from '../../core/views.ts'
import type { MenuItem } from '../../parts/menu.ts'
import type { Ask } from '../../parts/operation-fields.ts'
import { columns, leadingCells } from './columns.ts'
import { type JobOperation, offeredIn, onEvidence, refusedFor } from './operations.ts'
import type { Preferences } from './preferences.ts'
import { jobsOf, type Row } from './rows.ts'
import type { Selected } from './selection.ts'

export interface JobTable {
  base: string
  session: Session | undefined
  preferences: Preferences | undefined
  selected: Selected
  /** What is shown is not what was asked for last. */
  stale: boolean
  busy: boolean
  pressed: (event: KeyboardEvent) => void
  pick: (jobs: Job[], chosen: boolean) => void
  ticked: (event: MouseEvent, job: Job) => void
  clicked: (event: MouseEvent, job: Job) => void
  ask: (ask: Ask) => void
  /** What the server says may be done to it now; nothing when it does not answer. */
  look: (job: Job) => Promise<JobDetail['operations'] | undefined>
}

/** More columns than this share the room more closely. */
const usualColumns = 5

export function jobTable(rows: Row[], table: JobTable): TemplateResult {
  const { preferences, selected, stale, busy, pressed, pick } = table
  const shown = preferences?.columns ?? []
  const some = rows.some(({ job }) => selected.seen.has(job.id))
  const whole = selected.all || rows.every(({ job }) => selected.seen.has(job.id))
  return html`<div class="card ${stale ? 'stale' : ''} ${preferences?.dense ? 'dense' : ''} ${shown.length > usualColumns ? 'many' : ''}">
    <table role="table" aria-label="Jobs" aria-busy=${busy} part="table" @keydown=${pressed}>
      <thead role="rowgroup">
        <tr role="row">
          <th scope="col" role="columnheader" class="pick">
            <label
              ><input
                type="checkbox"
                aria-label="Choose every job of this page"
                .checked=${whole}
                .indeterminate=${some && !whole}
                @change=${(event: Event) => pick(jobsOf(rows), (event.target as HTMLInputElement).checked)}
            /></label>
          </th>
          <th scope="col" role="columnheader">Job</th>
          <th scope="col" role="columnheader">State</th>
          ${shown.map((name) => html`<th scope="col" role="columnheader">${columns[name].title}</th>`)}
          <th scope="col" role="columnheader"><span class="hidden-text">Actions</span></th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${repeat(
          rows,
          ({ job }) => job.id,
          (row, index) => jobRow(row, index, table),
        )}
      </tbody>
    </table>
  </div>`
}

function jobRow(row: Row, index: number, table: JobTable) {
  const { base, preferences, selected, ticked, clicked } = table
  const { job, left } = row
  const chosen = selected.all || selected.seen.has(job.id)
  const name = `${job.worker ?? job.queue} ${job.id}`
  return html`<tr role="row" part="row" class="row ${chosen ? 'chosen' : ''} ${left ? 'left' : ''}" @click=${(event: MouseEvent) => clicked(event, job)}>
    <td role="cell" class="pick">
      <label><input type="checkbox" data-row=${index} aria-label="Choose ${name}" .checked=${chosen} @click=${(event: MouseEvent) => ticked(event, job)} /></label>
    </td>
    ${leadingCells(row, base)}
    ${(preferences?.columns ?? []).map((column) => {
      const cell: unknown = columns[column].cell(job, base)
      const empty = cell === nothing || (Array.isArray(cell) && cell.length === 0)
      return html`<td role="cell" class="fact ${column === 'error' ? 'error-column' : column} ${empty ? 'nothing' : ''}">
        <span class="caption" aria-hidden="true">${columns[column].title}</span><span>${cell}</span>
      </td>`
    })}
    <td role="cell" class="do"><ops-menu label="Actions for ${name}" .items=${actionsOn(job, table)} .load=${async () => actionsOn(job, table, (await table.look(job)) ?? 'unknown')}></ops-menu></td>
  </tr>`
}

/**
 * What may be done to one job. Whose discard it was and whether an executor is missing only the server knows: until it has said so,
 * what depends on it waits. When it does not answer, the preview will.
 */
function actionsOn(job: Job, { base, session, ask }: JobTable, said?: JobDetail['operations'] | 'unknown'): MenuItem[] {
  const refused = (action: JobOperation) => {
    if (said === undefined) return refusedFor(session, action, job.state) || (onEvidence.has(action) ? 'Checking…' : '')
    const permission = said === 'unknown' ? undefined : said[action]
    return permission ? (permission.allowed ? '' : (permission.reason ?? 'Your account may not do this.')) : refusedFor(session, action, job.state)
  }
  const forensics = base + evidencePath('job', job.id)
  return [
    ...offeredIn(job.state).map((action) => ({
      label: `${operationActions[action].label}…`,
      refused: refused(action),
      choose: () => ask({ action, id: job.id, seen: job.version }),
    })),
    ...(mayOpen(session, base, forensics) ? [{ label: 'Open forensics', href: forensics }] : []),
  ]
}
