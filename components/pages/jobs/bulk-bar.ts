import { html, nothing, type TemplateResult } from 'lit'
import type { Session } from '../../../schemas/actor.ts'
import { operationActions } from '../../../schemas/actions.ts'
import { countOf } from '../../parts/count.ts'
import { type JobOperation, jobOperations, refusedAltogether } from './operations.ts'
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
  const offered = !selected.all && wholePage && more
  const refusals = [...new Set(jobOperations.map((action) => refusedAltogether(session, action)))].filter(Boolean)
  return html`<section class="bulk-bar" part="bulk-bar" aria-label="Chosen jobs">
    <div class="choices">
      <b class="num" role="status">${selected.all ? `All ${matching && `${matching} `}jobs that match are chosen` : `${countOf(count, 'job')} chosen`}</b>
      ${offered ? html`<button type="button" class="button" @click=${all}>${`Choose all ${matching && `${matching} `}that match`}</button>` : nothing}
      <span class="do-bulk">${jobOperations.map((action) => {
        const refused = refusedAltogether(session, action)
        return html`<button type="button" class="button" ?disabled=${refused !== ''} title=${refused || nothing} aria-describedby=${refused ? 'why-not-bulk' : nothing} @click=${() => ask(action)}>${`${operationActions[action].label}…`}</button>`
      })}</span>
      <button type="button" class="button" @click=${clear}>Choose none</button>
    </div>
    ${refusals.length > 0 ? html`<p class="refusal" id="why-not-bulk">${refusals.join(' ')}</p>` : nothing}
  </section>`
}
