import { html, nothing, type TemplateResult } from 'lit'
import type { Bundle } from '../../schemas/forensics.ts'
import { completenessStates, followUpStatuses } from '../../schemas/vocabulary.ts'
import { sentence } from './sentence.ts'
import './time.ts'

const meanings: Record<string, string> = {
  complete: 'Every source this subject needs covers the whole window.',
  partial_evidence: 'Where evidence is missing, what happened is unknown. It counts neither as missed nor as fine.',
  history_unavailable: 'No source reaches this window.',
  unknown: 'The subject was not found, so there is nothing to show.',
}

/** The completeness of the evidence, and what was withheld. */
export function evidenceBoundary({ completeness, window, withheld }: Bundle): TemplateResult {
  const { state, reasons } = completeness
  return html`<section class="card padded boundary ${state === 'complete' ? '' : 'open'}" part="boundary" aria-labelledby="boundary-title">
    <h3 id="boundary-title" class="section-title">Evidence boundary</h3>
    <p><b>${completenessStates[state] ?? completenessStates.unknown}</b>: ${meanings[state] ?? meanings.unknown}</p>
    ${reasons.length > 0 ? html`<ul class="reasons">${reasons.map((reason) => html`<li class="wrap">${sentence(reason)}</li>`)}</ul>` : nothing}
    ${window
      ? html`<p class="small muted">Window: <ops-time at=${window.from} show="exact" coarse></ops-time> to <ops-time at=${window.to} show="exact" coarse></ops-time></p>`
      : nothing}
    ${withheld.length > 0 ? html`<p role="note">Withheld, because your account may not see it: ${withheld.join(', ')}.</p>` : nothing}
  </section>`
}

/** What we observed of the host's follow-up; whether it reached anyone, only the host knows. */
export function followUpNote(followUp: Bundle['followUp']): TemplateResult | typeof nothing {
  if (!followUp) return nothing
  return html`<section class="card padded" part="follow-up" aria-labelledby="follow-up-title">
    <h3 id="follow-up-title" class="section-title">Follow-up</h3>
    <p>
      <b>${followUpStatuses[followUp.status] ?? followUp.status}</b>${followUp.at ? html` <ops-time at=${followUp.at}></ops-time>` : nothing}
      ${followUp.status === 'unconfigured' ? html`— this host has no escalation handler.` : nothing}
    </p>
    ${followUp.detail ? html`<p class="muted wrap">${followUp.detail}</p>` : nothing}
  </section>`
}
