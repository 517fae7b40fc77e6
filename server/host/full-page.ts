/** How to fill one page of a list in which some rows may not be shown. */
export interface FullPageRequest<Row, Shown, Place> {
  limit: number
  after?: Place
  /** Up to `limit` rows after a place in the list's order; fewer only at the end of the list. */
  read(after: Place | undefined, limit: number): Promise<Row[]>
  /** The rows that may be shown, in order, each with the item made from it. */
  show(rows: Row[]): Promise<{ row: Row; shown: Shown }[]>
  placeOf(row: Row): Place
  /** The maximum number of rows to read, after which a page ends even if it is not full. */
  maxRead?: number
}

export interface FullPage<Shown, Place> {
  items: Shown[]
  /** Where the next page begins; undefined if nothing more may be shown. */
  next?: Place
}

const chunkSize = 200

/**
 * One page of visible items. It reads until it has found one item more than fits or reached the end, so that neither a short
 * page nor a cursor reveals withheld rows. Only after `maxRead` rows does it stop early, with a cursor to continue from.
 */
export async function fillPage<Row, Shown, Place>({
  limit, after, read, show, placeOf, maxRead = 10_000,
}: FullPageRequest<Row, Shown, Place>): Promise<FullPage<Shown, Place>> {
  const collected: { row: Row; shown: Shown }[] = []
  let place = after
  let readLimit = limit + 1
  for (let rowsRead = 0; rowsRead < maxRead; readLimit = Math.max(chunkSize, readLimit)) {
    const rows = await read(place, readLimit)
    collected.push(...(await show(rows)))
    if (collected.length > limit) return { items: collected.slice(0, limit).map(({ shown }) => shown), next: placeOf(collected[limit - 1]!.row) }
    if (rows.length < readLimit) return { items: collected.map(({ shown }) => shown) }
    rowsRead += rows.length
    place = placeOf(rows.at(-1)!)
  }
  return { items: collected.map(({ shown }) => shown), next: place }
}
