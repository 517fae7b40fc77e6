import { html, nothing } from 'lit'
import { fieldError, InvalidFields } from './field-errors.ts'
import type { FieldsByAction } from './operation-fields.ts'

/** What the operations on queues ask besides the reason. */
export const queueFields: FieldsByAction = {
  scale_queue: {
    eager: false,
    needsEntry: false,
    start: ({ value }) => ({ limit: value === undefined ? '' : String(value) }),
    render: (draft, change, { errors }) => html`<div class="field">
      <label for="limit">Jobs each executor runs at once</label>
      <input
        id="limit"
        type="number"
        min="1"
        max="100000"
        required
        aria-invalid=${errors.limit ? 'true' : nothing}
        aria-describedby="limit-error"
        .value=${draft.limit ?? ''}
        @input=${(event: Event) => change('limit', (event.target as HTMLInputElement).value)}
      />
      ${fieldError('limit', errors)}
    </div>`,
    request: ({ limit }, { id = '' }) => {
      if (!/^\d{1,6}$/.test(limit ?? '') || Number(limit) < 1 || Number(limit) > 100_000) throw new InvalidFields({ limit: 'Give a whole number from 1 to 100,000.' })
      return { action: 'scale_queue', subject: { type: 'queue', id }, input: { limit: Number(limit) } }
    },
  },
}
