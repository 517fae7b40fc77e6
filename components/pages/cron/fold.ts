import { html, type TemplateResult } from 'lit'
import type { CronEntry } from '../../../schemas/cron.ts'
import { operatorStatuses } from '../../../schemas/status-words.ts'
import { now } from '../../core/clock.ts'
import { clockTime, relativeTime } from '../../core/time.ts'
import { t, tn, tx } from '../../core/words.ts'
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

export interface FoldContext {
  unfolded: boolean
  toggle: () => void
}

/** Entries that differ only by a number, as one row. */
export function foldRow(entries: CronEntry[], { unfolded, toggle }: FoldContext): TemplateResult {
  const [first, last] = [entries[0]!, entries.at(-1)!]
  const health = entries.map(({ recent }) => healthOf(recent))
  const sum = (key: 'onTime' | 'known') => health.reduce((total, each) => total + each[key], 0)
  const next = entries.flatMap(({ nextRuns }) => nextRuns.slice(0, 1)).toSorted()
  const summary = [
    tn(entries.length, '# entry alike', '# entries alike'),
    next[0] && t`next ${relativeTime(Date.parse(next[0]), now())}`,
    next.length > 1 && Date.parse(next.at(-1)!) - Date.parse(next[0]!) < 86_400_000 && `${clockTime(Date.parse(next[0]!))} – ${clockTime(Date.parse(next.at(-1)!))}`,
    t`all ${tx(operatorStatuses[first.status] ?? first.status)}`,
    sum('known') > 0 && t`${sum('onTime')} of ${sum('known')} on time`,
  ]
  return html`<tr role="row" class="fold" part="row">
    <td role="cell" colspan="5">
      <button type="button" class="unfold" aria-expanded=${unfolded} @click=${toggle}><span class="twist" aria-hidden="true"></span><bdi>${first.name} – ${/\d+\D*$/.exec(last.name)?.[0] ?? last.name}</bdi></button>
      <span class="muted small num">${summary.filter(Boolean).join(' · ')}</span>
    </td>
  </tr>`
}
