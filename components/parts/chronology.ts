import { css, html, LitElement, nothing, type TemplateResult } from 'lit'
import { property, state } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import type { ChronologyItem } from '../../schemas/forensics.ts'
import { type ChronologyGroup, chronologyGroups, type ChronologySource, chronologySources, type TimelineMark, timelineMarks } from '../../schemas/forensics-words.ts'
import { provenances, slotOutcomes } from '../../schemas/vocabulary.ts'
import { PageLinks } from '../core/links.ts'
import { element } from '../core/register.ts'
import { dayOf, exactTime, timeOfDay } from '../core/time.ts'
import { numberText, t, tr, tx } from '../core/words.ts'
import { type Day, type Row, rowsByDay } from './chronology-rows.ts'
import { outcomeChip } from './outcome-chip.ts'
import { sentence } from './sentence.ts'
import { markOf } from './strip.ts'
import { subjectTypeLabel } from './subject-link.ts'

/**
 * A chronology, newest first, grouped by day, similar lines folded, with a chip for each group of sources. Renders into its parent's tree, so
 * that the page's own styles and parts apply; the page includes `chronologyStyles`.
 *
 * @tag ops-chronology
 * @fires ops-older - More of it is wanted; the detail is `{ group }`, undefined for all.
 */
@element('ops-chronology')
export class OpsChronology extends LitElement {
  protected readonly pageLinks = new PageLinks(this)

  @property({ attribute: false }) items: readonly ChronologyItem[] = []
  /** Whether there are older lines. */
  @property({ type: Boolean }) more = false
  @property({ type: Boolean }) loading = false
  /** Why the older lines could not be read. */
  @property() failure = ''

  @state() private group: ChronologyGroup | undefined

  protected override createRenderRoot() {
    return this
  }

  override render() {
    const shown = this.group ? this.items.filter((item) => groupOf(item) === this.group) : this.items
    return html`<section class="card chronology" part="chronology" aria-labelledby="chronology-title">
      <div class="chronology-head">
        <h3 id="chronology-title">${t`What happened`}</h3>
        ${this.chips()}
        <span class="muted small aside">${t`newest first · ${zoneName()}`}</span>
      </div>
      ${shown.length === 0 ? html`<p class="muted nothing-known">${this.more ? t`Nothing of this kind among the newest lines.` : t`Nothing is recorded.`}</p>` : nothing}
      <ol class="days">
        ${repeat(rowsByDay(shown, (at) => dayOf(at)), ({ rows }) => keyOf(rows[0]![0]), day)}
      </ol>
      ${this.more ? this.older() : nothing}
    </section>`
  }

  private chips() {
    const counts = new Map<ChronologyGroup, number>()
    for (const item of this.items) counts.set(groupOf(item), (counts.get(groupOf(item)) ?? 0) + 1)
    if (counts.size < 2 && !this.group) return nothing
    const groups = (Object.keys(chronologyGroups) as ChronologyGroup[]).filter((group) => counts.has(group) || group === this.group)
    return html`<div class="segments" role="group" aria-label=${t`Sources`}>
      <button type="button" aria-pressed=${this.group === undefined} @click=${() => (this.group = undefined)}>${t`All`}</button>
      ${groups.map((group) => html`<button type="button" aria-pressed=${this.group === group} @click=${() => (this.group = group)}>${tx(chronologyGroups[group])} ${numberText(counts.get(group) ?? 0)}${this.more ? '+' : ''}</button>`)}
    </div>`
  }

  private older() {
    return html`<p class="older">
      <button type="button" class="button" ?disabled=${this.loading} @click=${this.ask}>${this.loading ? t`Loading…` : t`Show older`}</button>
      ${this.failure ? html`<span role="alert" class="small">${this.failure}</span>` : nothing}
    </p>`
  }

  private readonly ask = () => {
    this.dispatchEvent(new CustomEvent('ops-older', { detail: { group: this.group }, bubbles: true }))
  }
}

function day({ newest, oldest, rows }: Day) {
  const [last, first] = [dayOf(newest), dayOf(oldest)]
  return html`<li class="day">
    <h4>${first === last ? isToday(newest) ? t`Today, ${last}` : last : `${first} – ${last}`}</h4>
    <ol>${repeat(rows, ([item]) => keyOf(item), line)}</ol>
  </li>`
}

function line(row: Row) {
  const [item] = row
  return row.length === 1 ? single(item) : folded(row)
}

function single(item: ChronologyItem) {
  const { source, detail, at, to, provenance } = item
  return html`<li class="line ${toneOf(item)} ${provenance === 'unknown' ? 'unknown' : ''}" part="chronology-item">
    ${when(at)}
    <span class="dot" aria-hidden="true"></span>
    <div class="what wrap">
      ${sign(item)} ${said(item)}${to && item.kind === 'gap' ? html` ${t`until ${exactTime(Date.parse(to), { seconds: false })}`}` : nothing}
      ${detail && source === 'audit' ? html`<span class="muted quote">${detail}</span>` : nothing}
      ${opens(item)}
      ${detail && source !== 'audit' && !isOutcomeWord(item) ? html`<span class="muted">${sentence(detail)}</span>` : nothing}
    </div>
    ${whence(source, provenance)}
  </li>`
}

/** Opens to the single lines. */
function folded(row: Row) {
  const [item] = row
  const [newest, oldest] = [Date.parse(item.at), Date.parse(row.at(-1)!.at)]
  const word = tx(timelineMarks[item.kind as TimelineMark] ?? item.kind ?? '')
  return html`<li class="line folded ${toneOf(item)}" part="chronology-item">
    ${when(item.at)}
    <span class="dot" aria-hidden="true"></span>
    <details class="what">
      <summary>${item.outcome !== undefined && item.outcome in slotOutcomes ? markOf(item.outcome) : nothing} <b>${numberText(row.length)} ${word}</b> <span class="muted">${t`from ${exactTime(oldest, { seconds: false })} to ${exactTime(newest, { seconds: false })}`}</span></summary>
      <ol>${row.map((each) => html`<li class="wrap"><time class="mono muted" datetime=${each.at}>${exactTime(Date.parse(each.at), { seconds: false })}</time> ${tx(each.label)} ${opens(each)}</li>`)}</ol>
    </details>
    ${whence(item.source, item.provenance)}
  </li>`
}

function when(at: string) {
  const instant = Date.parse(at)
  return html`<time class="mono when" datetime=${at} title=${exactTime(instant, { milliseconds: true })}>${timeOfDay(instant)}</time>`
}

/** Where a line comes from, and how strong that is. */
function whence(source: ChronologySource, provenance: string) {
  const strength = tx(provenances[provenance as keyof typeof provenances] ?? provenances.unknown)
  const { label, means } = chronologySources[source] ?? { label: source, means: '' }
  return html`<span class="whence" title="${strength}: ${tx(means)}">${tx(label)}<span class="hidden-text"> ${strength}</span></span>`
}

function opens({ ref }: ChronologyItem) {
  return ref.href ? html`<a class="way small" href=${ref.href} aria-label=${t`Open ${subjectTypeLabel(ref.type)}`}>${subjectTypeLabel(ref.type)}</a>` : nothing
}

/** The mark of a slot, or the chip of an unsuccessful attempt. */
function sign({ outcome }: ChronologyItem): TemplateResult | typeof nothing {
  if (!outcome || outcome === 'succeeded') return nothing
  return outcome in slotOutcomes ? markOf(outcome) : outcomeChip(outcome)
}

/** A slot's detail that only repeats its outcome. */
function isOutcomeWord({ outcome, detail }: ChronologyItem): boolean {
  return outcome !== undefined && (slotOutcomes as Record<string, string>)[outcome] === detail
}

/** The label with its actor in bold, mentioned only once. */
function said({ label, actor }: ChronologyItem) {
  if (!actor) return sentence(tx(label))
  if (label.startsWith(`${actor.label} `)) return html`<b><bdi>${actor.label}</bdi></b> ${tx(label.slice(actor.label.length + 1))}`
  return tr`${tx(label)} by ${html`<b><bdi>${actor.label}</bdi></b>`}`
}

const bad = new Set(['denied', 'failed', 'missed_fire'])

function toneOf({ kind, outcome, source, actor }: ChronologyItem): string {
  if (kind === 'gap') return 'hole'
  if (outcome !== undefined && bad.has(outcome)) return 'bad'
  if (source === 'incident') return 'bad'
  if (source === 'deploy') return 'deploy'
  return source === 'audit' && actor?.type !== 'system' ? 'op' : ''
}

function groupOf({ source }: ChronologyItem): ChronologyGroup {
  return chronologySources[source]?.group ?? 'audit'
}

function keyOf({ id, source }: ChronologyItem): string {
  return `${source} ${id}`
}

function isToday(at: number): boolean {
  return dayOf(at) === dayOf(Date.now())
}

function zoneName(): string {
  return exactTime(Date.now(), { seconds: false }).split(' ').at(-1) ?? ''
}

export const chronologyStyles = css`
  .chronology-head {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px 12px;
    padding: 9px 16px;
    border-bottom: 1px solid var(--_line);
  }
  .chronology-head .aside {
    margin-inline-start: auto;
  }
  .nothing-known,
  .older {
    padding: 10px 16px;
  }
  .days {
    padding-bottom: 6px;
  }
  .day h4 {
    margin: 0;
    padding: 8px 16px 2px;
    font-size: var(--_tiny);
    font-weight: var(--_weight-strong);
    color: var(--_muted);
  }
  .line {
    position: relative;
    display: grid;
    grid-template-columns: 88px 12px minmax(0, 1fr) auto;
    gap: 8px;
    align-items: baseline;
    padding: 5px 16px;
    font-size: var(--_medium);
  }
  .line::before {
    content: '';
    position: absolute;
    inset-block: 0;
    inset-inline-start: 117.5px;
    border-inline-start: 1px solid var(--_line);
  }
  .line.hole::before,
  .line.unknown::before {
    border-inline-start: 1px dashed var(--_control-line);
  }
  .line .when {
    font-size: var(--_tiny);
    color: var(--_muted);
  }
  .line .dot {
    position: relative;
    z-index: 1;
    align-self: center;
    justify-self: center;
    width: 8px;
    height: 8px;
    border-radius: 50%;
    background: var(--_control-line);
  }
  .line.op .dot {
    background: var(--_accent);
  }
  .line.bad .dot {
    background: var(--_review);
  }
  .line.deploy .dot {
    border-radius: 1px;
    background: var(--_text);
  }
  .line.hole .dot {
    background: var(--_surface);
    border: 1px dashed var(--_control-line);
  }
  .line.hole .what {
    color: var(--_muted);
  }
  .whence {
    font-size: var(--_tiny);
    color: var(--_muted);
    white-space: nowrap;
    text-decoration: underline dotted;
    text-underline-offset: 3px;
  }
  .folded summary {
    cursor: pointer;
  }
  .folded summary b {
    color: var(--_accent);
  }
  .folded details > ol {
    display: grid;
    gap: 3px;
    padding: 6px 0 4px;
  }
  @container ops-page (max-width: 620px) {
    .line {
      grid-template-columns: 86px 12px minmax(0, 1fr);
      padding-inline: 12px;
    }
    .line::before {
      inset-inline-start: 111.5px;
    }
    .line .whence {
      grid-column: 3;
      justify-self: start;
    }
  }
`

declare global {
  interface HTMLElementTagNameMap {
    'ops-chronology': OpsChronology
  }
}
