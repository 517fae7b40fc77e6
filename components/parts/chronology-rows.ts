import type { ChronologyItem } from '../../schemas/forensics.ts'

/** From this number on, consecutive lines of one kind are shown as one. */
const foldFrom = 3

/** One line, or several that are folded. Newest first, as they came. */
export type Row = [ChronologyItem, ...ChronologyItem[]]

export interface Day {
  /** Of the newest and the oldest line, in the reader's calendar. */
  newest: number
  oldest: number
  rows: Row[]
}

/** Folds similar lines, and groups lines by day under one heading. Pure. */
export function rowsByDay(items: readonly ChronologyItem[], dayOf: (at: number) => string): Day[] {
  const days: (Day & { key: string })[] = []
  for (const row of fold(items)) {
    const newest = Date.parse(row[0].at)
    const oldest = Date.parse(row.at(-1)!.at)
    const key = `${dayOf(oldest)} ${dayOf(newest)}`
    const last = days.at(-1)
    if (last?.key === key) {
      last.rows.push(row)
      last.oldest = oldest
    } else days.push({ key, newest, oldest, rows: [row] })
  }
  return days
}

function fold(items: readonly ChronologyItem[]): Row[] {
  const runs: Row[] = []
  for (const item of items) {
    const last = runs.at(-1)
    if (last && foldable(item) && kindOf(last[0]) === kindOf(item)) last.push(item)
    else runs.push([item])
  }
  return runs.flatMap((run): Row[] => (run.length < foldFrom ? run.map((item): Row => [item]) : [run]))
}

/** Lines that need attention are never folded. */
function foldable({ kind }: ChronologyItem): boolean {
  return kind !== undefined && kind !== 'gap'
}

function kindOf({ kind, source }: ChronologyItem): string {
  return `${source} ${kind}`
}
