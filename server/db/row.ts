import type { entities, Row } from './entities.ts'

type AnyEntity = (typeof entities)[number]

/**
 * A row of a statement of our own, as its entity describes it: property names for column names, and dates for
 * timestamps, which reach us as PostgreSQL writes them.
 */
export function toRow<E extends AnyEntity>(entity: E, row: object): Row<E> {
  const read: Record<string, unknown> = {}
  for (const { name, column, isDate } of columnsOf(entity)) {
    const value = (row as Record<string, unknown>)[column] ?? null
    read[name] = isDate && value !== null ? new Date(value as string) : value
  }
  return read as Row<E>
}

interface Column {
  name: string
  column: string
  isDate: boolean
}

const known = new Map<AnyEntity, Column[]>()

function columnsOf(entity: AnyEntity): Column[] {
  let columns = known.get(entity)
  if (!columns) {
    columns = Object.entries(entity.meta.properties).map(([name, property]) => ({
      name,
      column: name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      isDate: isInstant((property as { type?: unknown }).type),
    }))
    known.set(entity, columns)
  }
  return columns
}

function isInstant(type: unknown): boolean {
  return type === 'datetime' || (typeof type === 'function' && type.name === 'DateTimeType')
}
