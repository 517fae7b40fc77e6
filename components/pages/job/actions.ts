import { html, nothing, type TemplateResult } from 'lit'
import type { JobDetail } from '../../../schemas/job.ts'
import { type OperationAction, operationActions } from '../../../schemas/actions.ts'
import type { Ask } from '../../parts/operation-fields.ts'
import { ownershipLabel } from '../../parts/ownership.ts'
import { offeredIn } from '../jobs/operations.ts'

/** The permitted operations, and the reasons why others are not. Restore comes first while it is possible. */
export function jobActions({ id, state, operations }: JobDetail, ask: (ask: Ask) => void): TemplateResult {
  const known = offeredIn(state).filter((action) => operations[action])
  const allowed = known.filter((action) => operations[action]!.allowed)
  const refused = known.filter((action) => !operations[action]!.allowed)
  const undo = state === 'discarded' && operations.restore_job?.allowed
  return html`<section class="card padded do" part="actions" aria-labelledby="do-title">
    <h3 id="do-title" class="section-title">What you can do</h3>
    ${ownershipLabel('powertools_native')}
    ${undo ? html`<p>It was discarded here. That can be taken back:</p>` : nothing}
    <div class="buttons">
      ${allowed
        .toSorted((a, b) => Number(b === 'restore_job' && undo) - Number(a === 'restore_job' && undo))
        .map((action) => button(action, action === 'restore_job' && undo ? 'Undo the discard…' : words(action), Boolean(undo && action === 'restore_job')))}
      ${refused.map((action) => html`<button type="button" class="button" disabled aria-describedby="why-${action}">${words(action)}</button>`)}
    </div>
    ${reasons()}
  </section>`

  function words(action: OperationAction): string {
    return `${operationActions[action].label}…`
  }

  function button(action: OperationAction, label: string, primary: boolean) {
    return html`<button type="button" class="button ${primary ? 'primary' : ''}" @click=${() => ask({ action, id })}>${label}</button>`
  }

  /** A reason shared by all of them is shown once. */
  function reasons() {
    const said = refused.map((action) => operations[action]!.reason ?? 'Your account may not do this.')
    if (said.length === 0) return nothing
    if (new Set(said).size === 1 && said.length > 1) {
      return html`<p class="refusal">${said[0]}${refused.map((action) => html`<span class="hidden-text" id="why-${action}">${said[0]}</span>`)}</p>`
    }
    return html`<ul class="refusals">
      ${refused.map((action, index) => html`<li class="refusal" id="why-${action}"><b>${operationActions[action].label}</b>: ${said[index]}</li>`)}
    </ul>`
  }
}
