export interface EventFacts {
  /** What happened, without who did it: `entry paused`. */
  label: string
  /** Follows the name of its actor: `ops-demo` + `paused the entry`. `the job` is replaced where one event covers many jobs. */
  verb: string
}

/**
 * Every type of event that is recorded, with its words: the server writes no other, filters offer these, and chronologies tell them.
 * A new type of event is one line here. Must not import zod, because elements load this file.
 */
export const eventFacts = {
  'cron.paused': { label: 'entry paused', verb: 'paused the entry' },
  'cron.resumed': { label: 'entry resumed', verb: 'resumed the entry' },
  'cron.run_now': { label: 'entry run now', verb: 'ran the entry now' },
  'cron.slot_skipped': { label: 'slot marked to be skipped', verb: 'marked a slot to be skipped' },
  'cron.slot_unskipped': { label: 'skip of a slot taken back', verb: 'took back the skip of a slot' },
  'cron.created': { label: 'entry created', verb: 'created the entry' },
  'cron.updated': { label: 'entry changed', verb: 'changed the entry' },
  'cron.deleted': { label: 'entry deleted', verb: 'deleted the entry' },
  'cron.declared': { label: 'entry registered from code', verb: 'registered the entry from code' },
  'cron.reconfigured': { label: 'entry updated to match the code', verb: 'updated the entry to match the code' },
  'cron.retired': { label: 'entry retired', verb: 'retired the entry, which was removed from the code' },
  'job.retried': { label: 'job retried', verb: 'retried the job' },
  'job.cancelled': { label: 'job cancelled', verb: 'cancelled the job' },
  'job.discarded': { label: 'job discarded', verb: 'discarded the job' },
  'job.restored': { label: 'job restored', verb: 'restored the job' },
  'job.rescued': { label: 'job rescued', verb: 'rescued the job' },
  'job.stopped': { label: 'running job told to stop', verb: 'told the running job to stop' },
  'queue.paused': { label: 'queue paused', verb: 'paused the queue' },
  'queue.resumed': { label: 'queue resumed', verb: 'resumed the queue' },
  'queue.scaled': { label: 'concurrency changed', verb: "changed the queue's concurrency" },
  'deploy.marked': { label: 'deploy marked', verb: 'marked the deploy' },
  'error.resolved': { label: 'error resolved', verb: 'resolved the error' },
  'error.reopened': { label: 'error reopened', verb: 'reopened the error' },
  'error.silenced': { label: 'error silenced', verb: 'silenced the error' },
  'error.unsilenced': { label: 'silence ended', verb: 'ended the silence of the error' },
  'error.silence_ended': { label: 'silence ended', verb: 'ended the silence of the error' },
  'incident.acknowledged': { label: 'incident acknowledged', verb: 'acknowledged the incident' },
  'incident.unacknowledged': { label: 'acknowledgement taken back', verb: 'took back the acknowledgement of the incident' },
  'incident.assigned': { label: 'incident assigned', verb: 'assigned the incident' },
  'incident.noted': { label: 'note added', verb: 'added a note to the incident' },
  'incident.silenced': { label: 'incident silenced', verb: 'silenced the incident' },
  'incident.unsilenced': { label: 'silence ended', verb: 'ended the silence of the incident' },
  'incident.opened': { label: 'incident opened', verb: 'opened the incident' },
  'incident.reopened': { label: 'incident reopened', verb: 'reopened the incident' },
  'incident.resolved': { label: 'incident resolved', verb: 'resolved the incident' },
  'incident.calmed': { label: 'incident no longer flapping', verb: 'saw the incident stop opening and resolving again and again' },
  'incident.explained': { label: 'incident explained by another', verb: 'found the cause of the incident in another one' },
  'incident.unexplained': { label: 'incident no longer explained', verb: 'no longer explains the incident by another one' },
  'incident.silence_ended': { label: 'silence ended', verb: 'ended the silence of the incident' },
  'bulk.started': { label: 'bulk run started', verb: 'started the bulk run' },
  'bulk.finished': { label: 'bulk run finished', verb: 'finished the bulk run' },
  'bulk.aborted': { label: 'bulk run aborted', verb: 'aborted the bulk run' },
  'audit.exported': { label: 'audit events exported', verb: 'exported audit events' },
  'jobs.exported': { label: 'jobs exported', verb: 'exported jobs' },
  'bulk.exported': { label: 'outcomes exported', verb: 'exported the outcomes of the bulk run' },
  'forensics.exported': { label: 'evidence exported', verb: 'exported evidence' },
  'preview.refused': { label: 'preview refused', verb: 'was refused a preview' },
  'refusals.folded': { label: 'refusals counted', verb: 'was refused many times' },
  'incident.still_open': { label: 'incident still open', verb: 'told the host again of the incident' },
  'webhook.redelivered': { label: 'webhook sent again', verb: 'sent the webhook again' },
  'webhook.given_up': { label: 'webhook given up', verb: 'gave up the webhook' },
  'host.follow_up': { label: 'escalation handler notified', verb: "notified the host's escalation handler" },
} as const satisfies Record<string, EventFacts>
export type EventType = keyof typeof eventFacts
export const eventTypes = Object.keys(eventFacts) as EventType[]

/** The words of an event type; undefined for one that only another version knows. */
export function findEventFacts(type: string): EventFacts | undefined {
  return Object.hasOwn(eventFacts, type) ? eventFacts[type as EventType] : undefined
}

/** Types that begin so, e.g. all of `job.`; one that is written in full is among them, also when only an older version knew it. */
export function eventTypesFrom(beginning: string): string[] {
  return [...new Set([beginning, ...eventTypes.filter((type) => type.startsWith(beginning))])]
}
