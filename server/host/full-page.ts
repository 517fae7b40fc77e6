/** A row that was read, whether or not it may be shown. */
export interface FullPageRequest<Row, Shown, Place> {
  limit: number
  after?: Place
  /** Rows behind a place in the list's order; fewer than `most` only at the end of the list. */
  read(after: Place | undefined, most: number): Promise<Row[]>
  /** Those that may be shown, in order, each with the row it was made of. */
  show(rows: Row[]): Promise<{ row: Row; shown: Shown }[]>
  placeOf(row: Row): Place
  /** Rows after which a page ends although it is not full. */
  maxRead?: number
}

export interface FullPage<Shown, Place> {
  items: Shown[]
  /** Where the next page begins; left out when nothing more may be shown. */
  next?: Place
}

const chunk = 200

/**
 * One page of what may be shown. It reads on until it knows one item more than fits or has met the end, so that neither a short
 * page nor a cursor tells of rows that are kept back. Only behind `maxRead` rows does it stop earlier, with a cursor to go on.
 */
export async function fillPage<Row, Shown, Place>({
  limit, after, read, show, placeOf, maxRead = 10_000,
}: FullPageRequest<Row, Shown, Place>): Promise<FullPage<Shown, Place>> {
  const found: { row: Row; shown: Shown }[] = []
  let place = after
  let most = limit + 1
  for (let looked = 0; looked < maxRead; most = Math.max(chunk, most)) {
    const rows = await read(place, most)
    found.push(...(await show(rows)))
    if (found.length > limit) return { items: found.slice(0, limit).map(({ shown }) => shown), next: placeOf(found[limit - 1]!.row) }
    if (rows.length < most) return { items: found.map(({ shown }) => shown) }
    looked += rows.length
    place = placeOf(rows.at(-1)!)
  }
  return { items: found.map(({ shown }) => shown), next: place }
}
