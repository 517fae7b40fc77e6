import { html, type TemplateResult } from 'lit'
import type { CronEntry } from '../../../schemas/cron.ts'
import { auditPath, evidencePath, type OperationAction } from '../../../schemas/actions.ts'
import type { Connection } from '../../core/connection.ts'
import { t } from '../../core/words.ts'
import type { Ask } from '../../parts/confirm.ts'
import '../../parts/menu.ts'
import type { MenuItem } from '../../parts/menu.ts'
import { refusedBecause } from './actions.ts'

interface MenuContext {
  base: string
  ask: (ask: Ask) => void
  mayOpen: (href: string) => boolean
}

/** Everything that can be done with an entry; loaded when it is first asked for. */
export function entryMenu(entry: CronEntry, { base, ask, mayOpen }: MenuContext): TemplateResult {
  return html`<ops-menu label=${t`More for ${entry.name}`} .items=${items(entry, base, ask).filter(({ href }) => !href || mayOpen(href))}></ops-menu>`
}

/** Opens the menu that has taken the place of the button in this cell. */
export async function openIn(cell: Element): Promise<void> {
  const menu = cell.querySelector('ops-menu')
  await menu?.updateComplete
  menu?.shadowRoot?.querySelector('button')?.click()
}

/** The job of the slot at an instant; undefined if it has none. */
export async function findJob(client: Connection['client'], name: string, at: string): Promise<string | undefined> {
  const to = new Date(Date.parse(at) + 1).toISOString()
  const { slots } = await client.getCronHistory({ params: { name }, query: { from: at, to } })
  return slots.find((slot) => slot.at === at)?.jobId
}

function items(entry: CronEntry, base: string, ask: (ask: Ask) => void): MenuItem[] {
  const operation = (action: OperationAction, label: string): MenuItem => ({
    action,
    label,
    refused: refusedBecause(entry, action),
    choose: () => ask({ action, id: entry.name }),
  })
  return [
    entry.pause ? operation('resume_cron_entry', t`Resume…`) : operation('pause_cron_entry', t`Pause…`),
    operation('run_cron_entry', t`Run now…`),
    operation('skip_cron_slot', t`Skip a run…`),
    ...(entry.coming.some(({ skipped }) => skipped) ? [operation('unskip_cron_slot', t`Let a skipped run happen…`)] : []),
    operation('update_cron_entry', t`Change…`),
    operation('delete_cron_entry', t`Delete…`),
    { label: t`History`, href: `${base}/cron?entry=${encodeURIComponent(entry.name)}` },
    { label: t`Open forensics`, href: base + evidencePath('cron_entry', entry.name) },
    { label: t`Audit events`, href: base + auditPath('cron_entry', entry.name) },
  ]
}
