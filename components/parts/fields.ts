import { numberAskedBy } from '../../schemas/actions.ts'
import { cronFields } from './cron-fields.ts'
import { incidentFields } from './incident-fields.ts'
import { numberField } from './number-field.ts'
import { type Ask, nothingToAsk, type OperationFields } from './operation-fields.ts'

/** The input fields of an operation, besides the reason. */
export function fieldsOf({ action, input }: Ask): OperationFields {
  if (input) return nothingToAsk
  const asked = numberAskedBy(action)
  return cronFields[action] ?? incidentFields[action] ?? (asked ? numberField(asked) : nothingToAsk)
}
