import { css, html, svg, type SVGTemplateResult, type TemplateResult } from 'lit'
import type { CronEntry, RecentSlot } from '../../schemas/cron.ts'
import { type SlotOutcome, slotOutcomes } from '../../schemas/vocabulary.ts'
import { duration, exactTime } from '../core/time.ts'

const step = 5
const height = 16

type Mark = (x: number) => SVGTemplateResult

const bar = (tall: number): Mark => (x) => svg`<rect x=${x} y=${(height - 12) / 2 + 12 - tall} width="4" height=${tall}/>`
const ring: Mark = (x) => svg`<circle cx=${x + 2} cy="8" r="1.6" class="open"/>`
const cross: Mark = (x) => svg`<path d="M${x} 3 ${x + 4} 13M${x + 4} 3 ${x} 13" class="open"/>`
const dash: Mark = (x) => svg`<rect x=${x} y="7" width="4" height="2"/>`
const box: Mark = (x) => svg`<rect x=${x + 0.5} y="6" width="3" height="4" class="open"/>`
const gap: Mark = (x) => svg`<path d="M${x + 2} 3V13" class="open gap"/>`
const diamond: Mark = (x) => svg`<path d="M${x} 8 ${x + 2} 4.5 ${x + 4} 8 ${x + 2} 11.5Z" class="open"/>`
const dot: Mark = (x) => svg`<circle cx=${x + 2} cy="8" r="0.9"/>`
const arrow: Mark = (x) => svg`<path d="M${x} 13 ${x + 2} 2 ${x + 4} 13Z"/>`
const half: Mark = (x) => svg`<path d="M${x} 8h4v6h-4zM${x} 2h4v2.5h-4z"/>`

/** Height and shape encode the outcome; colour only repeats it. */
const marks: Record<SlotOutcome | 'coming' | 'coming_skipped', { tone: string; mark: Mark }> = {
  on_time: { tone: 'runnable', mark: bar(12) },
  delayed: { tone: 'blocked', mark: bar(6) },
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

/** Recent slots, a line for now, and upcoming slots. */
export function slotStrip(entry: Pick<CronEntry, 'recent' | 'coming' | 'timezone' | 'pause'>): TemplateResult {
  const past = entry.recent.map((slot) => pastItem(slot, entry.timezone))
  const coming = entry.coming.map((slot) => comingItem(slot, entry))
  const now = past.length * step + 1
  const width = now + 3 + coming.length * step
  return html`<div class="strip" part="strip">
    <svg viewBox="0 0 ${width} ${height}" width=${width} height=${height} role="img" aria-label=${summary(past, coming)}>
      ${past.map((item, index) => drawn(item, index * step))} ${coming.map((item, index) => drawn(item, now + 3 + index * step))}
      <path class="now" d="M${now} 0V${height}" />
    </svg>
    <ol class="hidden-text">
      ${runs([...past, ...coming]).map((words) => html`<li>${words}</li>`)}
    </ol>
  </div>`
}

/** The legend of the marks. */
export function stripLegend(): TemplateResult {
  return html`<ul class="legend" part="legend" aria-label="What the marks mean">
    ${(Object.keys(marks) as Shape[])
      .filter((shape) => shape !== 'coming_skipped')
      .map((shape) => html`<li>${markOf(shape)} ${nameOf(shape)}</li>`)}
  </ul>`
}

/** A single mark, shown next to its word. */
export function markOf(outcome: string): TemplateResult {
  const known = Object.hasOwn(marks, outcome) ? (outcome as Shape) : 'unknown'
  return html`<svg class="mark ${marks[known].tone}" viewBox="0 0 5 16" width="5" height="16" aria-hidden="true">${marks[known].mark(0.5)}</svg>`
}

/** The shape of a slot 4 wide and 16 tall, for a larger drawing, with the tone of its colour. */
export function slotShape(outcome: string): { tone: string; drawing: SVGTemplateResult } {
  const { tone, mark } = marks[Object.hasOwn(marks, outcome) ? (outcome as Shape) : 'unknown']
  return { tone, drawing: mark(-2) }
}

function drawn({ shape, words }: Item, x: number): SVGTemplateResult {
  const { tone, mark } = marks[shape]
  return svg`<g class=${tone}><title>${words}</title><rect class="hit" x=${x - 0.5} y="0" width=${step} height=${height}/>${mark(x)}</g>`
}

function pastItem(slot: RecentSlot, zone: string): Item {
  const shape = Object.hasOwn(marks, slot.outcome) ? slot.outcome : 'unknown'
  const late = slot.lateSeconds && slot.lateSeconds >= 1 ? `, ${duration(slot.lateSeconds * 1000)} late` : ''
  const ended = slot.jobState ? `, job ${slot.jobState}` : ''
  return { shape, at: slot.at, words: `${timeOf(slot.at, zone)}: ${nameOf(shape)}${late}${ended}${slot.note ? `. ${slot.note}` : ''}` }
}

function comingItem(slot: { at: string; skipped: boolean }, entry: Pick<CronEntry, 'timezone' | 'pause'>): Item {
  const resumed = entry.pause?.resumeAt !== undefined && entry.pause.resumeAt <= slot.at
  const shape = slot.skipped ? 'coming_skipped' : entry.pause && !resumed ? 'paused' : 'coming'
  const fate = slot.skipped ? 'will be skipped by operator' : shape === 'paused' ? 'will not run while paused' : 'coming'
  return { shape, at: slot.at, words: `${timeOf(slot.at, entry.timezone)}: ${fate}` }
}

function summary(past: Item[], coming: Item[]): string {
  const counts = new Map<Shape, number>()
  for (const { shape } of past) counts.set(shape, (counts.get(shape) ?? 0) + 1)
  const told = [...counts].map(([shape, count]) => `${count} ${nameOf(shape)}`).join(', ')
  return `Last ${past.length} slots: ${told || 'none yet'}; next ${coming.length} shown`
}

/** Groups adjacent slots with the same outcome, so that the list stays short for screen readers. */
function runs(items: Item[]): string[] {
  const told: string[] = []
  for (let start = 0; start < items.length; ) {
    let end = start
    while (items[end + 1]?.shape === items[start]!.shape) end += 1
    told.push(end === start ? items[start]!.words : `${end - start + 1} × ${nameOf(items[start]!.shape)}, until ${items[end]!.words}`)
    start = end + 1
  }
  return told
}

function nameOf(shape: Shape): string {
  if (shape === 'coming') return 'coming'
  return shape === 'coming_skipped' ? slotOutcomes.skipped_by_operator : slotOutcomes[shape]
}

function timeOf(at: string, zone: string): string {
  return exactTime(Date.parse(at), { zone, seconds: false })
}

export const stripStyles = css`
  .strip svg {
    display: block;
    margin-top: 3px;
    max-width: 100%;
    overflow: visible;
  }
  .strip {
    position: relative;
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
  .strip .now {
    stroke: var(--_text);
    stroke-width: 1;
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
    font-size: 12px;
    color: var(--_muted);
  }
`
