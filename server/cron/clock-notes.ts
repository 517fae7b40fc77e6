import type { ClockNote } from '../../schemas/index.ts'
import { parsePattern, type Pattern } from './pattern.ts'
import type { Schedule } from './expression.ts'
import { type Segment, zoneOf } from './zone.ts'

const yearMs = 366 * 86_400_000

/** What happens to a validated schedule when the clocks of its timezone change within a year. Pure. */
export function listClockNotes({ expression, timezone }: Schedule, now: Date): ClockNote[] {
  const pattern = parsePattern(expression)
  const followsEveryHour = !pattern.fixed && expression.split(' ')[1] === '*'
  // An hourly entry runs on; nobody is surprised that the hour that does not exist has no run.
  if (followsEveryHour) return []
  return listChanges(timezone, now.getTime()).flatMap((change) => noteOf(pattern, change) ?? [])
}

function listChanges(timezone: string, from: number): Segment[] {
  const zone = zoneOf(timezone)
  const changes: Segment[] = []
  for (let segment = zone.segmentAt(from); segment.to < from + yearMs; ) {
    segment = zone.segmentAt(segment.to)
    if (segment.offset !== segment.before) changes.push(segment)
  }
  return changes
}

/** The local times between the two offsets are skipped or occur twice. */
function noteOf(pattern: Pattern, { from, offset, before }: Segment): ClockNote | undefined {
  const [start, end] = [from + Math.min(offset, before), from + Math.max(offset, before)]
  const local = pattern.first(start)
  if (local === null || local >= end) return undefined
  const forward = offset > before
  const kind = pattern.fixed ? (forward ? 'runs_after_gap' : 'runs_once') : forward ? 'left_out' : 'runs_twice'
  return { at: new Date(from).toISOString(), kind, local: new Date(local).toISOString().slice(11, 16) }
}
