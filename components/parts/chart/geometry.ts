/** One measured step of a chart. */
export interface ChartPoint {
  /** Start of the step, ISO-8601. */
  at: string
  /** null: not measured, which is drawn as a gap and never as zero. */
  value: number | null
  /** The part of `value` that failed, drawn in red at the base. */
  failed?: number
}

/** Something that happened at an instant of the chart. */
export interface ChartMark {
  at: string
  /** A deploy is a dashed upright with its version; an operation or an incident is a small triangle on the ground line. */
  kind: 'deploy' | 'operation' | 'incident'
  label: string
}

/** The time that a chart shows, in milliseconds since the epoch. */
export interface Frame {
  from: number
  to: number
  /** Width of one step. */
  step: number
}

/** A step of the frame, measured or not. */
export interface Step {
  at: number
  value: number | null
  failed: number
}

/** Drawing units across; the height is 100. The picture is stretched to its place. */
export const across = 1000

const maxSteps = 3000
const minuteMs = 60_000
/** The current step is not complete yet, and the one before may not have been stored yet. */
const settleMs = 2 * minuteMs

/** The frame that is asked for, or that of the series itself. */
export function frameOf(series: ChartPoint[], from?: string, to?: string, step?: number): Frame {
  const times = series.map(({ at }) => Date.parse(at))
  const width = step ?? usualDistance(times)
  const start = from === undefined ? (times[0] ?? 0) : Date.parse(from)
  const end = to === undefined ? (times.at(-1) ?? start) + width : Date.parse(to)
  const span = Math.max(end - start, width)
  return { from: start, to: start + span, step: Math.max(width, span / maxSteps) }
}

function usualDistance(times: number[]): number {
  const distances = times.slice(1).flatMap((time, index) => (time > times[index]! ? [time - times[index]!] : []))
  return distances.toSorted((a, b) => a - b)[Math.floor(distances.length / 2)] ?? minuteMs
}

/** Every step of the frame in order; steps that were not measured have the value null. */
export function stepsOf(series: ChartPoint[], { from, to, step }: Frame): Step[] {
  const anchor = series[0] ? Date.parse(series[0].at) : from
  const indexOf = (time: number) => Math.floor((time - anchor) / step + 1e-6)
  const measured = new Map(series.map((point) => [indexOf(Date.parse(point.at)), point]))
  const steps: Step[] = []
  for (let index = indexOf(from); anchor + index * step < to; index += 1) {
    const { value = null, failed = 0 } = measured.get(index) ?? {}
    steps.push({ at: anchor + index * step, value, failed })
  }
  return steps
}

/** Where an instant is, in drawing units; outside the frame it is at the edge. */
export function placeOf(time: number, { from, to }: Frame): number {
  return round(Math.min(1, Math.max(0, (time - from) / (to - from))) * across)
}

/** Runs of steps that were not measured, except for the newest ones, which are still to come. */
export function gapsOf(steps: Step[], frame: Frame): [Step, Step][] {
  const gaps: [Step, Step][] = []
  steps.forEach((each, index) => {
    if (each.value !== null || frame.to - each.at <= Math.max(frame.step, settleMs)) return
    const before = steps[index - 1]
    if (before?.value === null && gaps.length > 0) gaps.at(-1)![1] = each
    else gaps.push([each, each])
  })
  // The first step usually begins before the frame does.
  return gaps.filter(([first, last]) => first !== last || first !== steps[0])
}

/** The smallest round number that is not less than any value: 1, 2, 3, 4, 5, 6, 8 and their tens. */
export function roundTop(steps: Step[]): number {
  const top = Math.max(0, ...steps.map(({ value, failed }) => Math.max(value ?? 0, failed)))
  if (top === 0) return 1
  const magnitude = 10 ** Math.floor(Math.log10(top))
  return [1, 2, 3, 4, 5, 6, 8, 10].map((each) => each * magnitude).find((each) => each >= top - magnitude * 1e-9)!
}

/** All bars as one path, which is far cheaper than an element for each. */
export function barsPath(steps: Step[], frame: Frame, heightOf: (step: Step) => number): string {
  return steps
    .map((each) => {
      const height = heightOf(each)
      if (height <= 0) return ''
      const [left, right] = [placeOf(each.at + frame.step * 0.12, frame), placeOf(each.at + frame.step * 0.88, frame)]
      return right > left ? `M${left} 100V${round(100 - height)}H${right}V100Z` : ''
    })
    .join('')
}

interface Lines {
  line: string
  area: string
  /** The dashed connection over what was not measured. */
  bridges: string
}

export function linePaths(steps: Step[], frame: Frame, top: number): Lines {
  const runs: string[][] = []
  const bridges: string[] = []
  let last: string | undefined
  steps.forEach(({ at, value }, index) => {
    if (value === null) return
    const point = `${placeOf(at + frame.step / 2, frame)} ${round(100 - (value / top) * 100)}`
    const before = steps[index - 1]
    if (before && before.value !== null) runs.at(-1)!.push(point)
    else {
      if (last) bridges.push(`M${last}L${point}`)
      runs.push([point])
    }
    last = point
  })
  const xOf = (point: string) => point.split(' ')[0]!
  return {
    // A single measurement is a line of no length, which round caps make a dot.
    line: runs.map((run) => `M${run.join('L')}${run.length === 1 ? 'h0' : ''}`).join(''),
    area: runs.map((run) => `M${xOf(run[0]!)} 100L${run.join('L')}V100Z`).join(''),
    bridges: bridges.join(''),
  }
}

const ticksMs = [1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1440, 2880, 10_080].map((minutes) => minutes * minuteMs)

/** Instants for labels of the time axis: round in the viewer's zone, which is `offsetMs` ahead of UTC, and about `wanted` of them. */
export function ticksOf({ from, to }: Frame, wanted: number, offsetMs: number): number[] {
  const every = ticksMs.find((each) => (to - from) / each <= wanted) ?? ticksMs.at(-1)!
  const ticks: number[] = []
  for (let at = Math.ceil((from + offsetMs) / every) * every - offsetMs; at <= to; at += every) ticks.push(at)
  return ticks
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
