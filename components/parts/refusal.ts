import { html, nothing, type TemplateResult } from 'lit'
import type { Permission } from '../../schemas/actor.ts'
import { t } from '../core/words.ts'

/** Why the control next to it is disabled; nothing if it is allowed. */
export function refusal(permission: Permission | undefined, id?: string): TemplateResult | typeof nothing {
  if (!permission || permission.allowed) return nothing
  return html`<span class="refusal" id=${id ?? nothing} part="refusal">${permission.reason ?? t`Your account may not do this.`}</span>`
}

/** A short form for pages that already show the whole reason at the top; screen readers and tooltips get all of it. */
export function shortRefusal(reason: string, id: string | typeof nothing, words = t`Read-only`): TemplateResult {
  return html`<span class="refusal" id=${id} part="refusal" title=${reason}>${words}<span class="hidden-text">: ${reason}</span></span>`
}

/** A line at the top of a page on which this actor may change nothing. */
export function readOnlyBanner(reason: string): TemplateResult {
  return html`<p class="card read-only" role="note" part="read-only"><b>${t`Read-only.`}</b> ${reason}</p>`
}
