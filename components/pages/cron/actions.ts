import { html, nothing, type SVGTemplateResult, svg, type TemplateResult } from 'lit'
import type { CronEntry } from '../../../schemas/cron.ts'
import type { OperationAction } from '../../../schemas/actions.ts'
import { t } from '../../core/words.ts'
import { shortRefusal } from '../../parts/refusal.ts'
import type { RowContext } from './row.ts'

const pauseIcon = svg`<path d="M5 3.5V12.5M11 3.5V12.5" stroke="currentColor" stroke-width="2"/>`
const runIcon = svg`<path d="M4.5 3 12.5 8 4.5 13Z" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round"/>`

/** The operations on an entry, each with the reason if it is not permitted. */
export function entryActions(entry: CronEntry, { ask, readOnly, menu, loadMenu }: RowContext): TemplateResult {
  const main: OperationAction = entry.pause ? 'resume_cron_entry' : 'pause_cron_entry'
  const reasons = [...new Set([refusedBecause(entry, main), refusedBecause(entry, 'run_cron_entry')])].filter((reason) => reason !== '')
  const why = reasons.length > 0 ? `why-${entry.name}` : nothing
  const button = (action: OperationAction, words: string, icon?: SVGTemplateResult) => html`<button
    type="button"
    data-action=${action}
    class="button ${icon ? 'icon' : ''}"
    title=${icon ? words : nothing}
    aria-label="${words} ${entry.name}"
    aria-describedby=${why}
    ?disabled=${refusedBecause(entry, action) !== ''}
    @click=${() => ask({ action, id: entry.name })}
  >
    ${icon ? html`<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">${icon}</svg><span class="hidden-text">${words}</span>` : words}
  </button>`
  return html`<div class="actions" part="actions">
      ${entry.pause ? button(main, t`Resume…`) : button(main, t`Pause…`, pauseIcon)} ${button('run_cron_entry', t`Run now…`, runIcon)}
      ${menu?.(entry) ?? html`<button type="button" class="button more" aria-haspopup="menu" aria-label=${t`More for ${entry.name}`} @click=${loadMenu}>⋯</button>`}
    </div>
    ${reasons.length > 0
      ? html`<p class="refusal one" id=${why}>${reasons.map((reason) => (reason === readOnly ? shortRefusal(reason, nothing, t`Read-only`) : html`<span title=${reason}>${reason}</span> `))}</p>`
      : nothing}`
}

/** Empty if allowed. A reason that lies in the entry takes precedence over one that lies in the account. */
export function refusedBecause(entry: CronEntry, action: OperationAction): string {
  const defines = action === 'update_cron_entry' || action === 'delete_cron_entry'
  if (defines && entry.definitionLocked) return entry.definitionLocked
  const permission = entry.permissions[action]
  return permission?.allowed ? '' : (permission?.reason ?? t`Your account may not do this.`)
}
