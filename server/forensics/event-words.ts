import { type AuditEvent, findEventFacts, formatCount, operationLabel } from '../../schemas/index.ts'

/** An audit event as a sentence without its full stop: who did what, or tried to. */
export function describeEvent({ actor, eventType, action, outcome, code, jobs }: AuditEvent): string {
  const attempt = `“${operationLabel(action)}” (${code ?? 'no code'})`
  if (outcome === 'denied') return `${actor.label} was denied ${attempt}`
  if (code === 'orphan_request') return `The outcome of ${attempt.replace(/ \(.*/, '')}, requested by ${actor.label}, is unknown`
  if (outcome === 'failed' && eventType !== 'host.follow_up') return `${actor.label} tried ${attempt}; it failed`
  if (outcome === 'requested') return `${actor.label} requested “${operationLabel(action)}” from the engine`
  const verb = findEventFacts(eventType)?.verb ?? eventType
  return `${actor.label} ${jobs === undefined ? verb : verb.replace('the job', jobs === 1 ? '1 job of a bulk run' : `${formatCount(jobs)} jobs together`)}`
}

/** What an event is called in a list of links. */
export function labelOfEvent({ eventType }: Pick<AuditEvent, 'eventType'>): string {
  return findEventFacts(eventType)?.label ?? eventType
}
