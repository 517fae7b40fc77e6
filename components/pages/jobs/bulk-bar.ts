import { html, nothing, type TemplateResult } from 'lit'
import type { Session } from '../../../schemas/actor.ts'
import { operationActions } from '../../../schemas/actions.ts'
import type { JobState } from '../../../schemas/vocabulary.ts'
import { t, tn, tx } from '../../core/words.ts'
import type { MenuItem } from '../../parts/menu.ts'
import { type JobOperation, jobOperations, offeredIn, refusedAltogether, statesOf } from './operations.ts'
import type { Row } from './rows.ts'
import { countSelected, type Selected } from './selection.ts'

export interface BulkBar {
  selected: Selected
  page: Row[]
  /** Set if all jobs that match are in this state. */
  state: JobState | undefined
  /** How many match the filters, as shown above the table; empty while it is not known. */
  matching: string
  /** Are there others than those of this page? */
  more: boolean
  session: Session | undefined
  ask: (action: JobOperation) => void
  all: () => void
  clear: () => void
}

/** What can be done to the chosen jobs: what is possible as buttons, the rest in a menu with its reason. Not there while none is chosen. */
export function bulkBar({ selected, page, state, matching, more, session, ask, all, clear }: BulkBar): TemplateResult | typeof nothing {
  const count = countSelected(selected)
  if (count === 0 && !selected.all) return nothing
  const wholePage = page.length > 0 && page.every(({ job }) => selected.seen.has(job.id))
  const wider = !selected.all && wholePage && more
  const [possible, impossible] = offered(selected, page, state, session)
  const refusals = possible.length > 0 ? [] : [...new Set(impossible.map(({ refused }) => refused!))]
  const chosen = selected.all ? (matching ? t`All ${matching} jobs that match are chosen` : t`All jobs that match are chosen`) : tn(count, '# job chosen', '# jobs chosen')
  return html`<section class="bulk-bar" part="bulk-bar" aria-label=${t`Chosen jobs`}>
    <div class="choices">
      <b class="num" role="status">${chosen}</b>
      ${wider ? html`<button type="button" class="button" @click=${all}>${matching ? t`Choose all ${matching} that match` : t`Choose all that match`}</button>` : nothing}
      <span class="do-bulk">${
        possible.length > 0
          ? possible.map((action, index) => html`<button type="button" class="button ${index === 0 ? 'primary' : ''}" data-action=${action} @click=${() => ask(action)}>${`${tx(operationActions[action].label)}…`}</button>`)
          : impossible.map(({ label, action }) => html`<button type="button" class="button" data-action=${action ?? nothing} disabled aria-describedby="why-not-bulk">${label}</button>`)
      }${possible.length > 0 && impossible.length > 0 ? html`<ops-menu label=${t`More for the chosen jobs`} .items=${impossible}></ops-menu>` : nothing}</span>
      <button type="button" class="button" @click=${clear}>${t`Choose none`}</button>
    </div>
    ${refusals.length > 0 ? html`<p class="refusal" id="why-not-bulk">${refusals.join(' ')}</p>` : nothing}
  </section>`
}

export interface ThumbBar {
  matching: string
  /** Why nothing can be retried; the button is left out. */
  refused: string
  choose: () => void
  retry: () => void
}

/** On a phone, where the list ends at the thumb: what one most likely came for. */
export function thumbBar({ matching, refused, choose, retry }: ThumbBar): TemplateResult {
  return html`<div class="thumb">
    <button type="button" class="button" @click=${choose}>${t`Choose these`}</button>
    ${refused ? nothing : html`<button type="button" class="button primary" data-action="retry_job" @click=${retry}>${matching ? t`Retry all ${matching}…` : t`Retry all…`}</button>`}
  </div>`
}

/** What is possible for at least one of the chosen jobs, and the rest. Of jobs that are not on this page the states are unknown. */
function offered(selected: Selected, page: Row[], only: JobState | undefined, session: Session | undefined): [possible: JobOperation[], impossible: MenuItem[]] {
  const chosen = page.filter(({ job }) => selected.seen.has(job.id))
  const unknown = !only && (selected.all || chosen.length < countSelected(selected))
  const states = only ? [only] : [...new Set(chosen.map(({ job }) => job.state))]
  const actions = unknown ? jobOperations : jobOperations.filter((action) => states.some((state) => offeredIn(state).includes(action)))
  const reasons = actions.map((action): [JobOperation, string] => {
    const fits = unknown || states.some((state) => statesOf(action).includes(state))
    return [action, refusedAltogether(session, action) || (fits ? '' : t`Not while they are ${states.join(', ')}.`)]
  })
  return [
    reasons.filter(([, refused]) => !refused).map(([action]) => action),
    reasons.filter(([, refused]) => refused).map(([action, refused]) => ({ action, label: `${tx(operationActions[action].label)}…`, refused })),
  ]
}
