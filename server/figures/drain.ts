import type { SeriesPoint } from './series.ts'

/** A trend over fewer minutes than this is noise. */
const minMinutes = 5
/** Only the latest minutes tell how fast a backlog is being worked off now. */
const maxMinutes = 15
/** A depth that goes up and down is no backlog that is being worked off. */
const minFit = 0.5

/**
 * When a backlog will be gone, in minutes, if it goes on shrinking as in the last quarter of an hour: its depth by what has finished
 * more than arrived. Null if it does not shrink, if there is none, or if too little was measured to tell. `points` are minutes.
 */
export function drainMinutes(points: readonly Pick<SeriesPoint, 'at' | 'due' | 'waiting'>[], now: Date): number | null {
  const recent = points.flatMap(({ at, due, waiting }) => {
    const minutesAgo = (now.getTime() - Date.parse(at)) / 60_000
    const depth = due ?? waiting
    return depth !== null && minutesAgo <= maxMinutes + 1 ? [{ minutesAgo, depth }] : []
  })
  const depth = recent.at(-1)?.depth ?? 0
  if (recent.length < minMinutes || depth === 0) return null
  const { slope, fit } = trendOf(recent.map(({ minutesAgo, depth }) => [-minutesAgo, depth] as const))
  return slope < 0 && fit >= minFit ? depth / -slope : null
}

/** Least squares, so that one odd minute at either end does not decide. `fit`: the share of the changes that the trend explains. */
function trendOf(points: readonly (readonly [x: number, y: number])[]): { slope: number; fit: number } {
  const mean = (pick: 0 | 1) => points.reduce((sum, point) => sum + point[pick], 0) / points.length
  const [middle, level] = [mean(0), mean(1)]
  const sum = (pick: (dx: number, dy: number) => number) => points.reduce((total, [x, y]) => total + pick(x - middle, y - level), 0)
  const [xx, xy, yy] = [sum((dx) => dx * dx), sum((dx, dy) => dx * dy), sum((_dx, dy) => dy * dy)]
  return { slope: xy / xx, fit: yy === 0 ? 0 : (xy * xy) / (xx * yy) }
}
