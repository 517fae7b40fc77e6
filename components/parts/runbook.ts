import { css, html, nothing, type TemplateResult } from 'lit'
import type { Runbook } from '../../schemas/forensics.ts'
import { t, tn, tr } from '../core/words.ts'
import { chip } from './chip.ts'
import { ownershipLabel } from './ownership.ts'
import { richText, richTextStyles } from './rich-text.ts'
import { sentence } from './sentence.ts'

/** The runbook, for operators new to the problem, in one line until it is opened. */
export function runbookEntry({ title, whyNow, prerequisites, cautions, steps, unsupported, host }: Runbook): TemplateResult {
  return html`<section class="card" part="runbook" aria-label=${t`Runbook`}>
    <details class="runbook">
      <summary>${tr`${html`<b>${title}</b>`}: what to do (${tn(steps.length, '# step', '# steps')})`}</summary>
      <div class="runbook-body">
        <p><span class="caption">${t`Why now`}</span>${sentence(whyNow)}</p>
        ${section(t`Prerequisites`, prerequisites.length, html`<ul>${prerequisites.map(prerequisite)}</ul>`)}
        ${section(t`Cautions`, cautions.length, html`<ul class="cautions">${cautions.map((caution) => html`<li>${sentence(caution)}</li>`)}</ul>`)}
        ${section(t`Steps`, steps.length, html`<ol class="steps">${steps.map(({ ownership, ownershipLabel: owner, text }) => html`<li>${ownershipLabel(ownership, owner, '')} ${sentence(text)}</li>`)}</ol>`)}
        ${section(t`Not supported`, unsupported.length, html`<ul>${unsupported.map(({ what, why }) => html`<li><b>${what}</b>: ${why}</li>`)}</ul>`)}
        ${host ? hostPart(host) : nothing}
      </div>
    </details>
  </section>`
}

function section(caption: string, count: number, content: TemplateResult) {
  return count > 0 ? html`<div><span class="caption">${caption}</span>${content}</div>` : nothing
}

function prerequisite({ label, met }: Runbook['prerequisites'][number]) {
  return html`<li>${met === null ? html`<span class="chip dashed">${t`unknown`}</span>` : met ? chip('resolved', t`met`) : chip('blocked', t`not met`)} ${label}</li>`
}

/** The host's own text comes after the product's, and is marked as the host's. */
function hostPart({ title, blocks, links }: NonNullable<Runbook['host']>) {
  return html`<div part="host-runbook">
    <span class="caption">${ownershipLabel('host_owned')}: ${title}</span>
    ${richText(blocks)}
    ${links.length ? html`<ul class="host-links">${links.map(({ label, href }) => html`<li><a class="wrap" href=${href} rel="noreferrer noopener">${label}</a></li>`)}</ul>` : nothing}
  </div>`
}

export const runbookStyles = [
  richTextStyles,
  css`
  .runbook summary {
    padding: 10px 16px;
    font-size: var(--_medium);
    cursor: pointer;
  }
  .runbook-body {
    padding: 0 16px 14px;
    font-size: var(--_medium);
  }
  .runbook-body {
    display: grid;
    gap: 12px;
  }
  .caption {
    display: block;
    margin-bottom: 2px;
    font-size: var(--_tiny);
    font-weight: var(--_weight-medium);
    color: var(--_muted);
  }
  .runbook-body li + li {
    margin-top: 4px;
  }
  .cautions li {
    padding-inline-start: 10px;
    border-inline-start: 3px solid var(--_waiting);
  }
  .host-links {
    margin-top: 8px;
  }
  .host-links a {
    text-decoration: underline;
  }
  .steps {
    padding-inline-start: 20px;
    list-style: decimal;
  }
`,
]
