import { ZodError } from 'zod'
import { causesOf, codeOf, isUnavailable } from '../describe-failure.ts'
import { sqlState } from '../db/sqlstate.ts'
import { OpsError } from '../error.ts'

/** An error the user can fix; only its message is shown. */
export class CliError extends Error {
  override readonly name = 'CliError'
}

/** One clear sentence for any error, without a stack trace. */
export function explain(error: unknown): string {
  if (error instanceof CliError) return error.message
  if (error instanceof OpsError) return `${error.message} (${error.code})`
  if (error instanceof ZodError) return explainOption(error)
  const code = codeOf(error)
  if (code && code in databaseAnswers) return databaseAnswers[code]!
  if (code && /^2[23]\w{3}$/.test(code)) return `The database rejects a value (SQLSTATE ${code}).` // the database's own message would quote it
  if (isUnavailable(error)) return `The database does not respond (${reasonOf(error)}).`
  return reasonOf(error)
}

const databaseAnswers: Record<string, string> = {
  [sqlState.invalidPassword]: 'The database rejects the user or the password in database.url.',
  [sqlState.invalidAuthorization]: 'The database rejects the user in database.url.',
  [sqlState.databaseMissing]: 'The database named in database.url does not exist.',
  [sqlState.undefinedTable]: "The tables do not exist yet; run 'ops-powertools migrate up' first.",
  [sqlState.insufficientPrivilege]: 'The database user lacks the privileges; expected the owner of the schema, or a role with its privileges.',
}

/** The innermost message, which is the most specific; an aggregate of failed connection attempts has no message itself. */
export function reasonOf(error: unknown): string {
  const causes = causesOf(error)
  const message = causes.map((cause) => cause.message).findLast((text) => typeof text === 'string' && text !== '')
  return String(message ?? codeOf(error) ?? error).trim()
}

/** Options are named as the user typed them: `eventType` is `--event-type`. */
function explainOption({ issues: [issue] }: ZodError): string {
  const [first, second] = issue?.path ?? []
  const option = String(first ?? '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  const name = typedNames[String(first)] ?? `--${option}`
  return `${first === 'subject' ? `The ${String(second)}` : name}: ${issue ? expectedOf(issue) : 'invalid'}.`
}

const typedNames: Record<string, string> = { q: '--search', subjectType: '--subject', subjectId: '--subject' }

/** Messages for the rules that define none. */
function expectedOf(issue: ZodError['issues'][number]): string {
  if (issue.code === 'invalid_type' && issue.expected === 'number') return 'expected a whole number'
  if (issue.code === 'too_small') return issue.origin === 'string' ? 'expected some text' : `expected at least ${issue.minimum}`
  if (issue.code === 'too_big') return issue.origin === 'string' ? `expected at most ${issue.maximum} characters` : `expected at most ${issue.maximum}`
  return issue.message
}
