import { html, LitElement, nothing, type PropertyValues, svg } from 'lit'
import { property, query, state } from 'lit/decorators.js'
import { now } from '../core/clock.ts'
import { PageLinks } from '../core/links.ts'
import { element } from '../core/register.ts'
import { clockTime, exactTime } from '../core/time.ts'
import { languageTag, t } from '../core/words.ts'
import { across, barsPath, type ChartMark, type ChartPoint, type Frame, frameOf, gapsOf, linePaths, placeOf, roundTop, type Step, stepsOf, ticksOf } from './chart/geometry.ts'
import { chartStyles } from './chart/styles.ts'
import { valuesTable } from './chart/values.ts'
import { type Figures, stepWords, summaryOf } from './chart/words.ts'

export type { ChartMark, ChartPoint } from './chart/geometry.ts'

/** Everything that a chart draws, computed once per change of its properties and not again while the cursor moves. */
interface Drawing extends Figures {
  top: number
  picture: unknown
}

/** Charts on the page, for the common cursor. */
const charts = new Set<OpsChart>()

const dayMs = 86_400_000
/** A bar of something is never so low that it looks like nothing. */
const minBar = 2.5

/**
 * A series over time that answers questions: its maximum, its time axis, values under the pointer or the arrow keys, and the jobs
 * behind a step. Rates are bars with failures in red at the base, levels are lines. Time without measurements is a grey band, never zero.
 *
 * @tag ops-chart
 * @cssproperty --chart-height - Height of the plot, 64px unless set.
 */
@element('ops-chart')
export class OpsChart extends LitElement {
  static override styles = chartStyles

  protected readonly pageLinks = new PageLinks(this)

  /** What is measured, e.g. `Finished per minute`: the accessible name. */
  @property() label = ''
  /** `bars` for rates, `line` for levels. */
  @property() kind: 'bars' | 'line' = 'bars'
  /** In order of time, in equal steps; steps that are missing or null were not measured. */
  @property({ attribute: false }) series: ChartPoint[] = []
  /** ISO-8601; the series' own first and last step unless given. */
  @property({ attribute: false }) from?: string
  @property({ attribute: false }) to?: string
  /** Milliseconds of one step; the usual distance of the series unless given. */
  @property({ attribute: false }) step?: number
  @property({ attribute: false }) marks: ChartMark[] = []
  /** Follows each value, e.g. `jobs`. */
  @property() unit = ''
  /** What is usual at this time, named below the chart. */
  @property({ attribute: false }) usual?: { low: number; high: number }
  /** Shown below the chart instead of what is usual. */
  @property() note = ''
  /** How a value is written, without its unit. */
  @property({ attribute: false }) format?: (value: number) => string
  /** Where a click on a step leads, e.g. to the jobs of that minute; leave it out if the actor may not go there. */
  @property({ attribute: false }) hrefOf?: (from: string, to: string) => string
  /** Charts of the same group under the same root share one cursor. */
  @property() group = ''
  /** Labels the time axis between its ends too, for wide charts. */
  @property({ type: Boolean }) ticks = false

  /** The instant under the pointer, here or in a chart of the same group. */
  @state() private cursor?: number
  /** Whether the cursor is here rather than in another chart of the group. */
  @state() private pointed = false
  @state() private tableOpen = false
  @query('.open') private link!: HTMLAnchorElement | null

  private drawing!: Drawing

  override connectedCallback() {
    super.connectedCallback()
    charts.add(this)
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    charts.delete(this)
  }

  protected override willUpdate(changed: PropertyValues) {
    const moved = ['cursor', 'pointed', 'tableOpen'] as const
    if (!this.drawing || changed.size === 0 || [...changed.keys()].some((key) => !moved.includes(key as 'cursor'))) this.drawing = this.draw()
  }

  override render() {
    const { frame, top, marks, picture, steps } = this.drawing
    const at = this.indexAt(this.cursor)
    const current = at === undefined ? undefined : steps[at]
    return html`<figure aria-label=${this.label}>
      <div class="plot" @pointermove=${this.point} @pointerdown=${this.point} @pointerleave=${this.leave}>
        ${picture}
        ${steps.some(({ value }) => value !== null) ? html`<span class="top" aria-hidden="true">${this.unit.length <= 3 ? this.write(top) : this.number(top)}</span>` : nothing}
        ${marks.map((mark, index) => this.mark(mark, marks.slice(index + 1).find(({ kind }) => kind === 'deploy')))}
        ${current ? html`<span class="cursor" .style=${this.cursorStyle(current, frame)}></span>` : nothing}
        ${this.slider(at)} ${this.opened(current)}
      </div>
      ${current ? this.tip(current) : nothing}
      ${this.axis()} ${this.table()}
    </figure>`
  }

  /** The whole picture is redrawn only when what it shows has changed. */
  private draw(): Drawing {
    const { series, kind } = this
    const frame = frameOf(series, this.from, this.to, this.step)
    const steps = stepsOf(series, frame)
    const gaps = gapsOf(steps, frame)
    const top = roundTop(steps)
    // What happened during the step to come stands at the edge.
    const inside = ({ at }: ChartMark) => Date.parse(at) >= frame.from && Date.parse(at) <= frame.to + frame.step
    const marks = this.marks.filter(inside).toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))
    const drawing = { frame, steps, gaps, top, marks, format: (value: number) => this.write(value), clock: (time: number) => this.clock(time) }
    const bar = (pick: (step: Step) => number) => (step: Step) => (pick(step) > 0 ? Math.max(minBar, (pick(step) / top) * 100) : 0)
    const lines = kind === 'line' ? linePaths(steps, frame, top) : { line: '', area: '', bridges: bridgesOf(gaps, frame) }
    const picture = html`<svg viewBox="0 0 ${across} 100" preserveAspectRatio="none" role="img" aria-label="${this.label}: ${summaryOf(drawing)}">
      ${gaps.map(([first, last]) => {
        const [left, right] = [placeOf(first.at, frame), placeOf(last.at + frame.step, frame)]
        return svg`<rect class="gap" x=${left} width=${right - left} height="100"/>`
      })}
      ${this.ticks ? svg`<path class="grid" d="M0 50H${across}"/>` : nothing}
      <path class="area" d=${lines.area} />
      <path class="bridges" d=${lines.bridges} />
      <path class="line" d=${lines.line} />
      ${kind === 'bars' ? svg`<path class="bars" d=${barsPath(steps, frame, bar(({ value }) => value ?? 0))} />` : nothing}
      <path class="failed" d=${barsPath(steps, frame, bar(({ failed }) => failed))} />
    </svg>`
    return { ...drawing, picture }
  }

  /** The version of a deploy is left out where the next one would cover it; hovering still names it. */
  private mark({ at, kind, label }: ChartMark, next?: ChartMark) {
    const { frame } = this.drawing
    const x = placeOf(Date.parse(at), frame) / (across / 100)
    const crowded = next !== undefined && placeOf(Date.parse(next.at), frame) / (across / 100) - x < 12
    return html`<span class="mark ${kind} ${x < 15 ? 'early' : ''}" aria-hidden="true" .style=${`inset-inline-start:${x}%`}>${kind === 'deploy' && !crowded ? html`<b>${label}</b>` : nothing}</span>`
  }

  private cursorStyle({ at }: Step, frame: Frame): string {
    const [start, end] = [placeOf(at, frame), placeOf(at + frame.step, frame)].map((place) => place / (across / 100))
    return `inset-inline-start:${start}%;inline-size:${end! - start!}%`
  }

  private tip(current: Step) {
    const { frame } = this.drawing
    const x = placeOf(current.at + frame.step / 2, frame) / (across / 100)
    // The plot ends where the axis begins, so the tip covers the axis and never a bar.
    return html`<div class="tip" .style=${`top:calc(var(--chart-height, 64px) + 3px);${x < 50 ? `inset-inline-start:${x}%` : `inset-inline-end:${100 - x}%`}`}>
      <time>${this.clock(current.at)}</time> ${stepWords(current, this.drawing)}
    </div>`
  }

  private slider(at: number | undefined) {
    const { steps } = this.drawing
    const index = at ?? Math.max(0, steps.length - 1)
    const current = steps[index]
    if (!current) return nothing
    return html`<div
      class="steps"
      role="slider"
      tabindex="0"
      aria-label=${t`${this.label}, by time`}
      aria-valuemin="0"
      aria-valuemax=${steps.length - 1}
      aria-valuenow=${index}
      aria-valuetext="${exactTime(current.at, { locale: this.locale, seconds: false })}: ${stepWords(current, this.drawing)}"
      @keydown=${this.handleKey}
      @focus=${this.handleFocus}
      @blur=${this.leave}
    ></div>`
  }

  /** A real link below the pointer, so that it can also be opened in a new tab. Enter on the cursor follows it. */
  private opened(current: Step | undefined) {
    if (!current || !this.pointed || !this.hrefOf) return nothing
    const { step } = this.drawing.frame
    return html`<a class="open" tabindex="-1" aria-hidden="true" href=${this.hrefOf(new Date(current.at).toISOString(), new Date(current.at + step).toISOString())}></a>`
  }

  private axis() {
    const { frame } = this.drawing
    if (this.ticks) {
      const offset = new Date(frame.from).getTimezoneOffset() * -60_000
      return html`<div class="axis" aria-hidden="true">
        ${ticksOf(frame, Math.max(3, Math.floor(this.clientWidth / 90)), offset).map((at) => {
          const x = placeOf(at, frame) / (across / 100)
          return html`<span class="tick ${x < 3 ? 'first' : x > 97 ? 'last' : ''}" .style=${`inset-inline-start:${x}%`}>${this.clock(at)}</span>`
        })}
      </div>`
    }
    const { usual } = this
    const note = this.note || (usual ? t`usual ${usual.low === usual.high ? this.number(usual.low) : `${this.number(usual.low)}–${this.number(usual.high)}`}` : '')
    const until = Math.abs(frame.to - now()) < Math.max(120_000, frame.step) ? t`now` : this.clock(frame.to)
    return html`<div class="axis" aria-hidden="true"><span>${this.clock(frame.from)}</span><span class="note" title=${note}>${note}</span><span>${until}</span></div>`
  }

  /** For those who want the values themselves; reached with Tab, behind the chart. */
  private table() {
    const { tableOpen, label } = this
    const [words, named] = tableOpen ? [t`Hide the values`, t`Hide the values of ${label}`] : [t`Show the values`, t`Show the values of ${label}`]
    return html`<button type="button" class="as-table" aria-expanded=${tableOpen} aria-label=${named} @click=${this.toggleTable}>${words}</button>
      ${tableOpen ? valuesTable(label, this.drawing, this.locale) : nothing}`
  }

  private readonly point = ({ clientX, currentTarget }: PointerEvent) => {
    const { left, right, width } = (currentTarget as HTMLElement).getBoundingClientRect()
    const distance = this.isMirrored ? right - clientX : clientX - left
    const { from, to } = this.drawing.frame
    if (width > 0) this.moveTo(from + (distance / width) * (to - from))
  }

  private readonly leave = () => this.moveTo(undefined)

  private readonly handleFocus = (event: FocusEvent) => {
    if (this.cursor !== undefined || !(event.target as HTMLElement).matches(':focus-visible')) return
    const last = this.drawing.steps.findLast(({ value }) => value !== null)
    if (last) this.moveTo(last.at)
  }

  private readonly handleKey = (event: KeyboardEvent) => {
    const { steps } = this.drawing
    const last = steps.length - 1
    const at = this.indexAt(this.cursor) ?? last
    const [earlier, later] = this.isMirrored ? ['ArrowRight', 'ArrowLeft'] : ['ArrowLeft', 'ArrowRight']
    const targets: Record<string, number> = { [earlier!]: at - 1, ArrowDown: at - 1, [later!]: at + 1, ArrowUp: at + 1, PageDown: at - 10, PageUp: at + 10, Home: 0, End: last }
    const target = targets[event.key]
    if (event.key === 'Enter') this.link?.click()
    else if (event.key === 'Escape' && this.cursor !== undefined) this.moveTo(undefined)
    else if (target !== undefined) this.moveTo(steps[Math.min(last, Math.max(0, target))]?.at)
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  private toggleTable() {
    this.tableOpen = !this.tableOpen
  }

  /** Moves the cursor of all charts of this group. */
  private moveTo(time: number | undefined) {
    for (const chart of charts) {
      if (chart !== this && (!this.group || chart.group !== this.group || chart.getRootNode() !== this.getRootNode())) continue
      chart.cursor = time
      chart.pointed = chart === this && time !== undefined
    }
  }

  private indexAt(time: number | undefined): number | undefined {
    const { steps, frame } = this.drawing
    if (time === undefined || !steps[0]) return undefined
    const index = Math.floor((time - steps[0].at) / frame.step + 1e-6)
    return Math.min(steps.length - 1, Math.max(0, index))
  }

  /** Time runs as one reads. */
  private get isMirrored(): boolean {
    return this.matches(':dir(rtl)')
  }

  private get locale(): string {
    return languageTag()
  }

  private number(value: number): string {
    return this.format?.(value) ?? value.toLocaleString(this.locale, { maximumFractionDigits: Math.abs(value) < 100 ? 1 : 0 })
  }

  private write(value: number): string {
    if (!this.unit) return this.number(value)
    return `${this.number(value)} ${value === 1 && this.unit.endsWith('jobs') ? this.unit.slice(0, -1) : this.unit}`
  }

  /** Only the time of day, and the day as well where the chart is longer than one. */
  private clock(time: number): string {
    const { from, to } = this.drawing?.frame ?? frameOf(this.series, this.from, this.to, this.step)
    return to - from > dayMs * 1.5 ? exactTime(time, { locale: this.locale, seconds: false }) : clockTime(time, this.locale)
  }
}

/** The dashed ground line where no bar was measured. */
function bridgesOf(gaps: [Step, Step][], frame: Frame): string {
  return gaps.map(([first, last]) => `M${placeOf(first.at, frame)} 98H${placeOf(last.at + frame.step, frame)}`).join('')
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-chart': OpsChart
  }
}
