import { ZodError } from 'zod'
import { causesOf, codeOf, isUnavailable } from '../describe-failure.ts'
import { sqlState } from '../db/sqlstate.ts'
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
  if (code && /^2[23]\w{3}$/.test(code)) return `The database refuses a value (SQLSTATE ${code}).` // its own words would quote it
  if (isUnavailable(error)) return `The database does not answer (${reasonOf(error)}).`
  return reasonOf(error)
}

const databaseAnswers: Record<string, string> = {
  [sqlState.invalidPassword]: 'The database refuses the user or the password in database.url.',
  [sqlState.invalidAuthorization]: 'The database refuses the user in database.url.',
  [sqlState.databaseMissing]: 'The database named in database.url does not exist.',
  [sqlState.undefinedTable]: "The tables are not there yet; run 'ops-powertools migrate up' first.",
  [sqlState.insufficientPrivilege]: 'The database user may not do this; expected the owner of the schema, or somebody with its rights.',
}

/** The innermost message, which says most; an aggregate of failed connection attempts has none of its own. */
export function reasonOf(error: unknown): string {
  const causes = causesOf(error)
  const message = causes.map((cause) => cause.message).findLast((text) => typeof text === 'string' && text !== '')
  return String(message ?? codeOf(error) ?? error).trim()
}

/** Options are named as they were typed: `eventType` is `--event-type`. */
function explainOption({ issues: [issue] }: ZodError): string {
  const [first, second] = issue?.path ?? []
  const option = String(first ?? '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  const name = typedNames[String(first)] ?? `--${option}`
  return `${first === 'subject' ? `The ${String(second)}` : name}: ${issue ? expectedOf(issue) : 'invalid'}.`
}

const typedNames: Record<string, string> = { q: '--search', subjectType: '--subject', subjectId: '--subject' }

/** The rules that have no words of their own. */
function expectedOf(issue: ZodError['issues'][number]): string {
  if (issue.code === 'invalid_type' && issue.expected === 'number') return 'expected a whole number'
  if (issue.code === 'too_small') return issue.origin === 'string' ? 'expected some text' : `expected at least ${issue.minimum}`
  if (issue.code === 'too_big') return issue.origin === 'string' ? `expected at most ${issue.maximum} characters` : `expected at most ${issue.maximum}`
  return issue.message
}
