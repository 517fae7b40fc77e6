import { html, type TemplateResult } from 'lit'
import type { CronEntry } from '../../../schemas/cron.ts'
import { auditPath, evidencePath, type OperationAction } from '../../../schemas/actions.ts'
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

function items(entry: CronEntry, base: string, ask: (ask: Ask) => void): MenuItem[] {
  const operation = (action: OperationAction, label: string): MenuItem => ({
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
