import { html, nothing, render, type TemplateResult } from 'lit'
import type { Problem } from '../../schemas/problem.ts'
import type { ProblemCode } from '../../schemas/problem-codes.ts'
import { t } from '../core/words.ts'

/** What to do about a problem. Loaded when one is shown; those that keep the page from loading anything are advised in `problem.ts`. */
function adviceFor(code: ProblemCode): string | undefined {
  const texts: Partial<Record<ProblemCode, string>> = {
    unauthenticated: t`You are not signed in, or your session has ended. Nothing was changed.`,
    forbidden: t`Your account may not see this. Ask whoever manages permissions here.`,
    unattributable_actor: t`Your account cannot be named in evidence, so it may only look.`,
    not_found: t`It may have been removed, or the address is mistyped.`,
    rate_limited: t`Too many requests at once. Wait a moment and try again.`,
    internal: t`Something is wrong on the server. Its log has the details under this request id.`,
  }
  return texts[code]
}

/** Adds to the panel of a problem what to do, and which fields are meant. */
export function advise(place: Element, problem: Problem): void {
  const advice = problem.type === 'about:setup' ? undefined : adviceFor(problem.code)
  render(html`${fieldErrors(problem)}${advice ? html`<p class="muted">${advice}</p>` : nothing}`, place as HTMLElement)
}

export function fieldErrors(problem: Problem): TemplateResult | typeof nothing {
  const untold = problem.errors?.filter(({ message }) => !problem.detail.includes(message)) ?? []
  if (untold.length === 0) return nothing
  return html`<ul class="problem-fields">
    ${untold.map(({ path, message }) => html`<li><code>${path}</code> ${message}</li>`)}
  </ul>`
}
