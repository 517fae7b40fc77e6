/** Stretches of regular runs: what a list of a thousand instants says in a few numbers. Pure. */
export interface Stretch {
  from: number
  to: number
  /** Milliseconds from one to the next. */
  every: number
  runs: number
}

/** Groups increasing instants into stretches of equal distances. A stretch of one run has the distance to the run before it. */
export function stretchesOf(instants: readonly number[], max: number): { stretches: Stretch[]; rest: number } {
  const stretches: Stretch[] = []
  let place = 0
  while (place < instants.length && stretches.length < max) {
    const stretch = stretchFrom(instants, place)
    stretches.push(stretch)
    place += stretch.runs
  }
  return { stretches, rest: place }
}

function stretchFrom(instants: readonly number[], start: number): Stretch {
  const from = instants[start]!
  if (start + 1 >= instants.length) return { from, to: from, every: from - (instants[start - 1] ?? from), runs: 1 }
  const every = instants[start + 1]! - from
  let end = start + 1
  while (end + 1 < instants.length && instants[end + 1] === instants[end]! + every) end += 1
  // The last of a stretch may begin the next one: `0,30 9-17` has a night between two days.
  const next = instants[end + 1]
  const longer = end === start + 1 && next !== undefined && next - instants[end]! < every
  return longer ? { from, to: from, every, runs: 1 } : { from, to: instants[end]!, every, runs: end - start + 1 }
}
