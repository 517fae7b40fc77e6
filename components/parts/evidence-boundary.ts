import { css, html, nothing, type TemplateResult } from 'lit'
import type { Bundle } from '../../schemas/forensics.ts'
import { chronologySources } from '../../schemas/forensics-words.ts'
import { exactTime } from '../core/time.ts'
import { t, texts, tx } from '../core/words.ts'
import { chip, completenessChip } from './chip.ts'
import { sentence } from './sentence.ts'

const meanings: Record<string, string> = texts({
  complete: 'Every source this subject needs covers the whole window.',
  partial_evidence: 'Where evidence is missing, what happened is unknown. It counts neither as missed nor as fine.',
  history_unavailable: 'No source reaches this window.',
  unknown: 'The subject was not found, so there is nothing to show.',
})

/** How complete the evidence is, in one line; the reasons, each gap and what was withheld are one click away. */
export function evidenceBoundary({ completeness, window, withheld }: Bundle): TemplateResult {
  const { state, reasons, gaps } = completeness
  const complete = state === 'complete'
  return html`<section class="card boundary ${complete ? '' : 'open'}" part="boundary" aria-label=${t`Evidence boundary`}>
    <p class="small wrap">${complete ? chip('resolved', 'complete') : completenessChip(state)} ${complete ? tx(meanings.complete!) : sentence(reasons[0] ?? tx(meanings[state] ?? meanings.unknown!), { seconds: false })}</p>
    ${withheld.length > 0 ? html`<p class="small" role="note">${t`Withheld, because your account may not see it: ${withheld.join(', ')}.`}</p>` : nothing}
    <details class="small">
      <summary>${t`Why`}</summary>
      <p class="muted">${tx(meanings[state] ?? meanings.unknown!)}</p>
      ${reasons.length > (complete ? 0 : 1) ? html`<ul class="reasons">${reasons.slice(complete ? 0 : 1).map((reason) => html`<li class="wrap">${sentence(reason)}</li>`)}</ul>` : nothing}
      ${gaps.some(({ from, to }) => from ?? to) ? html`<ul class="reasons muted">${gaps.filter(({ from, to }) => from ?? to).map(gapLine)}</ul>` : nothing}
      ${window ? html`<p class="muted">${t`Window: ${timeOf(window.from)} to ${timeOf(window.to)}`}</p>` : nothing}
    </details>
  </section>`
}

function gapLine({ source, from, to, reason }: Bundle['completeness']['gaps'][number]) {
  const stretch = from && to ? t`${timeOf(from)} to ${timeOf(to)}` : from ? t`from ${timeOf(from)}` : t`until ${timeOf(to!)}`
  return html`<li class="wrap">${tx(chronologySources[source]?.label ?? source)}: ${stretch}: ${sentence(reason)}</li>`
}

function timeOf(at: string): string {
  return exactTime(Date.parse(at), { seconds: false })
}

export const boundaryStyles = css`
  .boundary {
    display: grid;
    gap: 6px;
    padding: 10px 16px;
  }
  .boundary.open {
    border-style: dashed;
    border-color: var(--_control-line);
  }
  .boundary summary {
    color: var(--_accent);
    text-decoration: underline;
    text-underline-offset: 2px;
    cursor: pointer;
  }
  .boundary details {
    display: grid;
    gap: 4px;
  }
  .reasons li {
    padding-inline-start: 12px;
    text-indent: -12px;
  }
  .reasons li::before {
    content: '– ';
  }
`
