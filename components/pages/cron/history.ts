import { html, type TemplateResult } from 'lit'
import { t } from '../../core/words.ts'
import '../ops-audit.ts'

/** What was done to the entries, as the audit log has it: its rows with their sheet, without its search. */
export function entryHistory(base: string, limit: number | undefined): TemplateResult {
  return html`<div class="history" @ops-filter=${(event: Event) => event.stopPropagation()}>
    <p class="small"><a class="way" href="${base}/audit?eventType=cron.">${t`Search them in Audit`}</a></p>
    <ops-audit compact event-type="cron." .limit=${limit ?? 50}></ops-audit>
  </div>`
}
