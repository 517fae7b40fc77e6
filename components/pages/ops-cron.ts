import { css, html, nothing } from 'lit'
import { property } from 'lit/decorators.js'
import type { CronEntry } from '../../schemas/cron.ts'
import { OpsElement } from '../core/element.ts'
import { element } from '../core/register.ts'
import { Resource } from '../core/resource.ts'
import { statusChip } from '../parts/chip.ts'
import { problemPanel, staleNote } from '../parts/problem.ts'
import { emptyState, skeletonRows } from '../parts/quiet.ts'
import { slotStrip, stripLegend, stripStyles } from '../parts/strip.ts'
import { partStyles } from '../parts/styles.ts'
import '../parts/time.ts'
import { base, pageStyles } from '../theme/base.ts'

/**
 * Cron entries: schedule, last and next runs, a strip of slots, status, and the operations on each.
 *
 * @tag ops-cron
 * @attr {string} api - Where the API is; not needed inside `ops-provider`.
 * @attr {string} q - Part of the entry's name.
 * @fires ops-navigate - A link was clicked; prevent it to go there yourself.
 * @fires ops-operation - An operation was recorded; the detail is its audit event.
 * @slot empty - Shown when there are no entries.
 */
@element('ops-cron')
export class OpsCron extends OpsElement {
  static override styles = [base, pageStyles, partStyles, stripStyles, css``]

  @property() q = ''

  private readonly entries = new Resource(this, {
    connection: () => this.connection,
    load: ({ client }, signal) => client.listCronEntries({ query: { q: this.q || undefined }, signal }),
    key: () => [this.q],
    topics: ['cron'],
  })

  override render() {
    return html`
      <header class="page-head"><h1 tabindex="-1">Cron</h1></header>
      ${this.entries.render({
        pending: () => skeletonRows(5),
        error: (problem) => problemPanel(problem, this.entries.reload),
        complete: ({ items }, late) => html`${staleNote(late, this.entries.reload)} ${this.table(items)}`,
      })}
    `
  }

  private table(items: CronEntry[]) {
    if (items.length === 0) return emptyState('No cron entries', 'Entries declared in code appear here after the next start.')
    return html`<div class="card"><table>
        <tbody>${items.map((entry) => this.row(entry))}</tbody>
      </table></div>
      ${stripLegend()}`
  }

  private row(entry: CronEntry) {
    const next = entry.nextRuns[0]
    return html`<tr>
      <td><a href="${this.base}/cron?entry=${encodeURIComponent(entry.name)}">${entry.name}</a></td>
      <td><code>${entry.expression}</code></td>
      <td>${next ? html`<ops-time at=${next} zone=${entry.timezone} coarse></ops-time>` : nothing}</td>
      <td>${slotStrip(entry)}</td>
      <td>${statusChip(entry.status)}</td>
    </tr>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-cron': OpsCron
  }
}
