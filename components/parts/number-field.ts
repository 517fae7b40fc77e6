import { html, nothing } from 'lit'
import type { AskedNumber } from '../../schemas/actions.ts'
import { t, tx } from '../core/words.ts'
import { fieldError, InvalidFields } from './field-errors.ts'
import { nothingToAsk, type OperationFields } from './operation-fields.ts'

/** The field for the number that an operation needs besides its subject. */
export function numberField({ name, label, min, max }: AskedNumber): OperationFields {
  return {
    eager: false,
    needsEntry: false,
    start: ({ value }) => ({ [name]: value === undefined ? '' : String(value) }),
    render: (draft, change, { errors }) => html`<div class="field">
      <label for=${name}>${tx(label)}</label>
      <input
        id=${name}
        type="number"
        min=${min}
        max=${max}
        required
        aria-invalid=${errors[name] ? 'true' : nothing}
        aria-describedby="${name}-error"
        .value=${draft[name] ?? ''}
        @input=${(event: Event) => change(name, (event.target as HTMLInputElement).value)}
      />
      ${fieldError(name, errors)}
    </div>`,
    request: (draft, ask) => {
      const given = Number(draft[name] || NaN)
      if (!Number.isInteger(given) || given < min || given > max) throw new InvalidFields({ [name]: t`Give a whole number from ${min} to ${max}.` })
      const request = nothingToAsk.request(draft, ask)
      return { ...request, input: { ...request.input, [name]: given } } as typeof request
    },
  }
}

