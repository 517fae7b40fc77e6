import { describe, expect, test } from 'vitest'
import type { AuditEvent } from '../../../schemas/index.ts'
import { pagerDutyEvent, slackMessage } from '../../../server/webhooks/index.ts'

const base = 'https://admin.example/ops/jobs/'
const id = '0198a1c2-6d7e-7f80-9a1b-2c3d4e5f6071'
function event(changes: Partial<AuditEvent> = {}, metadata: Record<string, unknown> = {}): AuditEvent {
  return {
    id, occurredAt: '2026-11-21T03:00:00.123456Z', action: 'open_incident', eventType: 'incident.opened', outcome: 'succeeded', actor: { id: 'system', type: 'system', label: 'system' },
    subject: { type: 'incident', id }, source: 'system', requestId: 'r', metadata: { class: 'stuck_queue', title: 'mail is stuck', since: '2026-11-21T02:48:00.000Z', resource: { queue: 'mail' }, ...metadata }, ...changes,
  }
}
const textOf = (...given: Parameters<typeof slackMessage>) => slackMessage(...given).blocks[0]!.text.text

describe('for Slack', () => {
  test('an incident is a mark, a link and the facts', () => {
    const text = textOf(event(), { base })
    expect(text).toMatch(/^:red_circle: <https:\/\/admin\.example\/ops\/jobs\/[^|>]*0198a1c2[^|>]*\|mail is stuck>\nincident opened · since 2026-11-21T02:48:00\.000Z$/)
    expect(slackMessage(event(), { base }).text).toBe('mail is stuck: incident opened')
  })

  test('what people wrote becomes no link, no mention and no formatting', () => {
    const text = textOf(event({ actor: { id: 'eve', type: 'user', label: '<!channel> & <@U1>' }, reason: '<https://evil.example|click> *now*\n> _quoted_ ~x~ `y`' }, { title: 'a|b <!here>' }), { base })
    const [linked, ...rest] = text.split('>')
    expect(linked!.match(/\|/g)).toHaveLength(1)
    expect(rest.join('>')).not.toMatch(/[<>]/)
    expect(text).not.toMatch(/<[!@#]/)
    expect(text.slice(text.indexOf('\n'))).not.toMatch(/(^|[^\u200B])[*_~`]/)
    expect(text.split('\n')).toHaveLength(2)
  })

  test('a long reason is cut, and half a character is not sent', () => {
    const text = textOf(event({ reason: `${'x'.repeat(599)}${'😀'.repeat(800)}` }))
    expect(text.length).toBeLessThan(3_000)
    expect(text.isWellFormed()).toBe(true)
  })

  test('can be written for any event', () => {
    expect(textOf(event({ eventType: 'from.elsewhere', subject: { type: 'comet', id: 'x y' }, metadata: {} }), { base })).toContain('/forensics/comet/x%20y|comet x y>')
    expect(textOf(event({ subject: { type: 'job', id: '42' }, eventType: 'job.retried', metadata: {} }))).toBe(':wrench: *job 42*\njob retried')
    expect(textOf(event({}, { flapping: true }))).toContain('keeps opening and resolving')
    expect(textOf(event({}, { title: undefined }))).toContain('mail: stuck queue')
  })
})

describe('for PagerDuty', () => {
  const options = { routingKey: 'R0UT1NG', base }

  test.each([
    ['incident.opened', 'trigger'], ['incident.reopened', 'trigger'], ['incident.still_open', 'trigger'], ['incident.silence_ended', 'trigger'], ['incident.unsilenced', 'trigger'],
    ['incident.silenced', 'acknowledge'], ['incident.resolved', 'resolve'],
  ])('%s is a %s with the key of its incident', (eventType, action) => {
    expect(pagerDutyEvent(event({ eventType }), options)).toMatchObject({ routing_key: 'R0UT1NG', event_action: action, dedup_key: `ops-powertools/incident/${id}` })
  })

  test.each(['incident.noted', 'job.retried', 'from.elsewhere'])('%s is none', (eventType) => {
    expect(pagerDutyEvent(event({ eventType }), options)).toBeUndefined()
    expect(pagerDutyEvent(event({ eventType: 'incident.opened', subject: { type: 'job', id: '1' } }), options)).toBeUndefined()
  })

  test('a trigger has what is required, and nothing is too long', () => {
    expect(pagerDutyEvent(event(), options)).toMatchObject({ payload: { summary: 'mail is stuck', source: 'mail', severity: 'critical', class: 'stuck_queue', component: 'mail', timestamp: '2026-11-21T02:48:00.000Z' }, links: [{ href: expect.stringContaining(id) as string }] })
    const long = pagerDutyEvent(event({ subject: { type: 'incident', id: 'x'.repeat(400) } }, { title: 'y'.repeat(5_000) }), options)!
    expect(long.payload!.summary.length).toBeLessThanOrEqual(1_024)
    expect(long.dedup_key.length).toBeLessThanOrEqual(255)
    expect(long.dedup_key).not.toBe(pagerDutyEvent(event({ subject: { type: 'incident', id: 'x'.repeat(401) } }), options)!.dedup_key)
  })

  test.each([['stuck_queue', 'critical'], ['failure_burst', 'error'], ['saturated_queue', 'warning'], ['from_elsewhere', 'error'], ['constructor', 'error']])('%s is %s', (name, severity) => {
    expect(pagerDutyEvent(event({}, { class: name }), options)!.payload!.severity).toBe(severity)
  })
})
