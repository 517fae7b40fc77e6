import { css, html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit'
import type { Timeline, TimelineLane } from '../../schemas/forensics.ts'
import { type ForensicRange, forensicRanges, timelineMarks } from '../../schemas/forensics-words.ts'
import { clockTime, dayOf, exactTime } from '../core/time.ts'
import { numberText, t, texts, tn, tx } from '../core/words.ts'
import { slotShape } from './strip.ts'
import { ticksOf } from './time-axis.ts'
import { segments, segmentStyles } from './segments.ts'

type Mark = TimelineLane['marks'][number]

const top = 20
const laneHeight = 30
const foot = 18

/** What an interrupted line says where nothing is on record. */
const holes: Record<string, string> = texts({ scheduler: 'not recorded', measured: 'not measured', beats: 'no beat' })

interface TimelineOptions {
  /** Called with the window that the reader chose; without it there is no choice. */
  choose?: (range: ForensicRange) => void
  /** The windows that are offered. */
  ranges?: readonly ForensicRange[]
  locale?: string
  /** Time runs from right to left, as the page does. */
  mirrored?: boolean
}

/**
 * A subject's timeline: lanes over one axis, each mark with a tooltip and a link. What it shows is
 * also in the chronology, so for screen readers it is one picture with a summary.
 */
export function timelineView(picture: Timeline, { choose, ranges = [], locale, mirrored = false }: TimelineOptions = {}): TemplateResult {
  const axis = new Axis(Date.parse(picture.from), Date.parse(picture.to), mirrored)
  const height = top + picture.lanes.length * laneHeight + foot
  return html`<section class="card timeline" part="timeline" aria-labelledby="timeline-title">
    <div class="timeline-head">
      <h3 id="timeline-title">${spanOf(picture)}</h3>
      ${choose && picture.range ? rangeChoice(picture.range, ranges, choose) : nothing}
      <span class="muted small aside">${zoneOf(picture, locale)}</span>
    </div>
    <span role="img" aria-label=${summaryOf(picture)}></span>
    <div class="lanes">
      <div class="lane-names" aria-hidden="true">${picture.lanes.map(({ label }) => html`<span>${tx(label)}</span>`)}</div>
      <svg class="lanes-drawn" width="100%" height=${height} aria-hidden="true">
        ${ticks(axis, height, locale)} ${coming(picture, axis, height)} ${picture.lanes.map((lane, index) => drawLane(lane, picture, axis, top + index * laneHeight))}
        ${nowLine(picture, axis, height, locale)}
      </svg>
    </div>
    ${legend(picture)}
  </section>`
}

/** Places instants on the axis, in percent of its width. SVG has no logical coordinates, so it also mirrors them. */
class Axis {
  readonly from: number
  readonly to: number
  readonly mirrored: boolean

  constructor(from: number, to: number, mirrored: boolean) {
    this.from = from
    this.to = to
    this.mirrored = mirrored
  }

  at(instant: string | number): number {
    const at = typeof instant === 'number' ? instant : Date.parse(instant)
    return Math.min(100, Math.max(0, ((at - this.from) / (this.to - this.from)) * 100))
  }

  x(instant: string | number): string {
    const at = this.at(instant)
    return `${(this.mirrored ? 100 - at : at).toFixed(3)}%`
  }

  /** The left edge of a stretch. */
  left(from: string, to: string): string {
    return this.x(this.mirrored ? to : from)
  }

  width(from: string, to: string): string {
    return `${(this.at(to) - this.at(from)).toFixed(3)}%`
  }
}

function rangeChoice(range: ForensicRange, ranges: readonly ForensicRange[], choose: (range: ForensicRange) => void) {
  const words = Object.fromEntries(ranges.map((each) => [each, tx(forensicRanges[each].label)])) as Record<ForensicRange, string>
  return segments({ label: t`Window`, words, current: range, choose })
}

function ticks(axis: Axis, height: number, locale?: string) {
  return ticksOf(axis.from, axis.to, locale).map(
    ({ at, label }, index) => svg`<g class=${index % 2 ? 'tick odd' : 'tick'}>
      <line x1=${axis.x(at)} x2=${axis.x(at)} y1=${top - 2} y2=${height - foot}/>
      <text x=${axis.x(at)} y="12" text-anchor=${axis.at(at) > 84 ? 'end' : 'start'}>${label}</text>
    </g>`,
  )
}

/** What is still to come stands on its own ground. */
function coming({ now, to }: Timeline, axis: Axis, height: number) {
  return Date.parse(to) > Date.parse(now) ? svg`<rect class="coming" x=${axis.left(now, to)} width=${axis.width(now, to)} y=${top} height=${height - top - foot}/>` : nothing
}

function nowLine({ now, to, range }: Timeline, axis: Axis, height: number, locale?: string) {
  if (!range && Date.parse(now) > Date.parse(to)) return nothing
  const at = axis.at(now)
  return svg`<line class="now" x1=${axis.x(now)} x2=${axis.x(now)} y1=${top - 4} y2=${height - foot + 2}/>
    <text class="now-word" x=${axis.x(now)} y=${height - 4} text-anchor=${at > 92 ? 'end' : at < 8 ? 'start' : 'middle'}>${t`now ${clockTime(Date.parse(now), locale)}`}</text>`
}

function drawLane(lane: TimelineLane, picture: Timeline, axis: Axis, y: number): SVGTemplateResult {
  const middle = y + laneHeight / 2
  return svg`<g class="lane">
    <line class="ground" x1="0" x2="100%" y1=${y + laneHeight - 0.5} y2=${y + laneHeight - 0.5}/>
    ${lane.line ? drawLine(lane, picture, axis, middle) : nothing}
    ${lane.marks.map((mark) => linked(mark, mark.to ? drawSpan(mark, axis, middle) : drawPoint(mark, axis, middle)))}
  </g>`
}

function drawLine({ key, gaps, from: begins }: TimelineLane, { now, from, to }: Timeline, axis: Axis, y: number) {
  const end = Date.parse(now) < Date.parse(to) ? now : to
  return svg`<rect class="line" x=${axis.left(begins ?? from, end)} y=${y - 2} width=${axis.width(begins ?? from, end)} height="4"/>
    ${gaps.map((gap) => {
      const wide = axis.at(gap.to) - axis.at(gap.from) > 9
      return svg`<g class="hole"><title>${t`${gap.label}: ${exactTime(Date.parse(gap.from), { seconds: false })} to ${exactTime(Date.parse(gap.to), { seconds: false })}`}</title>
        <rect x=${axis.left(gap.from, gap.to)} width=${axis.width(gap.from, gap.to)} y=${y - 7} height="14"/>
        <line x1=${axis.x(gap.from)} x2=${axis.x(gap.to)} y1=${y} y2=${y}/>
        ${wide ? svg`<text x=${axis.x((Date.parse(gap.from) + Date.parse(gap.to)) / 2)} y=${y - 5} text-anchor="middle">${tx(holes[key] ?? 'unknown')}</text>` : nothing}</g>`
    })}`
}

/** Pointing devices open a mark; for the keyboard and screen readers the same links are in the chronology. */
function linked(mark: Mark, drawing: SVGTemplateResult) {
  return mark.href ? svg`<a href=${mark.href} tabindex="-1">${drawing}</a>` : drawing
}

function tip({ at, to, label }: Mark): SVGTemplateResult {
  return svg`<title>${to ? t`${exactTime(Date.parse(at))} to ${exactTime(Date.parse(to))}: ${label}` : `${exactTime(Date.parse(at))}: ${label}`}</title>`
}

function drawPoint(mark: Mark, axis: Axis, y: number): SVGTemplateResult {
  const { tone, drawing } = shapeOf(mark.mark)
  return svg`<svg class="point ${tone}" x=${axis.x(mark.at)} y=${y} width="1" height="1" overflow="visible">${tip(mark)}<rect class="hit" x="-6" y="-12" width="12" height="24"/>${drawing}</svg>`
}

/** A stretch is at least three pixels wide, however short it was. */
function drawSpan(mark: Mark, axis: Axis, y: number): SVGTemplateResult {
  const { tone } = shapeOf(mark.mark)
  return svg`<g class="span ${tone} ${mark.mark}">${tip(mark)}<rect x=${axis.left(mark.at, mark.to!)} width=${axis.width(mark.at, mark.to!)} y=${y - 7} height="14"/><rect x=${axis.left(mark.at, mark.to!)} width="3" y=${y - 7} height="14"/></g>`
}

const dot = svg`<circle r="4.5"/>`
const ring = svg`<circle r="4" class="open"/>`
const cross = svg`<path class="open" d="M-4 -4 4 4M4 -4 -4 4"/>`
const square = svg`<rect x="-3.5" y="-3.5" width="7" height="7"/>`

const shapes: Record<string, { tone: string; drawing: SVGTemplateResult }> = {
  change: { tone: 'accent', drawing: dot },
  system_change: { tone: 'muted', drawing: ring },
  refused: { tone: 'review', drawing: cross },
  deploy: { tone: 'text', drawing: square },
  succeeded: { tone: 'runnable', drawing: dot },
  failed: { tone: 'review', drawing: cross },
  cancelled: { tone: 'resolved', drawing: ring },
  running: { tone: 'accent', drawing: dot },
  ended: { tone: 'resolved', drawing: dot },
  incident: { tone: 'review', drawing: dot },
  beats: { tone: 'runnable', drawing: dot },
}

/** Shape and word tell the marks apart; colour only repeats them. */
function shapeOf(mark: string): { tone: string; drawing: SVGTemplateResult } {
  const own = shapes[mark]
  if (own) return own
  const { tone, drawing } = slotShape(mark)
  return { tone, drawing: svg`<g transform="scale(1.5) translate(0 -8)">${drawing}</g>` }
}

function countMarks({ lanes }: Timeline): [Mark['mark'], number][] {
  const counts = new Map<Mark['mark'], number>()
  for (const { mark, count = 1 } of lanes.flatMap(({ marks }) => marks)) counts.set(mark, (counts.get(mark) ?? 0) + count)
  return [...counts]
}

function legend(picture: Timeline) {
  const counted = countMarks(picture)
  if (!counted.length) return html`<p class="muted small timeline-legend">${t`Nothing is on record in this window.`}</p>`
  return html`<ul class="timeline-legend small muted" part="legend" aria-hidden="true">
    ${counted.map(([mark, count]) => html`<li><svg class="point ${shapeOf(mark).tone}" width="14" height="16" viewBox="-7 -12 14 24">${shapeOf(mark).drawing}</svg> ${tx(timelineMarks[mark])} ${numberText(count)}</li>`)}
  </ul>`
}

/** The text alternative: the marks, and each stretch without records. */
function summaryOf(picture: Timeline): string {
  const counts = countMarks(picture).map(([mark, count]) => `${numberText(count)} ${tx(timelineMarks[mark])}`)
  const gaps = picture.lanes.flatMap(({ gaps }) => gaps)
  const told = gaps.slice(-6).map(({ label, from, to }) => t`${label} ${exactTime(Date.parse(from), { seconds: false })} to ${exactTime(Date.parse(to), { seconds: false })}`)
  const names = picture.lanes.map(({ label }) => tx(label)).join(', ')
  const marks = counts.join(', ') || t`nothing on record`
  return gaps.length ? t`${names}: ${marks}. ${tn(gaps.length, '# gap', '# gaps')}: ${told.join('; ')}` : `${names}: ${marks}`
}

function spanOf({ from, now, to }: Timeline): string {
  const [first, last] = [dayOf(Date.parse(from)), dayOf(Math.min(Date.parse(now), Date.parse(to)))]
  return first === last ? first : `${first} – ${last}`
}

function zoneOf({ from }: Timeline, locale?: string): string {
  return exactTime(Date.parse(from), { locale, seconds: false }).split(' ').at(-1) ?? ''
}

export const timelineStyles = css`
  .timeline-head {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px 12px;
    padding: 9px 16px;
    border-bottom: 1px solid var(--_line);
  }
  .timeline-head .aside {
    margin-inline-start: auto;
  }
  ${segmentStyles}
  .lanes {
    display: grid;
    grid-template-columns: 92px minmax(0, 1fr);
    gap: 8px;
    padding: 10px 16px 0;
  }
  .lane-names {
    padding-top: ${top}px;
    font-size: var(--_tiny);
    color: var(--_muted);
  }
  .lane-names span {
    display: block;
    height: ${laneHeight}px;
    line-height: ${laneHeight}px;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .lanes-drawn {
    display: block;
    overflow: visible;
    font-family: var(--_font);
    font-size: 11px;
    fill: var(--_muted);
  }
  .tick line,
  .ground {
    stroke: var(--_line);
  }
  .coming {
    fill: var(--_sunken);
  }
  .now {
    stroke: var(--_text);
    stroke-width: 1.5;
  }
  .now-word {
    fill: var(--_text);
    font-weight: var(--_weight-strong);
  }
  .line {
    fill: var(--_control-line);
  }
  .hole rect {
    fill: var(--_surface);
  }
  .hole line {
    stroke: var(--_control-line);
    stroke-width: 1.5;
    stroke-dasharray: 3 3;
  }
  .point,
  .span {
    --tone: var(--_muted);
    fill: var(--tone);
  }
  .point .open {
    fill: none;
    stroke: var(--tone);
    stroke-width: 1.6;
  }
  .point .gap {
    stroke-dasharray: 2 2;
  }
  .point .hit {
    fill: transparent;
  }
  .span rect:first-of-type {
    opacity: 0.55;
  }
  a .point:hover,
  a .span:hover {
    --tone: var(--_accent);
  }
  .point.runnable,
  .span.runnable {
    --tone: var(--_runnable);
  }
  .point.review,
  .span.review {
    --tone: var(--_review);
  }
  .point.blocked,
  .span.blocked {
    --tone: var(--_blocked);
  }
  .point.waiting,
  .span.waiting {
    --tone: var(--_waiting);
  }
  .point.resolved,
  .span.resolved {
    --tone: var(--_resolved);
  }
  .point.bridge,
  .span.bridge {
    --tone: var(--_bridge);
  }
  .point.accent,
  .span.accent {
    --tone: var(--_accent);
  }
  .point.text,
  .span.text {
    --tone: var(--_text);
  }
  .timeline-legend {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 14px;
    padding: 4px 16px 12px;
    font-size: var(--_tiny);
  }
  .timeline-legend svg {
    vertical-align: -4px;
  }
  @container ops-page (max-width: 620px) {
    .lanes {
      grid-template-columns: 64px minmax(0, 1fr);
      gap: 6px;
      padding-inline: 12px;
    }
    .lane-names {
      font-size: 11px;
    }
    .tick.odd text {
      display: none;
    }
  }
`
