import type { z } from 'zod'
import type { CountMethod, EvidenceLine, IncidentClassName, IncidentScope } from '../../schemas/index.ts'
import type { JobFilter } from '../engines/engine.ts'
import type { Thresholds } from '../options.ts'
import type { Sight } from './sight.ts'

/** What a class needs to describe its facts to one viewer. */
export interface Telling {
  /** The viewer's current time, for ages. */
  now: Date
  /** Whether the viewer may see a queue: nothing in the others may show in any count or sentence. */
  sees(queue: string): boolean
  /** An error text as the viewer may see it; undefined if it is withheld. */
  showError(text: string | undefined): string | undefined
}

/** An incident in words. See `schemas/incident.ts` for each field. */
export interface Description {
  title: string
  headline: string
  error?: string
  measured: EvidenceLine[]
  ruledOut: EvidenceLine[]
  cause?: EvidenceLine
  facts: { label: string; value: string }[]
  affected: { jobs: { count: number; how: CountMethod } | null; queues: string[]; executors: number | null }
}

/** What the repairs of an incident apply to; only the parts that its class has. */
export interface Affected {
  /** The jobs it is about, as of now: those that match the filter, or that still exist of these ids. */
  jobs?: { filter: JobFilter } | { ids: string[] }
  queue?: string
  slot?: { cronEntry: string; slotAt: string }
}

/** One problem that a class detects in one tick. */
export interface Candidate<Facts> {
  /** What identifies the same problem next time, within its class; at most 300 characters. */
  key: string
  scope: IncidentScope
  /** When the problem began, as far as the measurement shows. */
  began: Date
  facts: Facts
  /** For a silence that ends by rate: failures per minute. */
  rate?: number
  /** For a silence that ends by number: affected jobs. */
  count?: number
}

/** What a class detects in one tick: everything that is wrong by its rule. Everything else is fine, except where it is `blind`. */
export interface Seen<Facts> {
  /** When its source was measured. */
  asOf: Date
  candidates: Candidate<Facts>[]
  /** Scopes that could not be judged, e.g. queues that were not measured. Their incidents are left as they are. */
  blind?(scope: IncidentScope): boolean
}

/** How one class of incident is described. Facts are what was measured when it was last seen, stored as JSON. */
export interface DescribedClass<Facts = unknown> {
  readonly name: IncidentClassName
  /** Their shape also tells whether the host's display policy left enough of them to describe. */
  readonly facts: z.ZodType<Facts>
  /** Pure. */
  describe(facts: Facts, telling: Telling): Description
  /** Pure. */
  affected(facts: Facts): Affected
}

/** One class of incident: how it is recognized and described. */
export interface IncidentClass<Facts = unknown> extends DescribedClass<Facts> {
  /** How many consecutive measurements must show the problem before it opens. */
  readonly opensAfterTicks: number
  /** For how long the problem must be gone before the incident resolves. */
  readonly keepOpenMs: number
  /** Pure. `unavailable`: its source could not be read or is too old, which opens and resolves nothing. */
  find(sight: Sight, thresholdsOf: (queue?: string) => Thresholds): Seen<Facts> | 'unavailable'
}
