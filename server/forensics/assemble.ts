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
  /** What is missing, in sentences. */
  reasons: string[]
  gaps: EvidenceGap[]
  /** Sources whose gaps the sentences already tell; those of all others are added. */
  told?: EvidenceGap['source'][]
  /** Why it is complete, if it is. */
  complete: string
  /** No source reaches the window at all. */
  unreached?: boolean
}

/** `complete` is earned: only without a single gap. */
export function judge({ reasons, gaps, told = [], complete, unreached }: Earned): Completeness {
  const added = gaps.filter(({ source }) => !told.includes(source)).map(({ reason }) => `${reason}.`)
  const all = [...new Set([...reasons, ...added])]
  if (unreached) return { state: 'history_unavailable', reasons: all, gaps }
  if (all.length || gaps.length) return { state: 'partial_evidence', reasons: all, gaps }
  return { state: 'complete', reasons: [complete], gaps: [] }
}
