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
  const all = [...new Set([...reasons, ...sentencesOf(gaps.filter(({ source }) => !told.includes(source)))])]
  if (unreached) return { state: 'history_unavailable', reasons: all, gaps }
  if (all.length || gaps.length) return { state: 'partial_evidence', reasons: all, gaps }
  return { state: 'complete', reasons: [complete], gaps: [] }
}

/** More stretches are in the list of gaps, which has them all. */
const maxSentences = 5
/** Their gaps are stretches of silence, told with their times; the others say in their own words what is missing. */
const silent: readonly EvidenceGap['source'][] = ['measurement', 'executor', 'error']

function sentencesOf(gaps: EvidenceGap[]): string[] {
  const sentences = [...new Set(gaps.map(({ source, from, to, reason }) => (silent.includes(source) && from && to ? `${reason} from ${from} to ${to}.` : `${reason}.`)))]
  const more = sentences.length - maxSentences
  return more > 1 ? [...sentences.slice(0, maxSentences), `And ${more} more gaps.`] : sentences
}
