import type { CronEntry } from '../../../schemas/cron.ts'
import { healthOf } from '../../parts/strip.ts'

/** A row of the list: an entry, or several that differ only by a number. */
export type Row = { entry: CronEntry } | { stem: string; entries: CronEntry[] }

/** Fewer than this are shown one by one. */
const minAlike = 3

/**
 * Folds entries whose names differ only by numbers, where there is nothing to say about any of them: not paused, the same status, the
 * last run not failed. The others keep their own row, also between those that fold. A fold stands where its first entry would.
 */
export function foldAlike(entries: readonly CronEntry[], { open, selected }: { open: ReadonlySet<string>; selected: string }): Row[] {
  const alike = Map.groupBy(entries.filter(isQuiet), (entry) => JSON.stringify([stemOf(entry), entry.status]))
  const rows: Row[] = []
  const done = new Set<string>()
  for (const entry of entries) {
    const stem = JSON.stringify([stemOf(entry), entry.status])
    const group = isQuiet(entry) ? alike.get(stem)! : []
    const folds = group.length >= minAlike
    if (!folds) rows.push({ entry })
    else if (!done.has(stem)) {
      done.add(stem)
      rows.push({ stem, entries: group })
      if (open.has(stem) || group.some(({ name }) => name === selected)) rows.push(...group.map((each) => ({ entry: each })))
    }
  }
  return rows
}

/** e.g. `customer_statement_region_#`; entries of different sources or queues are never the same. */
function stemOf({ name, source, queue }: CronEntry): string {
  return /\d/.test(name) ? `${name.replaceAll(/\d+/g, '#')} ${source} ${queue.replaceAll(/\d+/g, '#')}` : name
}

function isQuiet({ name, pause, recent }: CronEntry): boolean {
  return /\d/.test(name) && !pause && !healthOf(recent).alarming
}
