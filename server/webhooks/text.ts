import { type AuditEvent, findEventFacts, incidentClasses, type IncidentClassName } from '../../schemas/index.ts'

/** The parts of a text about an event, unescaped. */
export interface EventText {
  /** e.g. `mail is stuck`, or `job 42`. */
  about: string
  /** e.g. `incident opened`. */
  happened: string
  queue?: string
  since?: string
  flapping: boolean
}

/** A short description of an event, from what the detector or an operation recorded. */
export function textOf({ eventType, subject, metadata, after }: AuditEvent): EventText {
  const { title, since, class: name, resource } = metadata
  const queue = (resource as { queue?: unknown } | undefined)?.queue
  const label = typeof name === 'string' && Object.hasOwn(incidentClasses, name) ? incidentClasses[name as IncidentClassName].label : undefined
  const incident = [typeof queue === 'string' ? queue : undefined, label].filter((part) => part !== undefined).join(': ')
  return {
    about: typeof title === 'string' && title ? title : incident || `${subject.type.replaceAll('_', ' ')} ${subject.id}`,
    happened: findEventFacts(eventType)?.label ?? eventType,
    queue: typeof queue === 'string' ? queue : undefined,
    since: typeof since === 'string' ? since : undefined,
    flapping: metadata.flapping === true || after?.flapping === true,
  }
}
