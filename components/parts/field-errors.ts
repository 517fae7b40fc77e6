import { html, nothing, type TemplateResult } from 'lit'
import type { Problem } from '../../schemas/problem.ts'

/** What is wrong with what was typed, by the id of its field. */
export type FieldErrors = Record<string, string>

/** Thrown by a form that finds more than one thing wrong, so that all of it can be said at once. */
export class InvalidFields extends Error {
  readonly fields: FieldErrors

  constructor(fields: FieldErrors) {
    const count = Object.keys(fields).length
    super(count === 1 ? 'One field needs another look.' : `${count} fields need another look.`)
    this.fields = fields
  }
}

/** What the server found, by field: `input.expression` is the field `expression`, and a new subject's id is its name. */
export function fieldErrorsOf({ errors = [] }: Problem): FieldErrors {
  return Object.fromEntries(errors.map(({ path, message }) => [/(^|\.)subject\.id$/.test(path) ? 'name' : path.replace(/^(body\.)?(input\.)?/, '').replace(/[.[].*$/, ''), message]))
}

/** Stands below the field; the field names it in `aria-describedby`. */
export function fieldError(name: string, errors: FieldErrors): TemplateResult | typeof nothing {
  return errors[name] ? html`<p class="complaint small" id="${name}-error">${errors[name]}</p>` : nothing
}
