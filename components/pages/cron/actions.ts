import { html, nothing, type TemplateResult } from 'lit'
import type { CronEntry } from '../../../schemas/cron.ts'
import { auditPath, evidencePath, type OperationAction } from '../../../schemas/actions.ts'
import type { Ask } from '../../parts/confirm.ts'
import '../../parts/menu.ts'
import type { MenuItem } from '../../parts/menu.ts'
import { shortRefusal } from '../../parts/refusal.ts'
import type { RowContext } from './row.ts'

/** The operations on an entry, each with the reason if it is not permitted. */
export function entryActions(entry: CronEntry, { base, ask, mayOpen, readOnly }: RowContext): TemplateResult {
  const main: OperationAction = entry.pause ? 'resume_cron_entry' : 'pause_cron_entry'
  const reasons = [...new Set([refusedBecause(entry, main), refusedBecause(entry, 'run_cron_entry')])].filter((reason) => reason !== '')
  const why = reasons.length > 0 ? `why-${entry.name}` : nothing
  const button = (action: OperationAction, words: string, primary: boolean) => html`<button
    type="button"
    class="button ${primary ? 'primary' : ''}"
    aria-label="${words} ${entry.name}"
    aria-describedby=${why}
    ?disabled=${refusedBecause(entry, action) !== ''}
    @click=${() => ask({ action, id: entry.name })}
  >
    ${words}
  </button>`
  return html`<div class="actions" part="actions">
      ${button(main, entry.pause ? 'Resume…' : 'Pause…', Boolean(entry.pause))} ${button('run_cron_entry', 'Run now…', false)}
      <ops-menu label="More for ${entry.name}" .items=${moreItems(entry, base, ask).filter(({ href }) => !href || mayOpen(href))}></ops-menu>
    </div>
    ${reasons.length > 0
      ? html`<p class="refusal" id=${why}>${reasons.map((reason) => (reason === readOnly ? shortRefusal(reason, nothing) : html`<span>${reason}</span> `))}</p>`
      : nothing}`
}

function moreItems(entry: CronEntry, base: string, ask: (ask: Ask) => void): MenuItem[] {
  const operation = (action: OperationAction, label: string): MenuItem => ({
    label,
    refused: refusedBecause(entry, action),
    choose: () => ask({ action, id: entry.name }),
  })
  return [
    operation('skip_cron_slot', 'Skip a run…'),
    ...(entry.coming.some(({ skipped }) => skipped) ? [operation('unskip_cron_slot', 'Let a skipped run happen…')] : []),
    operation('update_cron_entry', 'Change…'),
    operation('delete_cron_entry', 'Delete…'),
    { label: 'History', href: `${base}/cron?entry=${encodeURIComponent(entry.name)}` },
    { label: 'Open forensics', href: base + evidencePath('cron_entry', entry.name) },
    { label: 'Audit events', href: base + auditPath('cron_entry', entry.name) },
  ]
}

/** Empty if allowed. A reason that lies in the entry takes precedence over one that lies in the account. */
function refusedBecause(entry: CronEntry, action: OperationAction): string {
  const defines = action === 'update_cron_entry' || action === 'delete_cron_entry'
  if (defines && entry.definitionLocked) return entry.definitionLocked
  const permission = entry.permissions[action]
  return permission?.allowed ? '' : (permission?.reason ?? 'Your account may not do this.')
}
