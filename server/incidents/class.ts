import type { z } from 'zod'
import type { CountMethod, EvidenceLine, IncidentClassName } from '../../schemas/index.ts'
import type { JobFilter } from '../engines/engine.ts'

/** What a class may say about its facts to one viewer. */
export interface Telling {
  /** The viewer's current time, for ages. */
  now: Date
  /** Whether the viewer may see a queue: what is in the others must not show, in no count and no sentence. */
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

/**
 * How one class of incident is described. Facts are what was measured when it was last seen, stored as JSON; their shape also
 * tells whether the host's display policy left enough of them to describe.
 */
export interface DescribedClass<Facts = unknown> {
  readonly name: IncidentClassName
  readonly facts: z.ZodType<Facts>
  /** Pure. */
  describe(facts: Facts, telling: Telling): Description
  /** Pure. */
  affected(facts: Facts): Affected
}
