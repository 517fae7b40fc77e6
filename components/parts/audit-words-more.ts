import type { EventType } from '../../schemas/event-types.ts'
import { tr } from '../core/words.ts'
import { addSentences, type CommonType, type Sentences } from './audit-words.ts'

const rarer: Record<Exclude<EventType, CommonType>, Sentences> = {
  'deploy.marked': [(who, what) => tr`${who} marked the deploy of ${what}`, (who, what) => tr`${who} tried to mark the deploy of ${what}`],
  'error.resolved': [(who, what) => tr`${who} resolved the error ${what}`, (who, what) => tr`${who} tried to resolve the error ${what}`],
  'error.reopened': [(who, what) => tr`${who} reopened the error ${what}`, (who, what) => tr`${who} tried to reopen the error ${what}`],
  'error.silenced': [(who, what) => tr`${who} silenced the error ${what}`, (who, what) => tr`${who} tried to silence the error ${what}`],
  'error.unsilenced': [(who, what) => tr`${who} ended the silence of the error ${what}`, (who, what) => tr`${who} tried to end the silence of the error ${what}`],
  'error.silence_ended': [(who, what) => tr`${who} ended the silence of the error ${what}`],
  'incident.acknowledged': [(who, what) => tr`${who} acknowledged the incident ${what}`, (who, what) => tr`${who} tried to acknowledge the incident ${what}`],
  'incident.unacknowledged': [(who, what) => tr`${who} took back the acknowledgement of ${what}`, (who, what) => tr`${who} tried to take back the acknowledgement of ${what}`],
  'incident.assigned': [(who, what) => tr`${who} assigned the incident ${what}`, (who, what) => tr`${who} tried to assign the incident ${what}`],
  'incident.noted': [(who, what) => tr`${who} added a note to ${what}`, (who, what) => tr`${who} tried to add a note to ${what}`],
  'incident.silenced': [(who, what) => tr`${who} silenced the incident ${what}`, (who, what) => tr`${who} tried to silence the incident ${what}`],
  'incident.unsilenced': [(who, what) => tr`${who} ended the silence of the incident ${what}`, (who, what) => tr`${who} tried to end the silence of the incident ${what}`],
  'incident.opened': [(who, what) => tr`${who} opened the incident ${what}`],
  'incident.reopened': [(who, what) => tr`${who} reopened the incident ${what}`],
  'incident.resolved': [(who, what) => tr`${who} saw the incident ${what} end`],
  'incident.calmed': [(who, what) => tr`${who} saw ${what} stop opening and resolving again and again`],
  'incident.explained': [(who, what) => tr`${who} found the cause of ${what} in another incident`],
  'incident.unexplained': [(who, what) => tr`${who} no longer explains ${what} by another incident`],
  'incident.silence_ended': [(who, what) => tr`${who} ended the silence of the incident ${what}`],
  'incident.still_open': [(who, what) => tr`${who} told the host again of the incident ${what}`],
  'forensics.exported': [(who, what) => tr`${who} exported the evidence about ${what}`],
  'preview.refused': [(who, what) => tr`${who} was refused a preview of a change of ${what}`, (who, what) => tr`${who} was refused a preview of a change of ${what}`],
  'refusals.folded': [(who, what) => tr`${who} was refused many times, last on ${what}`, (who, what) => tr`${who} was refused many times, last on ${what}`],
  'webhook.redelivered': [(who, what) => tr`${who} sent the webhook ${what} again`, (who, what) => tr`${who} tried to send the webhook ${what} again`],
  'webhook.given_up': [(who, what) => tr`${who} gave up the webhook ${what}`],
}

addSentences(rarer)
