import { nothing, type Source, type SourceItem } from '../source.ts'
import type { EvidenceGap } from '../../../schemas/index.ts'
import { subjectPath } from '../../../schemas/index.ts'

/** What is known about an error group: when it was first and last seen, its examples, and when the engine's failures were not read. */
export const errorSource: Source = {
  key: 'error',
  collect({ kit: { base } }, { errorGroup }) {
    if (!errorGroup) return nothing
    const { fingerprint, firstSeenAt, lastSeenAt, regressedAt, examples } = errorGroup
    const ref = { type: 'error_group', id: fingerprint }
    const line = (key: string, at: string, label: string): SourceItem => ({ id: `${fingerprint} ${key}`, at, label, source: 'error', provenance: 'durable', ref, lane: 'attempts', mark: 'failed' })
    const failures = examples.map(({ jobId, at, attempt, final, executor }, place): SourceItem => ({
      id: `${fingerprint} ${place} ${jobId} ${attempt}`,
      at,
      label: `Attempt ${attempt} of ${jobId} failed${executor === undefined ? '' : ` on ${executor}`}${final ? ', for good' : ''}`,
      source: 'error',
      kind: 'failed',
      provenance: 'durable',
      ref: { type: 'job', id: jobId, href: `${base}${subjectPath('job', jobId)}` },
      lane: 'attempts',
      mark: 'failed',
    }))
    const gaps = unread(errorGroup.histogram)
    return { items: [line('first', firstSeenAt, 'First seen'), line('last', lastSeenAt, 'Last seen'), ...(regressedAt ? [line('back', regressedAt, 'It came back')] : []), ...failures], gaps, withheld: [] }
  },
}

/** Steps in which the engine's failures were not read, as stretches. */
function unread({ from, stepSeconds, counts }: { from: string; stepSeconds: number; counts: (number | null)[] }): EvidenceGap[] {
  const at = (step: number) => new Date(Date.parse(from) + step * stepSeconds * 1_000).toISOString()
  const gaps: EvidenceGap[] = []
  for (let step = 0; step < counts.length; step += 1) {
    if (counts[step] !== null) continue
    let end = step
    while (end < counts.length && counts[end] === null) end += 1
    gaps.push({ source: 'error', from: at(step), to: at(end), reason: "Nobody read the engine's failures" })
    step = end
  }
  return gaps
}
