import { dateAt } from './date.ts'
import type { SqlExecutor } from './engine.ts'

/** Collects the parameters of a statement; `add` returns the placeholder. */
export class Bound {
  readonly values: unknown[] = []

  add(value: unknown): string {
    return `$${this.values.push(value)}`
  }
}

export type Row = Record<string, unknown>

export function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`
}

/** Escapes text for use in a `like` pattern. */
export function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, (character) => `\\${character}`)
}

export function allOf(conditions: string[]): string {
  return conditions.length ? conditions.join(' and ') : 'true'
}

/** How a timestamp is parsed depends on whose connection it is; a number is the same everywhere. */
export const milliseconds = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`

export function dateOf(value: unknown): Date | undefined {
  return value === null || value === undefined ? undefined : dateAt(Number(value))
}

/** A timestamp as text with all its microseconds; `::timestamptz` converts it back unchanged. */
export const instantText = (column: string): string => `to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`

/** Runs `work` in a savepoint, so that the transaction remains usable if it fails. */
export async function inSavepoint<Answer>(tx: SqlExecutor, work: () => Promise<Answer>): Promise<Answer> {
  await tx.executeSql('savepoint engine')
  try {
    const answer = await work()
    await tx.executeSql('release savepoint engine')
    return answer
  } catch (error) {
    await tx.executeSql('rollback to savepoint engine')
    throw error
  }
}
