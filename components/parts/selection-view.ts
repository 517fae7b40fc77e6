import { css, html, nothing, type TemplateResult } from 'lit'
import type { Plan } from '../../schemas/plan.ts'
import { jobStates } from '../../schemas/vocabulary.ts'
import { countOf, formatCount } from '../../schemas/plural.ts'
import './time.ts'

type Selection = NonNullable<Plan['selection']>

/** The frozen set: how many jobs the operation changes, how many it leaves alone and why, and the composition of the set. */
export function selectionView({ selection, after }: Plan & { selection: Selection }): TemplateResult {
  const { total, eligible, notEligible, byQueue, byState, until } = selection
  const left = total - eligible
  return html`<section class="frozen" aria-label="The selection">
    <p class="taken num"><b>${countOf(eligible, 'job')}</b> of ${formatCount(total)} will be changed${left > 0 ? `, ${formatCount(left)} left alone:` : '.'}</p>
    ${left > 0 ? html`<ul class="left-alone">${entries(notEligible).map(([why, count]) => html`<li><span class="num">${count}</span> <span class="wrap">${why}</span></li>`)}</ul>` : nothing}
    ${eligible > 0 ? html`<div class="made-of">${share('By state', byState, jobStates)} ${share('By queue', byQueue)} ${afterwards(after)}</div>` : nothing}
    <p class="small muted">The set is frozen: jobs made after <ops-time at=${until} show="exact"></ops-time> are not in it.</p>
  </section>`
}

const most = 6

function share(title: string, counts: Record<string, number>, words: Record<string, string> = {}) {
  const all = entries(counts)
  if (all.length === 0) return nothing
  return html`<dl>
    <dt>${title}</dt>
    ${all.slice(0, most).map(([name, count]) => html`<dd><span class="num">${count}</span> <span class="wrap">${words[name] ?? name}</span></dd>`)}
    ${all.length > most ? html`<dd class="muted">and ${all.length - most} more</dd>` : nothing}
  </dl>`
}

/** The state of each job afterwards. */
function afterwards(after: Plan['after']) {
  const fields = Object.entries(after).filter(([, value]) => typeof value !== 'object')
  if (fields.length === 0) return nothing
  return html`<dl>
    <dt>Afterwards</dt>
    ${fields.map(([name, value]) => html`<dd><span class="muted">${name}</span> <b class="wrap">${String(value)}</b></dd>`)}
  </dl>`
}

/** Largest counts first. */
function entries(counts: Record<string, number>): [string, string][] {
  return Object.entries(counts)
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, count]) => [name, formatCount(count)])
}

export const selectionStyles = css`
  .frozen {
    display: grid;
    gap: 10px;
  }
  .taken {
    font-size: var(--_heading);
  }
  .left-alone,
  .made-of {
    padding: 8px 12px;
    border-radius: var(--_control-radius);
    background: var(--_sunken);
  }
  .left-alone li,
  .made-of dd {
    display: grid;
    grid-template-columns: minmax(52px, max-content) minmax(0, 1fr);
    gap: 8px;
  }
  .left-alone .num,
  .made-of .num {
    text-align: end;
    font-weight: var(--_weight-medium);
  }
  .made-of {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(170px, 1fr));
    gap: 8px 12px;
  }
  .made-of dt {
    font-size: var(--_tiny);
    color: var(--_muted);
  }
`
