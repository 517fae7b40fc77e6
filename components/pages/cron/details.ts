import { css, html, nothing } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { CronEntry, CronHistory, Slot } from '../../../schemas/cron.ts'
import { catchUpPolicies, overlapPolicies, slotOutcomes } from '../../../schemas/cron-words.ts'
import { formatCount } from '../../../schemas/plural.ts'
import { now } from '../../core/clock.ts'
import { OpsElement } from '../../core/element.ts'
import { element } from '../../core/register.ts'
import { Resource } from '../../core/resource.ts'
import { t, tr, tx } from '../../core/words.ts'
import { completenessChip } from '../../parts/chip.ts'
import { diffStyles, json } from '../../parts/diff.ts'
import { jobLink } from '../../parts/job-link.ts'
import { problemPanel, staleNote } from '../../parts/problem.ts'
import { skeletonRows } from '../../parts/quiet.ts'
import { segments, segmentStyles } from '../../parts/segments.ts'
import { sentence } from '../../parts/sentence.ts'
import { markOf, stripStyles } from '../../parts/strip.ts'
import { partStyles } from '../../parts/styles.ts'
import { tableStyles } from '../../parts/table.ts'
import { base } from '../../theme/base.ts'


const hour = 3_600_000
const windows = { '24 h': 24 * hour, '7 d': 7 * 24 * hour }

/**
 * One entry in full: arguments, coming runs, and each slot of a window.
 *
 * @tag ops-cron-details
 */
@element('ops-cron-details')
export class OpsCronDetails extends OpsElement {
  static override styles = [
    base,
    tableStyles,
    partStyles,
    segmentStyles,
    stripStyles,
    diffStyles,
    css`
      :host {
        background: none;
      }
      .panel {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 16px;
      }
      aside,
      section {
        display: grid;
        gap: 12px;
        align-content: start;
        min-width: 0;
      }
      .bar {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 12px;
      }
      .bar .end {
        margin-inline-start: auto;
      }
      .scroll {
        max-height: 360px;
        overflow: auto;
        border: 1px solid var(--_line);
        border-radius: 6px;
        background: var(--_surface);
      }
      .scroll th {
        position: sticky;
        top: 0;
        background: var(--_surface);
      }
      .scroll th {
        white-space: nowrap;
      }
      td,
      .scroll th {
        padding: 5px 12px;
      }
      h3 {
        margin-bottom: 4px;
      }
      dl {
        display: grid;
        grid-template-columns: max-content minmax(0, 1fr);
        gap: 2px 12px;
        font-size: 13px;
        overflow-wrap: anywhere;
      }
      dt {
        color: var(--_muted);
      }
    `,
  ]

  @property({ attribute: false }) entry?: CronEntry
  @state() private span: keyof typeof windows = '24 h'

  private readonly history = new Resource(this, {
    connection: () => (this.entry ? this.connection : undefined),
    load: ({ client }, signal) => {
      const from = new Date(now() - windows[this.span]).toISOString()
      return client.getCronHistory({ params: { name: this.entry!.name }, query: { from }, signal })
    },
    key: () => [this.entry?.name, this.span],
    of: () => this.entry?.name,
    topics: ['cron'],
  })

  override render() {
    return this.entry ? html`<div class="panel">${this.facts(this.entry)} ${this.slots(this.entry)}</div>` : nothing
  }

  private facts(entry: CronEntry) {
    return html`<aside aria-label=${t`About ${entry.name}`}>
      <dl>${definition(entry).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
      <div><h3>${t`Upcoming runs`}</h3>${this.coming(entry)}</div>
      <div><h3>${t`Arguments`}</h3>${json(entry.args)}</div>
      <p class="muted small">${tr`Version ${entry.version}, changed ${html`<ops-time at=${entry.updatedAt}></ops-time>`}`}</p>
      ${entry.definitionLocked ? html`<p class="muted small">${entry.definitionLocked}</p>` : nothing}
    </aside>`
  }

  private coming({ nextRuns, coming, timezone, pause }: CronEntry) {
    if (nextRuns.length === 0) return html`<p class="muted">${pause ? t`None while it is paused.` : t`None.`}</p>`
    const skipped = coming.filter((slot) => slot.skipped).map(({ at }) => at)
    return html`<ul>
      ${nextRuns.map((at) => html`<li><ops-time at=${at} zone=${timezone} coarse></ops-time></li>`)}
      ${skipped.map((at) => html`<li class="muted">${tr`${html`<ops-time at=${at} zone=${timezone} show="exact" coarse></ops-time>`} is skipped`}</li>`)}
    </ul>`
  }

  private slots(entry: CronEntry) {
    return html`<section aria-label=${t`History of ${entry.name}`}>
      <div class="bar">
        <h3>${t`History`}</h3>
        ${segments({ label: t`Window`, words: { '24 h': t`24 h`, '7 d': t`7 d` }, current: this.span, choose: (span) => (this.span = span) })}
        <a class="end way" href="${this.base}/forensics/cron_entry/${encodeURIComponent(entry.name)}">${t`Forensic timeline`}</a>
      </div>
      ${this.history.render({
        pending: () => skeletonRows(4),
        error: (problem) => problemPanel(problem, this.history.reload),
        complete: (history, late) => html`${staleNote(late, this.history.reload)} ${this.table(history, entry)}`,
      })}
    </section>`
  }

  private table(history: CronHistory, entry: CronEntry) {
    const counts = Object.entries(history.counts).filter(([, count]) => count > 0)
    return html`<div class="bar small">
        ${history.completeness.state === 'complete' ? nothing : completenessChip(history.completeness.state)}
        ${counts.map(([outcome, count]) => html`<span>${markOf(outcome)} ${formatCount(count)} ${word(outcome)}</span>`)}
      </div>
      ${history.completeness.reasons.map((reason) => html`<p class="muted small">${sentence(reason)}</p>`)}
      ${history.truncated ? html`<p class="muted small">${tr`There are more slots than fit; shown from ${html`<ops-time at=${history.from} show="exact"></ops-time>`}.`}</p>` : nothing}
      ${history.slots.length === 0 ? html`<p class="muted">${t`No run was due in this window.`}</p>` : this.slotTable(history.slots, entry)}`
  }

  private slotTable(slots: Slot[], { timezone }: CronEntry) {
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${t`Slots`}>
      <table>
        <thead>
          <tr>
            <th scope="col">${t`Slot`}</th>
            <th scope="col">${t`Outcome`}</th>
            <th scope="col">${t`Late`}</th>
            <th scope="col">${t`Job`}</th>
          </tr>
        </thead>
        <tbody>
          ${slots.map(
            (slot) => html`<tr>
              <td><ops-time at=${slot.at} zone=${timezone} show="exact"></ops-time></td>
              <td>${markOf(slot.outcome)} ${word(slot.outcome)} ${slot.note ? html`<span class="muted small">${sentence(slot.note, { zone: timezone })}</span>` : nothing}</td>
              <td class="num">${slot.lateSeconds === undefined ? '' : t`${slot.lateSeconds.toFixed(1)} s`}</td>
              <td>${slot.jobId ? jobLink(this.base, slot.jobId) : nothing} ${slot.jobState ?? nothing}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>`
  }
}

/** What the row may have shortened. */
function definition(entry: CronEntry): [string, unknown][] {
  const { pause } = entry
  return [
    ...(pause?.reason ? [[t`Paused`, html`<span class="quote">${pause.reason}</span>`] as [string, unknown]] : []),
    [t`Schedule`, html`<code dir="ltr">${entry.expression}</code> ${entry.description}, ${entry.timezone}`],
    [t`Queue`, html`<bdi>${entry.queue}</bdi>`],
    ...(entry.worker ? [[t`Worker`, html`<bdi>${entry.worker}</bdi>`] as [string, unknown]] : []),
    [t`Overlap`, tx(overlapPolicies[entry.overlap])],
    [t`Catch-up`, catchUpWords(entry)],
    [t`Source`, tx(entry.source)],
    [t`Unfinished jobs`, entry.unfinishedJobs],
  ]
}

function catchUpWords({ catchUp, maxCatchUp }: CronEntry): string {
  return catchUp === 'all' ? t`all, max ${maxCatchUp}` : tx(catchUpPolicies[catchUp])
}

function word(outcome: string): string {
  return tx(slotOutcomes[outcome as keyof typeof slotOutcomes] ?? outcome)
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-cron-details': OpsCronDetails
  }
}
