import { type AuditEvent, evidencePath, subjectPath, type SubjectType, subjectTypes } from '../../schemas/index.ts'
import { textOf } from './text.ts'

export interface SlackOptions {
  /** The URL of the pages, e.g. `https://admin.example.com/ops/jobs`. Without it there is no link. */
  base?: string
}

/** For Slack's incoming webhooks and `chat.postMessage`. */
export interface SlackMessage {
  /** For notifications and clients that do not show blocks. */
  text: string
  /** Verbatim: an address or a channel in the text does not become a link. */
  blocks: { type: 'section'; text: { type: 'mrkdwn'; text: string; verbatim: true } }[]
}

const marks: Readonly<Record<string, string>> = {
  'incident.opened': ':red_circle:',
  'incident.reopened': ':red_circle:',
  'incident.still_open': ':red_circle:',
  'incident.resolved': ':large_green_circle:',
  'incident.silenced': ':no_bell:',
}
/** Slack refuses a section beyond 3,000 characters. */
const maxText = 600

/**
 * An event as a message for Slack. Pure.
 *
 * @example
 * { name: 'chat', url: process.env.SLACK_URL, secrets: [], format: (event) => slackMessage(event, { base }) }
 */
export function slackMessage(event: AuditEvent, { base }: SlackOptions = {}): SlackMessage {
  const { about, happened, since, flapping } = textOf(event)
  const { type, id } = event.subject
  const path = Object.hasOwn(subjectTypes, type) ? subjectPath(type as SubjectType, id) : evidencePath(type, id)
  const title = escapeText(about)
  const linked = base === undefined ? `*${title}*` : `<${escapeLink(base.replace(/\/+$/, '') + path)}|${title.replaceAll('|', '¦')}>`
  const facts = [
    escapeText(happened) + (flapping ? ', it keeps opening and resolving' : ''),
    ...(since === undefined ? [] : [`since ${escapeText(since)}`]),
    ...(event.actor.type === 'system' ? [] : [`by ${escapeText(event.actor.label)}`]),
    ...(event.reason === undefined ? [] : [`“${escapeText(event.reason)}”`]),
  ]
  const text = `${marks[event.eventType] ?? ':wrench:'} ${linked}\n${facts.join(' · ')}`
  return { text: `${title}: ${facts[0]}`, blocks: [{ type: 'section', text: { type: 'mrkdwn', text, verbatim: true } }] }
}

/**
 * Slack's three control characters as entities, so that nothing becomes a link, a mention or a channel; and a character without width
 * in front of what it reads as formatting, so that a queue named `*_mail_*` reads so.
 */
function escapeText(raw: string): string {
  const short = raw.length > maxText ? `${raw.slice(0, maxText).toWellFormed().replace(/\uFFFD$/, '')}…` : raw
  return short
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[*_~`]/g, '\u200B$&\u200B')
}

function escapeLink(address: string): string {
  return address.replaceAll('&', '&amp;').replaceAll('<', '%3C').replaceAll('>', '%3E').replaceAll('|', '%7C')
}
