import { css, html, nothing, type TemplateResult } from 'lit'
import type { Bundle } from '../../schemas/forensics.ts'
import { countOf } from '../../schemas/plural.ts'
import { chip } from './chip.ts'
import { sentence } from './sentence.ts'

/** The runbook, for operators new to the problem: why now, prerequisites, cautions, and the steps in order. */
export function runbookEntry({ title, whyNow, prerequisites, cautions, steps }: Bundle['runbook']): TemplateResult {
  return html`<section class="card" part="runbook" aria-label="Runbook">
    <details class="runbook">
      <summary><b>${title}</b>: what to do (${countOf(steps.length, 'step')})</summary>
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
    padding: 10px 16px;
    font-size: 13px;
    cursor: pointer;
  }
  .runbook-body {
    padding: 0 16px 14px;
    font-size: 13px;
  }
  .runbook-body {
    display: grid;
    gap: 12px;
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
