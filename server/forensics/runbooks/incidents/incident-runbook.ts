import type { Incident, Queue } from '../../../../schemas/index.ts'
import type { Advice } from '../runbook.ts'

/** What was checked when the runbook was opened. Null: it could not be checked, or it does not apply. */
export interface Checked {
  /** The engine was measured within the last minute. */
  measured: boolean
  /** A scheduler is on record within the last minute. */
  scheduling: boolean
  /** The queue that it is about. */
  queue: Queue | null
  /** Executors of the queue that report themselves, except those that signed off; null if there are none. */
  executors: { alive: number; missing: number } | null
}

/** The runbook of one class of incident: data, and pure functions of the incident and the checks. */
export interface IncidentRunbook {
  title: string
  needs: Advice['needs']
  cautions: readonly string[]
  prerequisites(checked: Checked, incident: Incident): Advice['prerequisites']
  steps(checked: Checked, incident: Incident): Advice['steps']
}
