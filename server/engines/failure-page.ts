import { unknownCursor } from './cursor.ts'
import type { EngineFailure, FailurePage } from './engine.ts'

/** Cuts a page out of failures that were all read at once. */
export function pageOfFailures(failures: EngineFailure[], { after, limit, searched }: { after?: string; limit: number; searched?: string }): FailurePage {
  if (after !== undefined && !/^\d{1,16}~.+~/.test(after)) throw unknownCursor()
  const placed = failures.map((failure) => ({ failure, place: `${String(failure.at.getTime()).padStart(16, '0')}~${failure.id}~${failure.key}` }))
  const sorted = placed.toSorted((a, b) => (a.place < b.place ? -1 : 1)).filter(({ place }) => after === undefined || place > after)
  return { failures: sorted.slice(0, limit).map(({ failure }) => failure), next: sorted.length > limit ? sorted[limit - 1]!.place : undefined, searched }
}
