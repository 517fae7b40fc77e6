import { css, html, svg, type SVGTemplateResult, type TemplateResult } from 'lit'
import type { CronEntry, RecentSlot } from '../../schemas/cron.ts'
import { maxRecentSlots, type SlotOutcome, slotOutcomes } from '../../schemas/cron-words.ts'
import { duration, exactTime } from '../core/time.ts'
import { t, tn, tx } from '../core/words.ts'

/** One mark with its distance to the next. */
const step = 8
const wide = 6
const height = 16
const maxComing = 12

/** Draws a mark 6 wide and 16 tall at `x`. */
type Mark = (x: number) => SVGTemplateResult

const bar = (tall: number): Mark => (x) => svg`<rect x=${x} y=${height - tall} width=${wide} height=${tall}/>`
const failed: Mark = (x) => svg`<rect x=${x} y="0" width=${wide} height=${height}/><path d="M${x + 1.2} 5.5 ${x + 4.8} 10.5M${x + 4.8} 5.5 ${x + 1.2} 10.5" class="cut"/>`
const ring: Mark = (x) => svg`<circle cx=${x + 3} cy="12.5" r="2.3" class="open"/>`
const cross: Mark = (x) => svg`<path d="M${x + 0.5} 2 ${x + 5.5} 15M${x + 5.5} 2 ${x + 0.5} 15" class="open"/>`
const dash: Mark = (x) => svg`<rect x=${x - 0.5} y="7" width="7" height="2"/>`
const box: Mark = (x) => svg`<rect x=${x + 0.5} y="9.5" width="5" height="6" rx="1" class="open"/>`
const gap: Mark = (x) => svg`<path d="M${x + 3} 1V15" class="open gap"/>`
const diamond: Mark = (x) => svg`<path d="M${x} 12 ${x + 3} 8 ${x + 6} 12 ${x + 3} 16Z" class="open"/>`
const dot: Mark = (x) => svg`<circle cx=${x + 3} cy="8" r="1"/>`
const arrow: Mark = (x) => svg`<path d="M${x} 16 ${x + 3} 1 ${x + 6} 16Z"/>`
const half: Mark = (x) => svg`<path d="M${x} 6h6v10h-6zM${x} 0h6v3.5h-6z"/>`

/** Height and shape encode the outcome; colour only repeats it. */
const marks: Record<SlotOutcome | 'failed' | 'coming' | 'coming_skipped', { tone: string; mark: Mark }> = {
  on_time: { tone: 'runnable', mark: bar(16) },
  delayed: { tone: 'blocked', mark: bar(8) },
  failed: { tone: 'review', mark: failed },
  manual_run: { tone: 'accent', mark: arrow },
  skipped_overlap: { tone: 'resolved', mark: ring },
  queued_follow_up: { tone: 'waiting', mark: half },
  skipped_by_operator: { tone: 'bridge', mark: diamond },
  paused: { tone: 'waiting', mark: dash },
  missed_fire: { tone: 'review', mark: cross },
  scheduler_down: { tone: 'muted', mark: gap },
  unknown: { tone: 'muted', mark: dot },
  coming: { tone: 'muted', mark: box },
  coming_skipped: { tone: 'bridge', mark: diamond },
}

type Shape = keyof typeof marks

interface Item {
  shape: Shape
  at: string
  words: string
}

/** Whether the job of a slot failed for good. */
export function hasFailed({ jobState }: Pick<RecentSlot, 'jobState'>): boolean {
  return jobState === 'discarded'
}

/**
 * Recent slots, a line for now, and upcoming slots. The line is at the same place in every strip of the same width: the past ends
 * there and the future begins there, however many slots there are. Where there is no room, the oldest and the latest are cut off.
 */
export function slotStrip(entry: Pick<CronEntry, 'recent' | 'coming' | 'timezone' | 'pause'>): TemplateResult {
  const past = entry.recent.map((slot) => pastItem(slot, entry.timezone))
  const coming = entry.coming.slice(0, maxComing).map((slot) => comingItem(slot, entry))
  const first = maxRecentSlots - past.length
  return html`<div class="strip" part="strip" role="img" aria-label=${summary(past, coming)}>
      <div class="past">${drawing(past, first, maxRecentSlots)}</div>
      <div class="future">${drawing(coming, 0, maxComing)}</div>
    </div>
    <ol class="hidden-text">
      ${runs([...past, ...coming]).map((words) => html`<li>${words}</li>`)}
    </ol>`
}

/** The legend of the marks. */
export function stripLegend(): TemplateResult {
  return html`<ul class="legend" part="legend" aria-label=${t`What the marks mean`}>
    ${(Object.keys(marks) as Shape[])
      .filter((shape) => shape !== 'coming_skipped')
      .map((shape) => html`<li>${markOf(shape)} ${nameOf(shape)}</li>`)}
  </ul>`
}

/** A single mark, shown next to its word. */
export function markOf(outcome: string): TemplateResult {
  const known = Object.hasOwn(marks, outcome) ? (outcome as Shape) : 'unknown'
  return html`<svg class="mark ${marks[known].tone}" viewBox="0 0 8 16" width="8" height="16" aria-hidden="true">${marks[known].mark(1)}</svg>`
}

/** The shape of a slot 6 wide and 16 tall around x = 0, for a larger drawing, with the tone of its colour. */
export function slotShape(outcome: string): { tone: string; drawing: SVGTemplateResult } {
  const { tone, mark } = marks[Object.hasOwn(marks, outcome) ? (outcome as Shape) : 'unknown']
  return { tone, drawing: mark(-wide / 2) }
}

function drawing(items: Item[], first: number, room: number) {
  const width = room * step
  return html`<svg viewBox="0 0 ${width} ${height}" width=${width} height=${height} aria-hidden="true">${items.map((item, index) => drawn(item, (first + index) * step + 1))}</svg>`
}

function drawn({ shape, at, words }: Item, x: number): SVGTemplateResult {
  const { tone, mark } = marks[shape]
  return svg`<g class=${tone} data-at=${at}><title>${words}</title><rect class="hit" x=${x - 1} y="0" width=${step} height=${height}/>${mark(x)}</g>`
}

function pastItem(slot: RecentSlot, zone: string): Item {
  const outcome = Object.hasOwn(marks, slot.outcome) ? slot.outcome : 'unknown'
  const late = slot.lateSeconds && slot.lateSeconds >= 1 ? `, ${t`${duration(slot.lateSeconds * 1000)} late`}` : ''
  const ended = slot.jobState ? `, ${t`job ${tx(slot.jobState)}`}` : ''
  return { shape: hasFailed(slot) ? 'failed' : outcome, at: slot.at, words: `${timeOf(slot.at, zone)}: ${nameOf(outcome)}${late}${ended}${slot.note ? `. ${slot.note}` : ''}` }
}

function comingItem(slot: { at: string; skipped: boolean }, entry: Pick<CronEntry, 'timezone' | 'pause'>): Item {
  const resumed = entry.pause?.resumeAt !== undefined && entry.pause.resumeAt <= slot.at
  const shape = slot.skipped ? 'coming_skipped' : entry.pause && !resumed ? 'paused' : 'coming'
  const fate = slot.skipped ? t`will be skipped by operator` : shape === 'paused' ? t`will not run while paused` : t`coming`
  return { shape, at: slot.at, words: `${timeOf(slot.at, entry.timezone)}: ${fate}` }
}

function summary(past: Item[], coming: Item[]): string {
  const counts = new Map<Shape, number>()
  for (const { shape } of past) counts.set(shape, (counts.get(shape) ?? 0) + 1)
  const outcomes = [...counts].map(([shape, count]) => t`${count} ${nameOf(shape)}`).join(', ')
  return t`Last ${past.length} slots: ${outcomes || t`none yet`}; next ${coming.length} shown`
}

/** Groups adjacent slots with the same outcome, so that the list stays short for screen readers. */
function runs(items: Item[]): string[] {
  const texts: string[] = []
  for (let start = 0; start < items.length; ) {
    let end = start
    while (items[end + 1]?.shape === items[start]!.shape) end += 1
    const last = items[end]!
    texts.push(end === start ? last.words : t`${end - start + 1} × ${nameOf(last.shape)}, until ${last.words}`)
    start = end + 1
  }
  return texts
}

function nameOf(shape: Shape): string {
  if (shape === 'coming') return t`coming`
  if (shape === 'failed') return t`failed`
  return tx(shape === 'coming_skipped' ? slotOutcomes.skipped_by_operator : slotOutcomes[shape])
}

function timeOf(at: string, zone: string): string {
  return exactTime(Date.parse(at), { zone, seconds: false })
}

/** How regular an entry was: slots on time of those that are known, and the one thing worth saying about the others. */
export function healthOf(recent: RecentSlot[], coming: CronEntry['coming'] = []): { onTime: number; known: number; note: string; alarming: boolean } {
  const known = recent.filter(({ outcome }) => outcome !== 'unknown' && outcome !== 'manual_run')
  const onTime = known.filter((slot) => slot.outcome === 'on_time' && !hasFailed(slot)).length
  const count = (outcome: SlotOutcome) => known.filter((slot) => slot.outcome === outcome).length
  const failures = recent.filter(hasFailed).length
  const lastRun = recent.findLast(({ jobState }) => jobState)
  const alarming = lastRun !== undefined && hasFailed(lastRun)
  const every = periodOf(known)
  const notes = [
    alarming && t`last run failed`,
    every > 0 && skipsEvery(every),
    count('missed_fire') > 0 && tn(count('missed_fire'), '# missed', '# missed'),
    count('scheduler_down') > 0 && tn(count('scheduler_down'), '# without scheduler', '# without scheduler'),
    count('paused') > 0 && tn(count('paused'), '# paused', '# paused'),
    failures > 0 && tn(failures, '# failed', '# failed'),
    count('skipped_overlap') > 0 && tn(count('skipped_overlap'), '# skipped', '# skipped'),
    coming[0]?.skipped && t`next skipped`,
  ]
  return { onTime, known: known.length, note: notes.find((note) => note) || '', alarming }
}

/** Of how many slots one is skipped each time; 0 unless it happens at least three times at the same distance, and to nothing else. */
function periodOf(known: RecentSlot[]): number {
  const skips = known.flatMap(({ outcome }, place) => (outcome === 'skipped_overlap' ? [place] : []))
  const distance = (skips[1] ?? 0) - (skips[0] ?? 0)
  const regular = skips.length >= 3 && distance > 1 && skips.every((place, index) => place === skips[0]! + index * distance)
  return regular ? distance : 0
}

function skipsEvery(count: number): string {
  if (count === 2) return t`skips every 2nd`
  return count === 3 ? t`skips every 3rd` : t`skips every ${count}th`
}

export const stripStyles = css`
  .strip {
    display: flex;
    direction: inherit;
  }
  .past,
  .future {
    display: flex;
    overflow: hidden;
  }
  .past {
    flex: 0 1 288px;
    justify-content: flex-end;
  }
  .future {
    flex: 0 0 auto;
    padding-inline-start: 3px;
    border-inline-start: 2px solid var(--_text);
  }
  .strip svg {
    flex: none;
    display: block;
    margin-block: 4px;
  }
  .strip:dir(rtl) svg {
    transform: scaleX(-1);
  }
  .strip g,
  .mark {
    fill: var(--tone);
    --tone: var(--_muted);
  }
  .strip .open,
  .mark .open {
    fill: none;
    stroke: var(--tone);
    stroke-width: 1.2;
  }
  .strip .cut,
  .mark .cut {
    fill: none;
    stroke: var(--_surface);
    stroke-width: 1.4;
  }
  .strip .gap,
  .mark .gap {
    stroke-dasharray: 2 2;
  }
  .strip .hit {
    fill: transparent;
  }
  .strip .runnable,
  .mark.runnable {
    --tone: var(--_runnable);
  }
  .strip .blocked,
  .mark.blocked {
    --tone: var(--_blocked);
  }
  .strip .waiting,
  .mark.waiting {
    --tone: var(--_waiting);
  }
  .strip .review,
  .mark.review {
    --tone: var(--_review);
  }
  .strip .resolved,
  .mark.resolved {
    --tone: var(--_resolved);
  }
  .strip .bridge,
  .mark.bridge {
    --tone: var(--_bridge);
  }
  .strip .accent,
  .mark.accent {
    --tone: var(--_accent);
  }
  .mark {
    vertical-align: -3px;
    overflow: visible;
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 16px;
    margin-top: 8px;
    font-size: var(--_tiny);
    color: var(--_muted);
  }
  @media (forced-colors: active) {
    .strip g,
    .mark {
      --tone: CanvasText !important;
      forced-color-adjust: none;
    }
    .strip .cut,
    .mark .cut {
      stroke: Canvas;
    }
  }
`
