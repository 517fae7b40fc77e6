import { html, nothing, type TemplateResult } from 'lit'
import type { Problem } from '../../schemas/problem.ts'
import { tn } from '../core/words.ts'

/** Error messages by the id of the field. */
export type FieldErrors = Record<string, string>

/** Thrown by a form with one or more invalid fields, so that all errors can be shown at once. */
export class InvalidFields extends Error {
  readonly fields: FieldErrors

  constructor(fields: FieldErrors) {
    const count = Object.keys(fields).length
    super(tn(count, 'One field needs another look.', '# fields need another look.'))
    this.fields = fields
  }
}

/** The server's errors by field: `input.expression` belongs to the field `expression`, and the id of a new subject to its name. */
export function fieldErrorsOf({ errors = [] }: Problem): FieldErrors {
  return Object.fromEntries(errors.map(({ path, message }) => [/(^|\.)subject\.id$/.test(path) ? 'name' : path.replace(/^(body\.)?(input\.)?/, '').replace(/[.[].*$/, ''), message]))
}

/** Rendered below the field, which refers to it in `aria-describedby`. */
export function fieldError(name: string, errors: FieldErrors): TemplateResult | typeof nothing {
  return errors[name] ? html`<p class="complaint small" id="${name}-error">${errors[name]}</p>` : nothing
}
