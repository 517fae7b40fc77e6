import type { IncidentClassName, IncidentScope } from '../../schemas/index.ts'

/** An unresolved incident, as far as causes are concerned. */
export interface Explainable {
  id: string
  class: IncidentClassName
  state: 'pending' | 'open' | 'resolved'
  scope: IncidentScope
  facts: unknown
}

interface Inhibition {
  cause: IncidentClassName
  /** Classes that are its symptoms; `all`: every other. */
  symptoms: readonly IncidentClassName[] | 'all'
  /** Whether this symptom belongs to this cause. */
  matches?(cause: Explainable, symptom: Explainable): boolean
}

/**
 * Which open incident mutes which; the first match applies. A cause comes before its symptoms in the table, so that no incident
 * explains itself, however many others are in between.
 */
export const inhibitions: readonly Inhibition[] = [
  { cause: 'engine_unreachable', symptoms: 'all' },
  { cause: 'scheduler_down', symptoms: ['missed_fire'] },
  { cause: 'executor_missing', symptoms: ['stuck_queue'], matches: (cause, { scope: { queue } }) => queue !== undefined && deserted(cause).includes(queue) },
  { cause: 'executor_missing', symptoms: ['long_running_job'], matches: (cause, symptom) => cause.scope.executor !== undefined && cause.scope.executor === symptom.scope.executor },
  { cause: 'failure_burst', symptoms: ['retry_exhausted'], matches: (cause, symptom) => cause.scope.fingerprint !== undefined && cause.scope.fingerprint === symptom.scope.fingerprint },
]

/** Queues that have no other executor left. */
function deserted({ facts }: Explainable): string[] {
  const { deserted: queues } = (facts ?? {}) as { deserted?: unknown }
  return Array.isArray(queues) ? queues.filter((queue) => typeof queue === 'string') : []
}

/** The cause of each incident that has one, by id. Only an open incident can be a cause. Pure. */
export function explain(incidents: readonly Explainable[]): Map<string, string> {
  const open = Map.groupBy(incidents.filter(({ state }) => state === 'open'), (incident) => incident.class)
  const explained = incidents.filter(({ state }) => state !== 'resolved').flatMap((symptom): [string, string][] => {
    const cause = inhibitions.flatMap((rule) => (appliesTo(rule, symptom) ? (open.get(rule.cause) ?? []).filter((each) => rule.matches?.(each, symptom) ?? true) : []))[0]
    return cause ? [[symptom.id, cause.id]] : []
  })
  return new Map(explained)
}

function appliesTo({ cause, symptoms }: Inhibition, { class: name }: Explainable): boolean {
  return name !== cause && (symptoms === 'all' || symptoms.includes(name))
}
