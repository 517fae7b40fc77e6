import { html, nothing, type TemplateResult } from 'lit'
import { t } from '../core/words.ts'

/** Shown in place of a lazily loaded part that failed to load: the reason, and a way to try again. */
export function missingPart(failure: string, retry: () => void): TemplateResult | typeof nothing {
  if (!failure) return nothing
  return html`<p class="card read-only" role="alert">
    <b>${t`Not everything could be loaded.`}</b> <span class="wrap">${failure}</span> <button type="button" class="button" @click=${retry}>${t`Try again`}</button>
  </p>`
}
