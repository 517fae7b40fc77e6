import { html, type TemplateResult } from 'lit'
import { live } from 'lit/directives/live.js'
import { viewerZone } from '../core/time.ts'
import { t } from '../core/words.ts'
import { instantOf, localMinute } from './local-minute.ts'

export interface InstantFilter {
  name: string
  label: string
  /** ISO-8601, or empty. */
  value: string
  /** Called with an instant, or with nothing if the field was cleared; never while it is incomplete. */
  change: (value: string) => void
}

/** A date and time in the reader's zone. An incomplete one shows an error; otherwise it would look like no filter at all. */
export function instantFilter({ name, label, value, change }: InstantFilter): TemplateResult {
  const check = (event: Event) => {
    const field = event.target as HTMLInputElement
    const half = field.validity.badInput
    field.setAttribute('aria-invalid', String(half))
    field.parentElement!.querySelector('.half')!.textContent = half ? t`Fill in both date and time, or neither.` : ''
    return half
  }
  const apply = (event: Event) => {
    const next = instantOf((event.target as HTMLInputElement).value)
    if (!check(event) && next !== value) change(next)
  }
  return html`<div class="field instant">
    <label for=${name}>${label} <span class="muted">(${viewerZone})</span></label>
    <input id=${name} type="datetime-local" aria-describedby="${name}-half" .value=${live(localMinute(Date.parse(value)))} @change=${apply} @blur=${apply} @input=${clearComplaint} />
    <span class="half" id="${name}-half" role="status"></span>
  </div>`
}

/** No error while the reader is still typing. */
function clearComplaint({ target }: Event): void {
  const field = target as HTMLInputElement
  if (field.validity.badInput) return
  field.removeAttribute('aria-invalid')
  field.parentElement!.querySelector('.half')!.textContent = ''
}
