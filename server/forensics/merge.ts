import { type ChronologySource, chronologySources } from '../../schemas/index.ts'

const ranks = new Map(Object.keys(chronologySources).map((source, rank) => [source, rank]))

/** What places an item in a chronology. No two items have the same. */
export interface Position {
  at: string
  source: ChronologySource
  id: string
}

/**
 * Negative if `a` stands above `b`: the newer one, to the microsecond and beyond; at the same instant by the order of the sources,
 * and within a source by id, the greater first, as the audit log pages.
 */
export function comparePositions(a: Position, b: Position): number {
  return compareText(fullPrecision(b.at), fullPrecision(a.at)) || ranks.get(a.source)! - ranks.get(b.source)! || compareText(b.id, a.id)
}

/** Pads the fraction of an instant in UTC, so that milliseconds and microseconds compare as text. */
export function fullPrecision(at: string): string {
  return at.replace(/(\.\d+)?Z$/, (_, fraction: string = '.') => `${fraction.padEnd(10, '0')}Z`)
}

/** By code unit: the same on every machine. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

export interface Merged<Item> {
  /** In order, each once. */
  items: Item[]
  /** The last item of the page, if there are more. */
  next?: Position
}

/** One page of the items of all sources. An item that two sources return, or one twice, is there once. */
export function mergePage<Item extends Position>(items: readonly Item[], { before, limit }: { before?: Position; limit: number }): Merged<Item> {
  const known = new Set<string>()
  const once = items.toSorted(comparePositions).filter(({ source, id }) => known.size < known.add(`${source} ${id}`).size)
  const left = once.filter((item) => !before || comparePositions(before, item) < 0)
  const page = left.slice(0, limit)
  const last = page.at(-1)
  return { items: page, next: left.length > limit && last ? { at: last.at, source: last.source, id: last.id } : undefined }
}
