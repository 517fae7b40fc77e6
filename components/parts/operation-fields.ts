import { html, type TemplateResult } from 'lit'
import type { CronEntry } from '../../schemas/cron.ts'
import type { JobSelection } from '../../schemas/job.ts'
import type { OperationInput } from '../../schemas/operation.ts'
import { type OperationAction, operationActions } from '../../schemas/actions.ts'
import type { FieldErrors } from './field-errors.ts'

/** What a page asks the dialog to confirm. */
export interface Ask {
  action: OperationAction
  /** The subject's id; not needed for a creation or a selection. */
  id?: string
  /** Many jobs instead of one subject. */
  selection?: JobSelection
  /** The version of the job that the page showed; if the job has changed since, the operation is refused. */
  seen?: string
  /** The input, where nothing is left to be asked. */
  input?: Record<string, unknown>
  /** The current value, if an operation changes a number. */
  value?: number
  /** A reason to start with, which the reader may change. */
  reason?: string
}

/** The current input by field. */
export type Draft = Record<string, string>

/** What a form needs for rendering, besides its draft. */
export interface FormContext {
  entry?: CronEntry
  errors: FieldErrors
}

export interface OperationFields {
  /** Request a new preview on every change; otherwise only on demand. */
  eager: boolean
  /** Whether the form needs the current cron entry. */
  needsEntry: boolean
  start: (ask: Ask, entry?: CronEntry) => Draft
  render: (draft: Draft, change: (field: string, value: string) => void, context: FormContext) => TemplateResult
  /** The request; throws an error with a readable message, or `InvalidFields`, if the input is invalid. */
  request: (draft: Draft, ask: Ask, entry?: CronEntry) => OperationInput
}

/** The input fields of a page's operations, besides the reason; operations that are not listed have none. */
export type FieldsByAction = Partial<Record<OperationAction, OperationFields>>

export const nothingToAsk: OperationFields = {
  eager: true,
  needsEntry: false,
  start: () => ({}),
  render: () => html``,
  request: (_, { action, id = '', selection, seen, input: given }) => {
    const type = operationActions[action].subject
    const input = seen === undefined && !given ? {} : { input: { ...given, ...(seen !== undefined && { seen }) } }
    return { action, ...(selection ? { selection } : { subject: { type, id } }), ...input } as OperationInput
  },
}
