import { dateAt } from './date.ts'
import type { SqlExecutor } from './engine.ts'

/** Values of a statement, numbered as they are added. */
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

/** For `like`: no character of it means anything. */
export function literally(text: string): string {
  return text.replace(/[\\%_]/g, (character) => `\\${character}`)
}

export function allOf(conditions: string[]): string {
  return conditions.length ? conditions.join(' and ') : 'true'
}

/** Whose connection it is decides how a timestamp arrives; a number is the same everywhere. */
export const milliseconds = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`

export function dateOf(value: unknown): Date | undefined {
  return value === null || value === undefined ? undefined : dateAt(Number(value))
}

/** An instant without the loss of its microseconds; `::timestamptz` reads it back as it was. */
export const instantText = (column: string): string => `to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`

/** Runs `work` so that its failure leaves the transaction usable. */
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
