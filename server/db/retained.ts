import { sql } from 'kysely'
import type { RetentionKind } from '../host/retention.ts'
import { type Database, type Em, query } from './database.ts'

/** A table whose rows expire, described by its owner. */
export interface Retained {
  readonly kind: RetentionKind
  readonly table: string
  /** The time of a row, by which it expires. */
  readonly at: string
  readonly key: string
  /** Rows that may expire, as a condition on the table; all by default. Part of the source code, never of a request. */
  readonly only?: string
  /** Rows of another table that are archived and deleted with a row, as a JSON array in its `member`. They must be deleted by a cascade. */
  readonly parts?: { readonly table: string; readonly of: string; readonly member: string; readonly order: string }
}

/** An expired row. `json` is the whole row as one line. */
export interface ExpiredRow {
  key: string
  at: string
  json: string
}

/** The oldest rows that have expired before `before`. */
export function listExpired(db: Database, em: Em, retained: Retained, before: Date, most: number): Promise<ExpiredRow[]> {
  const { table, at, key, only } = retained
  return query(
    em,
    sql<ExpiredRow>`
      select ${sql.ref(key)}::text as key, ${sql.ref(at)}::text as at, ${wholeRow(db, retained)} as json from ${db.table(table)} kept
      where ${sql.ref(at)} < ${before} and ${sql.raw(only ?? 'true')} order by ${sql.ref(at)}, ${sql.ref(key)} limit ${most}`,
  )
}

/** Deletes exactly these rows, unless one has changed since it was read. Returns how many were deleted. */
export async function deleteExpired(db: Database, em: Em, retained: Retained, rows: readonly ExpiredRow[]): Promise<number> {
  const { table, key } = retained
  const deleted = await query(
    em,
    sql`
      delete from ${db.table(table)} kept using unnest(${rows.map((row) => row.key)}::text[], ${rows.map((row) => row.json)}::text[]) as archived (key, json)
      where kept.${sql.ref(key)}::text = archived.key and ${wholeRow(db, retained)} = archived.json returning 1`,
  )
  return deleted.length
}

/** Without archiving them. Returns how many were deleted. */
export async function dropExpired(db: Database, em: Em, { table, at, key, only }: Retained, before: Date, most: number): Promise<number> {
  const deleted = await query(
    em,
    sql`
      delete from ${db.table(table)} where ${sql.ref(key)} in (
        select ${sql.ref(key)} from ${db.table(table)} kept where ${sql.ref(at)} < ${before} and ${sql.raw(only ?? 'true')}
        order by ${sql.ref(at)} limit ${most}) returning 1`,
  )
  return deleted.length
}

function wholeRow(db: Database, { key, parts }: Retained) {
  if (!parts) return sql`to_jsonb(kept)::text`
  return sql`(to_jsonb(kept) || jsonb_build_object(${parts.member}::text, coalesce(
    (select jsonb_agg(to_jsonb(part) order by part.${sql.ref(parts.order)}) from ${db.table(parts.table)} part where part.${sql.ref(parts.of)} = kept.${sql.ref(key)}), '[]')))::text`
}
