import { css, html, nothing, type TemplateResult } from 'lit'
import type { Bundle } from '../../schemas/forensics.ts'
import { chip } from './chip.ts'
import { sentence } from './sentence.ts'

/** The runbook, for operators new to the problem: why now, prerequisites, cautions, and the steps in order. */
export function runbookEntry({ title, whyNow, prerequisites, cautions, steps }: Bundle['runbook']): TemplateResult {
  return html`<section class="card padded" part="runbook" aria-labelledby="runbook-title">
    <h3 id="runbook-title" class="section-title">Runbook</h3>
    <details class="runbook" open>
      <summary>Open runbook entry: <b>${title}</b></summary>
      <div class="runbook-body">
        <p><span class="caption">Why now</span>${sentence(whyNow)}</p>
        ${prerequisites.length > 0 ? html`<div><span class="caption">Prerequisites</span><ul>${prerequisites.map(prerequisite)}</ul></div>` : nothing}
        ${cautions.length > 0
          ? html`<div><span class="caption">Cautions</span><ul class="cautions">${cautions.map((caution) => html`<li>${sentence(caution)}</li>`)}</ul></div>`
          : nothing}
        ${steps.length > 0 ? html`<div><span class="caption">Steps</span><ol class="steps">${steps.map((step) => html`<li>${sentence(step)}</li>`)}</ol></div>` : nothing}
      </div>
    </details>
  </section>`
}

function prerequisite({ label, met }: { label: string; met: boolean }) {
  return html`<li>${met ? chip('resolved', 'met') : chip('blocked', 'not met')} ${label}</li>`
}

export const runbookStyles = css`
  .runbook summary {
    cursor: pointer;
  }
  .runbook-body {
    display: grid;
    gap: 12px;
    margin-top: 12px;
  }
  .caption {
    display: block;
    margin-bottom: 2px;
    font-size: 12px;
    font-weight: 600;
    color: var(--_muted);
  }
  .runbook-body li + li {
    margin-top: 4px;
  }
  .cautions li {
    padding-inline-start: 10px;
    border-inline-start: 3px solid var(--_waiting);
  }
  .steps {
    padding-inline-start: 20px;
    list-style: decimal;
  }
`
