import { html, nothing, type TemplateResult } from 'lit'
import type { Permission } from '../../schemas/actor.ts'

/** Why a control beside it is disabled; nothing when it is allowed. */
export function refusal(permission: Permission | undefined, id?: string): TemplateResult | typeof nothing {
  if (!permission || permission.allowed) return nothing
  return html`<span class="refusal" id=${id ?? nothing} part="refusal">${permission.reason ?? 'Your account may not do this.'}</span>`
}

/** The same where the whole reason already stands on top of the page: two words to see, all of it to hear and on hover. */
export function shortRefusal(reason: string, id: string | typeof nothing, words = 'Read-only'): TemplateResult {
  return html`<span class="refusal" id=${id} part="refusal" title=${reason}>${words}<span class="hidden-text">: ${reason}</span></span>`
}

/** A line on top of a page on which this actor may change nothing. */
export function readOnlyBanner(reason: string): TemplateResult {
  return html`<p class="card read-only" role="note" part="read-only"><b>Read-only.</b> ${reason}</p>`
}
