import { css, html, nothing, svg, type TemplateResult } from 'lit'
import { duration } from '../core/time.ts'
import { t } from '../core/words.ts'

export interface Sample {
  at: string
  value: number
}

interface Point {
  x: number
  y: number
  at: number
}

const width = 240
const height = 40

/**
 * A series as a line and area chart that starts at zero, so that heights can be compared. The line is dashed where measurements are
 * missing. `name` and `format` are used for the text alternative.
 */
export function sparkline(series: Sample[], name: string, format: (value: number) => string): TemplateResult {
  const points = place(series)
  const [measured, gaps] = lines(points)
  return html`<svg
    class="sparkline"
    part="sparkline"
    viewBox="0 0 ${width} ${height}"
    preserveAspectRatio="none"
    role="img"
    aria-label=${`${name}: ${describe(series, format)}`}
  >
    ${measured.map((run) => svg`<path class="area" d="${path(run)}L${run.at(-1)!.x} ${height}L${run[0]!.x} ${height}Z"/><path class="line ${run.length > 1 ? '' : 'dot'}" d=${path(run)} />`)}
    ${gaps.map((run) => svg`<path class="line gap" d=${path(run)} />`)}
    ${points.length === 0 ? svg`<path class="line gap" d="M0 ${height - 1}H${width}" />` : nothing}
  </svg>`
}

/** `rising over 58 min, from 900 to 1,284; between 880 and 1,301`. */
export function describe(series: Sample[], format: (value: number) => string): string {
  const first = series[0]
  const last = series.at(-1)
  if (!first || !last) return t`not measured yet`
  const values = series.map(({ value }) => value)
  const way = trend(values)
  if (series.length < 4) return t`${format(last.value)}, too few measurements for a trend`
  const span = spanOf(series)
  const [from, to, low, high] = [first.value, last.value, Math.min(...values), Math.max(...values)].map(format) as [string, string, string, string]
  if (way === 'rising') return t`rising over ${span}, from ${from} to ${to}; between ${low} and ${high}`
  if (way === 'falling') return t`falling over ${span}, from ${from} to ${to}; between ${low} and ${high}`
  return t`steady over ${span}, from ${from} to ${to}; between ${low} and ${high}`
}

/** The time span of a series, e.g. `59 min`. */
export function spanOf(series: Sample[]): string {
  return duration(Date.parse(series.at(-1)!.at) - Date.parse(series[0]!.at))
}

/** Compares the last quarter with the first, so that a single outlier does not make a trend. */
function trend(values: number[]): 'rising' | 'falling' | 'steady' {
  const quarter = Math.max(1, Math.floor(values.length / 4))
  const start = mean(values.slice(0, quarter))
  const end = mean(values.slice(-quarter))
  const change = end - start
  if (Math.abs(change) <= 0.1 * Math.max(Math.abs(start), Math.abs(end))) return 'steady'
  return change > 0 ? 'rising' : 'falling'
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function place(series: Sample[]): Point[] {
  const times = series.map(({ at }) => Date.parse(at))
  const start = times[0] ?? 0
  const span = Math.max(1, (times.at(-1) ?? 0) - start)
  const top = Math.max(0, ...series.map(({ value }) => value)) || 1
  return series.map(({ value }, index) => ({
    at: times[index]!,
    x: series.length > 1 ? round(((times[index]! - start) / span) * width) : width - 4,
    y: round(height - 1 - (value / top) * (height - 4)),
  }))
}

/** Splits a series into measured runs; a gap is more than three times the usual interval. */
function lines(points: Point[]): [Point[][], Point[][]] {
  const distances = points.slice(1).map(({ at }, index) => at - points[index]!.at)
  const usual = distances.toSorted((a, b) => a - b)[Math.floor(distances.length / 2)] ?? 0
  const measured: Point[][] = []
  const gaps: Point[][] = []
  points.forEach((point, index) => {
    const before = points[index - 1]
    if (before && point.at - before.at <= usual * 3) return measured.at(-1)!.push(point)
    if (before) gaps.push([before, point])
    measured.push([point])
  })
  return [measured, gaps]
}

/** A single measurement is drawn as a dot: a zero-length line with round caps. */
function path(points: Point[]): string {
  return `M${points.map(({ x, y }) => `${x} ${y}`).join('L')}${points.length === 1 ? 'h0' : ''}`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

export const sparklineStyles = css`
  .sparkline {
    display: block;
    width: 100%;
    height: 40px;
  }
  .sparkline:dir(rtl) {
    transform: scaleX(-1);
  }
  .sparkline .area {
    fill: var(--_accent-soft);
  }
  .sparkline .line {
    fill: none;
    stroke: var(--_accent);
    stroke-width: 1.5;
    stroke-linejoin: round;
    stroke-linecap: round;
    vector-effect: non-scaling-stroke;
  }
  .sparkline .dot {
    stroke-width: 5;
  }
  .sparkline .gap {
    stroke: var(--_control-line);
    stroke-dasharray: 3 3;
  }
`
