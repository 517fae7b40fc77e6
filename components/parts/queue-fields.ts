import { html } from 'lit'
import type { FieldsByAction } from './operation-fields.ts'

/** What the operations on queues ask besides the reason. */
export const queueFields: FieldsByAction = {
  scale_queue: {
    eager: false,
    needsEntry: false,
    start: ({ value }) => ({ limit: value === undefined ? '' : String(value) }),
    render: (draft, change) => html`<div class="field">
      <label for="limit">Jobs each executor runs at once</label>
      <input
        id="limit"
        type="number"
        min="1"
        max="100000"
        required
        .value=${draft.limit ?? ''}
        @input=${(event: Event) => change('limit', (event.target as HTMLInputElement).value)}
      />
    </div>`,
    request: ({ limit }, { id = '' }) => {
      if (!/^\d{1,6}$/.test(limit ?? '') || Number(limit) < 1 || Number(limit) > 100_000) throw new Error('Give a whole number from 1 to 100,000.')
      return { action: 'scale_queue', subject: { type: 'queue', id }, input: { limit: Number(limit) } }
    },
  },
}
