import { html, nothing, type TemplateResult } from 'lit'
import { auditPath } from '../../schemas/actions.ts'
import type { Plan, Subject } from '../../schemas/plan.ts'
import type { Problem } from '../../schemas/problem.ts'
import { t, tr, tx } from '../core/words.ts'
import { fieldErrors } from './advice.ts'
import './copy.ts'
import { difference } from './diff.ts'
import { type Chosen, selectionView } from './selection-view.ts'
import { sentence } from './sentence.ts'

/** What will happen, and what changes by it. What is dangerous says so first. */
export function planView(plan: Plan, chosen?: Chosen): TemplateResult {
  const { selection, risk } = plan
  if (selection?.eligible === 0) return selectionView({ ...plan, selection }, chosen)
  const grave = risk === 'high'
  return html`${grave ? cautions(plan, t`High risk`) : nothing}
    <p class=${selection ? 'effect' : ''}>${sentence(plan.effect)}</p>
    ${selection ? selectionView({ ...plan, selection }, chosen) : difference(plan.before, plan.after)} ${grave ? nothing : cautions(plan)}`
}

function cautions(plan: Plan, title = ''): TemplateResult | typeof nothing {
  if (plan.cautions.length === 0) return nothing
  return html`<div class="cautions ${title ? 'grave' : ''}" role="note" aria-label=${title || t`Before you confirm`}>
    ${title ? html`<b>${title}</b>` : nothing}
    <ul>
      ${plan.cautions.map((caution) => html`<li>${sentence(caution)}</li>`)}
    </ul>
  </div>`
}

/** What is different now from what was reviewed. */
export function driftView(reviewed: Plan, present: Plan): TemplateResult {
  return html`<section class="drift" aria-label=${t`What changed since you reviewed it`}>
    <h3>${t`Changed since you reviewed it`}</h3>
    ${difference({ ...reviewed.before, effect: reviewed.effect }, { ...present.before, effect: present.effect })}
    <h3>${t`What it would do now`}</h3>
    <p>${sentence(present.effect)}</p>
    ${difference(present.before, present.after)}
  </section>`
}

/** Why it did not happen, said in terms of what to do next. Nothing typed is lost. */
export function problemView(problem: Problem, base: string, subject?: Subject): TemplateResult {
  return html`<section class="problem card" role="alert" .problem=${problem}>
    <h3>${tx(problem.title)}</h3>
    <p class="wrap">${sentence(problem.detail)} ${advice(problem, base, subject)}</p>
    ${fieldErrors(problem)}
    ${problem.requestId
      ? html`<p class="muted small">${tr`Request ${html`<ops-copy label=${t`request id`} whole value=${problem.requestId}></ops-copy>`}`}</p>`
      : nothing}
  </section>`
}

function advice({ code, status }: Problem, base: string, subject?: Subject): TemplateResult | string {
  if (status === 0 || code === 'unavailable') return t`Trying again is safe: a preview can be carried out only once.`
  if (code === 'preview_drifted') return t`You have changed nothing. Review it again before you confirm.`
  if (code === 'illegal_transition' || code === 'mutation_conflict' || code === 'not_found') return t`You have changed nothing.`
  if (status === 401) return t`Nothing was changed. Sign in again in another tab, then try again here; what you typed is kept.`
  if (code === 'preview_expired') return t`Nothing was changed. Review it again to continue.`
  if (code === 'preview_consumed' && subject) {
    const href = base + auditPath(subject.type, subject.id)
    return html`<a href=${href}>${t`The audit log shows what happened.`}</a>`
  }
  return ''
}
