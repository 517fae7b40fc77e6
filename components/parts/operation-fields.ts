import { html, type TemplateResult } from 'lit'
import type { CronEntry } from '../../schemas/cron.ts'
import type { JobSelection } from '../../schemas/job.ts'
import type { OperationInput } from '../../schemas/operation.ts'
import { type OperationAction, operationActions } from '../../schemas/actions.ts'
import type { FieldErrors } from './field-errors.ts'

/** What a page asks the dialog to confirm. */
export interface Ask {
  action: OperationAction
  /** The subject's id; not needed to create one, nor with a selection. */
  id?: string
  /** Many jobs instead of one subject. */
  selection?: JobSelection
  /** The version of the one job that was on the page; a job that is not so any more is refused. */
  seen?: string
  /** What stands in the field now, where an operation changes a number. */
  value?: number
}

/** What a person has typed so far, by field. */
export type Draft = Record<string, string>

/** What a form is drawn from besides its draft. */
export interface FormContext {
  entry?: CronEntry
  errors: FieldErrors
}

export interface OperationFields {
  /** Take a new preview as soon as something changes; otherwise when asked. */
  eager: boolean
  /** Whether the cron entry as it is now is needed to begin. */
  needsEntry: boolean
  start: (ask: Ask, entry?: CronEntry) => Draft
  render: (draft: Draft, change: (field: string, value: string) => void, context: FormContext) => TemplateResult
  /** The request; throws a sentence for people, or `InvalidFields`, when something typed makes no sense. */
  request: (draft: Draft, ask: Ask, entry?: CronEntry) => OperationInput
}

/** What the operations of a page ask for besides the reason; one that is not listed asks for nothing. */
export type FieldsByAction = Partial<Record<OperationAction, OperationFields>>

export const nothingToAsk: OperationFields = {
  eager: true,
  needsEntry: false,
  start: () => ({}),
  render: () => html``,
  request: (_, { action, id = '', selection, seen }) => {
    const type = operationActions[action].subject
    const input = seen === undefined ? {} : { input: { seen } }
    return { action, ...(selection ? { selection } : { subject: { type, id } }), ...input } as OperationInput
  },
}
