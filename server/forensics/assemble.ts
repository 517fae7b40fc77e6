import type { Bundle, Completeness, EvidenceGap } from '../../schemas/index.ts'
import type { Scope } from '../operations/scope.ts'
import { type Asked, chronologyCursors } from './asked.ts'
import { drawTimeline, type LaneKey } from './lanes.ts'
import type { Facts, Window } from './source.ts'
import { type Chronology, collectChronology } from './sources.ts'

export interface Assembled {
  chronology: Chronology
  /** The parts of a bundle that are the same for every subject. */
  shared: Pick<Bundle, 'window' | 'chronology' | 'nextCursor' | 'timeline' | 'withheld'>
}

/** Collects from every source, and draws the window. */
export async function assemble(scope: Scope, facts: Facts, window: Window, { groups }: Asked, always: readonly LaneKey[] = []): Promise<Assembled> {
  const chronology = await collectChronology(scope, facts, window, groups)
  return {
    chronology,
    shared: {
      window: { from: window.from.toISOString(), to: window.to.toISOString() },
      chronology: chronology.items,
      nextCursor: await chronologyCursors.write(scope.kit.db, chronology.next),
      timeline: drawTimeline({ items: chronology.all, gaps: chronology.gaps, window, facts, now: scope.now, always }),
      withheld: chronology.withheld,
    },
  }
}

interface Earned {
  /** What is missing, in sentences. If there are none, those of the gaps. */
  reasons: string[]
  gaps: EvidenceGap[]
  /** Why it is complete, if it is. */
  complete: string
  /** No source reaches the window at all. */
  unreached?: boolean
}

/** `complete` is earned: only without a single gap. */
export function judge({ reasons, gaps, complete, unreached }: Earned): Completeness {
  if (unreached) return { state: 'history_unavailable', reasons, gaps }
  if (reasons.length || gaps.length) return { state: 'partial_evidence', reasons: reasons.length ? reasons : sentencesOf(gaps, gaps.map(({ source }) => source)), gaps }
  return { state: 'complete', reasons: [complete], gaps: [] }
}

/** Sentences of the gaps of some sources, each once. */
export function sentencesOf(gaps: EvidenceGap[], sources: EvidenceGap['source'][]): string[] {
  return [...new Set(gaps.filter(({ source }) => sources.includes(source)).map(({ reason }) => `${reason}.`))]
}
