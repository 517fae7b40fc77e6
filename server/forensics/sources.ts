import { chronologySources, type ChronologyGroup, type ChronologyItem, type EvidenceGap } from '../../schemas/index.ts'
import type { Scope } from '../operations/scope.ts'
import { mergePage, type Position } from './merge.ts'
import { listExpired } from './reach.ts'
import type { Facts, Source, SourceItem, Window } from './source.ts'
import { attemptSource } from './sources/attempts.ts'
import { auditSource } from './sources/audit.ts'
import { bulkSource } from './sources/bulk-runs.ts'
import { coverageSource } from './sources/coverage.ts'
import { deploySource } from './sources/deploys.ts'
import { errorSource } from './sources/errors.ts'
import { executorSource } from './sources/executors.ts'
import { incidentSource } from './sources/incidents.ts'
import { measurementSource } from './sources/measurements.ts'
import { pauseSource } from './sources/pause.ts'
import { slotSource } from './sources/slots.ts'

/** Everything that knows something about subjects. A further source is a file and a line here. */
const sources: readonly Source[] = [
  auditSource,
  bulkSource,
  slotSource,
  coverageSource,
  attemptSource,
  pauseSource,
  incidentSource,
  executorSource,
  errorSource,
  deploySource,
  measurementSource,
]

export interface Chronology {
  /** The page: newest first, each item once. */
  items: ChronologyItem[]
  next?: Position
  /** All that was read, for the picture. */
  all: SourceItem[]
  gaps: EvidenceGap[]
  withheld: string[]
}

/** What all sources know of a subject, merged. `groups`: only items of these. */
export async function collectChronology(scope: Scope, facts: Facts, window: Window, groups?: ReadonlySet<ChronologyGroup>): Promise<Chronology> {
  const collected = await Promise.all(sources.map(async (source) => source.collect(scope, facts, window)))
  const all = collected.flatMap(({ items }) => items)
  const wanted = groups ? all.filter(({ source }) => groups.has(chronologySources[source].group)) : all
  const { items, next } = mergePage(wanted, window)
  return {
    items: items.map(({ lane: _lane, mark: _mark, href: _href, ...item }) => item),
    next,
    all,
    gaps: [...collected.flatMap(({ gaps }) => gaps), ...(await listExpired(scope, facts, window))],
    withheld: [...new Set(collected.flatMap(({ withheld }) => withheld))],
  }
}
