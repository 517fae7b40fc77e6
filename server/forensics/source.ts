import type { ChronologyItem, ChronologySource, CronEntry, ErrorGroupDetail, EvidenceGap, ExecutorDetail, ForensicRange, Incident, Queue, TimelineMark } from '../../schemas/index.ts'
import type { ClassifiedSlot } from '../cron/history.ts'
import type { JobFacts } from '../jobs/detail.ts'
import type { Scope } from '../operations/scope.ts'
import type { LaneKey } from './lanes.ts'
import type { Position } from './merge.ts'
import type { Trail } from './trail.ts'

/** The window that completeness and the picture are about, and the page of the chronology that is wanted. */
export interface Window {
  from: Date
  /** Where the axis begins, if that is before the subject was there. */
  axisFrom?: Date
  to: Date
  /** Absent for a subject that is shown over its whole life. */
  range?: ForensicRange
  /** Only items after this one, i.e. older. Absent: from the newest on. */
  before?: Position
  /** How many items the page holds; a source returns one more if it has more. */
  limit: number
}

/** A subject that the viewer may see, with what was read to describe it, so that no source reads it again. */
export interface Facts {
  subject: { type: string; id: string }
  /** Nothing before this belongs to it. */
  since: Date
  /** What the log has about it, newest first. */
  trail: Trail
  /** Slots newest first; also those before the window, as far as the page needs them. */
  cron?: { entry: CronEntry; slots: ClassifiedSlot[]; gaps: { from: Date; to: Date }[] }
  job?: JobFacts
  queue?: Queue
  incident?: Incident
  executor?: ExecutorDetail
  errorGroup?: ErrorGroupDetail
  /** What else it touches, as far as the viewer may see it: deploys, heartbeats and incidents of these belong to its chronology. */
  about: { queue?: string; executor?: string; cronEntry?: string; jobId?: string; fingerprint?: string }
}

/** An item with its place in the picture. */
export interface SourceItem extends ChronologyItem {
  lane?: LaneKey
  mark?: TimelineMark
  /** Where the mark leads, if not where the line does. */
  href?: string
}

export interface Collected {
  items: SourceItem[]
  /** What this source does not know of the window. */
  gaps: EvidenceGap[]
  /** What the viewer may not see, e.g. `audit events`. */
  withheld: string[]
}

export const nothing: Collected = { items: [], gaps: [], withheld: [] }

/**
 * One place that knows something about subjects. It returns at least the `limit` + 1 newest items before `window.before`, if there
 * are so many, in any order, and nothing about subjects that it does not know.
 */
export interface Source {
  key: ChronologySource
  collect(scope: Scope, facts: Facts, window: Window): Promise<Collected> | Collected
}
