import { types } from '@mikro-orm/core'
import type { entities, Row } from './entities.ts'

type AnyEntity = (typeof entities)[number]

/**
 * Converts a row of one of our own statements to the shape of its entity: column names become property names, and
 * timestamps, which arrive as PostgreSQL's text, become dates.
 */
export function toRow<E extends AnyEntity>(entity: E, row: object): Row<E> {
  const converted: Record<string, unknown> = {}
  for (const { name, column, isDate } of columnsOf(entity)) {
    const value = (row as Record<string, unknown>)[column] ?? null
    converted[name] = isDate && value !== null ? new Date(value as string) : value
  }
  return converted as Row<E>
}

interface Column {
  name: string
  column: string
  isDate: boolean
}

const columnCache = new Map<AnyEntity, Column[]>()

function columnsOf(entity: AnyEntity): Column[] {
  let columns = columnCache.get(entity)
  if (!columns) {
    columns = Object.entries(entity.meta.properties).map(([name, property]) => ({
      name,
      column: name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      isDate: isInstant((property as { type?: unknown }).type),
    }))
    columnCache.set(entity, columns)
  }
  return columns
}

/** By identity, because bundlers rename classes. */
function isInstant(type: unknown): boolean {
  return type === 'datetime' || type === types.datetime
}
