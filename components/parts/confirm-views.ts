import { html, nothing, type TemplateResult } from 'lit'
import { auditPath } from '../../schemas/actions.ts'
import type { AuditEvent } from '../../schemas/audit.ts'
import type { Plan, Subject } from '../../schemas/plan.ts'
import type { Problem } from '../../schemas/problem.ts'
import './copy.ts'
import { difference } from './diff.ts'
import { jobHref } from './job-link.ts'
import { fieldErrors } from './problem.ts'
import { selectionView } from './selection-view.ts'
import { sentence } from './sentence.ts'

/** What will happen, and what changes by it. */
export function planView(plan: Plan): TemplateResult {
  const { selection } = plan
  if (selection?.eligible === 0) return selectionView({ ...plan, selection })
  return html`<p>${sentence(plan.effect)}</p>
    ${selection ? selectionView({ ...plan, selection }) : difference(plan.before, plan.after)}
    ${plan.cautions.length > 0
      ? html`<ul class="cautions" aria-label="Before you confirm">
          ${plan.cautions.map((caution) => html`<li>${sentence(caution)}</li>`)}
        </ul>`
      : nothing}`
}

/** What is different now from what was reviewed. */
export function driftView(reviewed: Plan, present: Plan): TemplateResult {
  return html`<section class="drift" aria-label="What changed since you reviewed it">
    <h3>Changed since you reviewed it</h3>
    ${difference({ ...reviewed.before, effect: reviewed.effect }, { ...present.before, effect: present.effect })}
    <h3>What it would do now</h3>
    <p>${sentence(present.effect)}</p>
    ${difference(present.before, present.after)}
  </section>`
}

/** What was recorded, and where to find it again. */
export function doneView(event: AuditEvent, base: string): TemplateResult {
  return html`<section class="done">
    <p>Done. <code>${event.eventType}</code> on <code>${event.subject.type}:${event.subject.id}</code> is recorded.</p>
    ${event.reason ? html`<p class="quote muted">${event.reason}</p>` : nothing}
    ${event.eventType === 'job.discarded' && event.subject.type === 'job'
      ? html`<p>It can be taken back for 24 hours: <a href=${jobHref(base, event.subject.id)}>open the job</a> and choose Restore.</p>`
      : nothing}
    <p><a href="${base}/audit?event=${event.id}">See it in the audit log</a> <ops-copy label="event id" value=${event.id}></ops-copy></p>
  </section>`
}

/** Why it did not happen, said in terms of what to do next. Nothing typed is lost. */
export function problemView(problem: Problem, base: string, subject?: Subject): TemplateResult {
  return html`<section class="problem card" role="alert">
    <h3>${problem.title}</h3>
    <p class="wrap">${sentence(problem.detail)} ${advice(problem, base, subject)}</p>
    ${fieldErrors(problem)}
    ${problem.requestId
      ? html`<p class="muted small">Request <ops-copy label="request id" whole value=${problem.requestId}></ops-copy></p>`
      : nothing}
  </section>`
}

function advice({ code, status }: Problem, base: string, subject?: Subject): TemplateResult | string {
  if (status === 0 || code === 'unavailable') return 'Trying again is safe: one preview changes something at most once.'
  if (code === 'preview_drifted') return 'Nothing was changed by you. Look at it again before you confirm.'
  if (code === 'illegal_transition' || code === 'mutation_conflict' || code === 'not_found') return 'Nothing was changed by you.'
  if (status === 401) return 'Nothing was changed. Sign in again in another tab, then try again here; what you typed stays.'
  if (code === 'preview_expired') return 'Nothing was changed. Review it again to go on.'
  if (code === 'preview_consumed' && subject) {
    const href = base + auditPath(subject.type, subject.id)
    return html`The <a href=${href}>audit log</a> shows what came of it.`
  }
  return ''
}
