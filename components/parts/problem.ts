import { css, html, nothing, type TemplateResult } from 'lit'
import type { Problem } from '../../schemas/problem.ts'
import { t, tr, tx } from '../core/words.ts'

/** Problems for which a retry makes no sense. */
const final = [400, 403, 404, 410, 422]

/** What happened, what to do, and the request id to report. `announceProblems` fills in the advice, which is loaded when it is needed. */
export function problemPanel(problem: Problem, retry?: () => void): TemplateResult {
  return html`<section class="problem card" role="alert" part="problem" .problem=${problem}>
    <h2>${problem.code === 'unauthenticated' ? t`Sign in to see this` : tx(problem.title)}</h2>
    <p class="wrap"><bdi>${problem.detail}</bdi></p>
    ${problem.code === 'unavailable' && problem.type !== 'about:setup' ? html`<p class="muted">${t`The server or its database is not answering. The page tries again by itself; nothing was changed.`}</p>` : nothing}
    <div class="advice"></div>
    <div class="problem-foot">
      ${retry && !final.includes(problem.status) ? html`<button type="button" class="button" @click=${retry}>${t`Try again`}</button>` : nothing} ${requestId(problem)}
    </div>
  </section>`
}

/** One line above data that could not be refreshed. */
export function staleNote(problem: Problem | undefined, retry: () => void): TemplateResult | typeof nothing {
  if (!problem) return nothing
  return html`<div class="problem card slim" role="status" part="problem" .problem=${problem}>
    <span><b>${t`Not up to date.`}</b> ${tx(problem.title)}: <bdi class="wrap">${problem.detail}</bdi></span>
    <button type="button" class="button" @click=${retry}>${t`Try again`}</button> ${requestId(problem)}
  </div>`
}

function requestId(problem: Problem) {
  if (!problem.requestId) return nothing
  // A page without problems need not load it; until then, and without it, there is the id as text.
  void import('./copy.ts').catch(() => undefined)
  return html`<span class="muted small">${tr`Request ${html`<ops-copy label=${t`request id`} whole value=${problem.requestId}>${problem.requestId}</ops-copy>`}`}</span>`
}

export const problemStyles = css`
  .problem,
  .advice {
    display: grid;
    gap: 8px;
    padding: 16px;
    border-inline-start: 3px solid var(--_review);
  }
  .problem[hidden] {
    display: none;
  }
  .problem.slim {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 16px;
    padding: 8px 12px;
    margin-bottom: 12px;
    border-inline-start-color: var(--_waiting);
  }
  .advice:empty {
    display: none;
  }
  .problem-foot {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 16px;
  }
  .problem-fields li {
    margin-top: 4px;
  }
`
