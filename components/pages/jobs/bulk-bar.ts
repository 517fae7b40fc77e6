import { html, nothing, type TemplateResult } from 'lit'
import type { Session } from '../../../schemas/actor.ts'
import { operationActions } from '../../../schemas/actions.ts'
import { countOf } from '../../../schemas/plural.ts'
import { type JobOperation, jobOperations, offeredIn, refusedAltogether } from './operations.ts'
import type { Row } from './rows.ts'
import { countSelected, type Selected } from './selection.ts'

export interface BulkBar {
  selected: Selected
  page: Row[]
  /** How many match the filters, as shown above the table; empty while it is not known. */
  matching: string
  /** Are there others than those of this page? */
  more: boolean
  session: Session | undefined
  ask: (action: JobOperation) => void
  all: () => void
  clear: () => void
}

/** What can be done to the chosen jobs; not there while none is chosen. */
export function bulkBar({ selected, page, matching, more, session, ask, all, clear }: BulkBar): TemplateResult | typeof nothing {
  const count = countSelected(selected)
  if (count === 0 && !selected.all) return nothing
  const wholePage = page.length > 0 && page.every(({ job }) => selected.seen.has(job.id))
  const wider = !selected.all && wholePage && more
  const refusals = [...new Set(offered(selected, page).map((action) => refusedAltogether(session, action)))].filter(Boolean)
  return html`<section class="bulk-bar" part="bulk-bar" aria-label="Chosen jobs">
    <div class="choices">
      <b class="num" role="status">${selected.all ? `All ${matching && `${matching} `}jobs that match are chosen` : `${countOf(count, 'job')} chosen`}</b>
      ${wider ? html`<button type="button" class="button" @click=${all}>${`Choose all ${matching && `${matching} `}that match`}</button>` : nothing}
      <span class="do-bulk">${offered(selected, page).map((action) => {
        const refused = refusedAltogether(session, action)
        return html`<button type="button" class="button" ?disabled=${refused !== ''} title=${refused || nothing} aria-describedby=${refused ? 'why-not-bulk' : nothing} @click=${() => ask(action)}>${`${operationActions[action].label}…`}</button>`
      })}</span>
      <button type="button" class="button" @click=${clear}>Choose none</button>
    </div>
    ${refusals.length > 0 ? html`<p class="refusal" id="why-not-bulk">${refusals.join(' ')}</p>` : nothing}
  </section>`
}

/** What at least one of the chosen jobs may be in the state for; of those that are not on this page nobody knows. */
function offered(selected: Selected, page: Row[]): JobOperation[] {
  const chosen = page.filter(({ job }) => selected.seen.has(job.id))
  if (selected.all || chosen.length < countSelected(selected)) return jobOperations
  return jobOperations.filter((action) => chosen.some(({ job }) => offeredIn(job.state).includes(action)))
}
