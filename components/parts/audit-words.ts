import type { EventType } from '../../schemas/event-types.ts'
import { tr } from '../core/words.ts'

/** Types whose sentences are loaded with the first rows. */
export type CommonType = Extract<EventType, `cron.${string}` | `job.${string}` | `queue.${string}` | `bulk.${string}` | 'audit.exported' | 'jobs.exported' | 'host.follow_up'>

/** Says who did what; both are templates with links. */
export type Say = (who: unknown, what: unknown) => unknown[]

/** What was done, and where people can attempt it, what was attempted in vain. */
export type Sentences = readonly [did: Say, tried?: Say]

/**
 * The sentence of every event; of the rarer ones once they have been loaded. Whole sentences, because another language puts its words
 * in another order.
 */
const common: Record<CommonType, Sentences> = {
  'cron.paused': [(who, what) => tr`${who} paused ${what}`, (who, what) => tr`${who} tried to pause ${what}`],
  'cron.resumed': [(who, what) => tr`${who} resumed ${what}`, (who, what) => tr`${who} tried to resume ${what}`],
  'cron.run_now': [(who, what) => tr`${who} ran ${what} now`, (who, what) => tr`${who} tried to run ${what} now`],
  'cron.slot_skipped': [(who, what) => tr`${who} skipped one run of ${what}`, (who, what) => tr`${who} tried to skip one run of ${what}`],
  'cron.slot_unskipped': [(who, what) => tr`${who} took back the skip of a run of ${what}`, (who, what) => tr`${who} tried to take back the skip of a run of ${what}`],
  'cron.created': [(who, what) => tr`${who} created the entry ${what}`, (who, what) => tr`${who} tried to create the entry ${what}`],
  'cron.updated': [(who, what) => tr`${who} changed the entry ${what}`, (who, what) => tr`${who} tried to change the entry ${what}`],
  'cron.deleted': [(who, what) => tr`${who} deleted the entry ${what}`, (who, what) => tr`${who} tried to delete the entry ${what}`],
  'cron.declared': [(who, what) => tr`${who} registered the entry ${what} from code`],
  'cron.reconfigured': [(who, what) => tr`${who} updated the entry ${what} to match the code`],
  'cron.retired': [(who, what) => tr`${who} retired the entry ${what}, which was removed from the code`],
  'job.retried': [(who, what) => tr`${who} retried ${what}`, (who, what) => tr`${who} tried to retry ${what}`],
  'job.cancelled': [(who, what) => tr`${who} cancelled ${what}`, (who, what) => tr`${who} tried to cancel ${what}`],
  'job.discarded': [(who, what) => tr`${who} discarded ${what}`, (who, what) => tr`${who} tried to discard ${what}`],
  'job.restored': [(who, what) => tr`${who} restored ${what}`, (who, what) => tr`${who} tried to restore ${what}`],
  'job.rescued': [(who, what) => tr`${who} rescued ${what}`, (who, what) => tr`${who} tried to rescue ${what}`],
  'job.stopped': [(who, what) => tr`${who} told the running ${what} to stop`],
  'queue.paused': [(who, what) => tr`${who} paused the queue ${what}`, (who, what) => tr`${who} tried to pause the queue ${what}`],
  'queue.resumed': [(who, what) => tr`${who} resumed the queue ${what}`, (who, what) => tr`${who} tried to resume the queue ${what}`],
  'queue.scaled': [(who, what) => tr`${who} changed the concurrency of ${what}`, (who, what) => tr`${who} tried to change the concurrency of ${what}`],
  'bulk.started': [(who, what) => tr`${who} started a bulk run on ${what}`],
  'bulk.finished': [(who, what) => tr`${who} finished the bulk run on ${what}`],
  'bulk.aborted': [(who, what) => tr`${who} aborted the bulk run on ${what}`, (who, what) => tr`${who} tried to abort the bulk run on ${what}`],
  'audit.exported': [(who) => tr`${who} exported the audit log`, (who) => tr`${who} tried to export the audit log`],
  'jobs.exported': [(who) => tr`${who} exported jobs`, (who) => tr`${who} tried to export jobs`],
  'bulk.exported': [(who, what) => tr`${who} exported the outcomes of ${what}`],
  'host.follow_up': [(who, what) => tr`${who} notified the host about ${what}`],
}

const deeds: Record<string, Sentences> = common

/** Adds the sentences that came later. */
export function addSentences(more: Record<string, Sentences>): void {
  Object.assign(deeds, more)
}

/** What a run in the background does is said by the type of its batches. */
const ofBatches: Record<string, EventType> = {
  retry_job: 'job.retried',
  cancel_job: 'job.cancelled',
  discard_job: 'job.discarded',
  restore_job: 'job.restored',
  rescue_job: 'job.rescued',
}

export interface Deed {
  eventType: string
  action: string
  /** It was denied or failed. */
  vain: boolean
}

/** The sentence of an event. A type that only another version knows is named as it is recorded. */
export function deedSentence({ eventType, action, vain }: Deed, who: unknown, what: unknown): unknown[] {
  const type = eventType === 'bulk.started' ? (ofBatches[action] ?? eventType) : eventType
  const [did, tried] = Object.hasOwn(deeds, type) ? deeds[type]! : []
  const say = vain ? (tried ?? did) : did
  return say ? say(who, what) : tr`${who}: ${eventType}, ${what}`
}
