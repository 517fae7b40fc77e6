import { html, nothing, type TemplateResult } from 'lit'
import type { CronEntry } from '../../../schemas/cron.ts'
import { evidencePath } from '../../../schemas/actions.ts'
import type { Problem } from '../../../schemas/problem.ts'
import { t } from '../../core/words.ts'
import { statusChip } from '../../parts/chip.ts'
import { problemPanel } from '../../parts/problem.ts'
import { skeletonRows } from '../../parts/quiet.ts'
import '../../parts/sheet.ts'
import './details.ts'

export interface EntrySheet {
  base: string
  /** Name of the entry; empty while the sheet is closed. */
  name: string
  /** Once it is known. */
  entry?: CronEntry
  problem?: Problem
  steps?: { previous: boolean; next: boolean }
  menu?: (entry: CronEntry) => TemplateResult
  mayOpen: (href: string) => boolean
  step: (by: number) => void
  close: () => void
  /** The link of the entry in the list. */
  row: () => HTMLElement | null
}

/** One entry in full beside the list. */
export function entrySheet({ base, name, entry, problem, steps, menu, mayOpen, step, close, row }: EntrySheet): TemplateResult {
  const forensics = base + evidencePath('cron_entry', name)
  return html`<ops-sheet .open=${name !== ''} href=${name && `${base}/cron?entry=${encodeURIComponent(name)}`} .steps=${steps} .returnTo=${row} @ops-close=${close} @ops-step=${({ detail }: CustomEvent<number>) => step(detail)}>
    <span slot="actions" class="small">${name && mayOpen(forensics) ? html`<a class="way" href=${forensics}>${t`Open forensics`}</a>` : nothing}</span>
    <div slot="heading" class="sheet-head"><h2><bdi>${name}</bdi></h2>${entry ? html`${statusChip(entry.status)} <span class="end">${menu?.(entry)}</span>` : nothing}</div>
    ${name ? (entry ? html`<ops-cron-details .entry=${entry}></ops-cron-details>` : problem ? problemPanel(problem) : skeletonRows(5)) : nothing}
  </ops-sheet>`
}
