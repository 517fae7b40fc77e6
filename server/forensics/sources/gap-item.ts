import type { EvidenceGap } from '../../../schemas/index.ts'
import type { SourceItem } from '../source.ts'

/** A gap as a line of the chronology, at the instant at which it begins. */
export function gapItem({ source, from, to, reason }: EvidenceGap): SourceItem {
  const at = from ?? to!
  return { id: `gap ${at}`, at, to, label: reason, source, kind: 'gap', provenance: 'unknown', ref: { type: 'gap', id: `${source} ${at}` } }
}
