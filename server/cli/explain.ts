import { ZodError } from 'zod'
import { causesOf, codeOf, isUnavailable } from '../describe-failure.ts'
import { OpsError } from '../error.ts'

/** Something the person at the terminal can mend; the message is all that is shown. */
export class CliError extends Error {
  override readonly name = 'CliError'
}

/** One clear sentence for whatever went wrong, without a stack. */
export function explain(error: unknown): string {
  if (error instanceof CliError) return error.message
  if (error instanceof OpsError) return `${error.message} (${error.code})`
  if (error instanceof ZodError) return explainOption(error)
  const code = codeOf(error)
  if (code && code in databaseAnswers) return databaseAnswers[code]!
  if (isUnavailable(error)) return `The database does not answer (${reasonOf(error)}).`
  return reasonOf(error)
}

const databaseAnswers: Record<string, string> = {
  '28P01': 'The database refuses the user or the password in database.url.',
  '28000': 'The database refuses the user in database.url.',
  '3D000': 'The database named in database.url does not exist.',
  '42P01': "The tables are not there yet; run 'ops-powertools migrate up' first.",
  '42501': 'The database user may not do this; expected the owner of the schema, or somebody with its rights.',
}

/** The innermost message, which says most; an aggregate of failed connection attempts has none of its own. */
export function reasonOf(error: unknown): string {
  const causes = causesOf(error)
  const message = causes.map((cause) => cause.message).findLast((text) => typeof text === 'string' && text !== '')
  return String(message ?? codeOf(error) ?? error).trim()
}

/** Options are named as they were typed: `eventType` is `--event-type`. */
function explainOption({ issues: [issue] }: ZodError): string {
  const name = String(issue?.path[0] ?? '')
  const option = name === 'q' ? 'search' : name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  return `--${option}: ${issue?.message ?? 'invalid'}.`
}
