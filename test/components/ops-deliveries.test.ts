import '../../components/parts/deliveries.ts'
import type { WebhookDelivery } from '../../schemas/webhook.ts'
import { FakeApi, Refusal } from './fake-api.ts'
import { at, plan, preview, session } from './sample.ts'
import { accessible, all, button, clear, equal, excludes, includes, mount, seen, until } from './support.ts'

type Answers = ConstructorParameters<typeof FakeApi>[0]

const delivery = (over: Partial<WebhookDelivery> = {}): WebhookDelivery => ({
  id: '0198a1c2-0000-7000-8000-000000000001', messageId: '0198a1c2-0000-7000-8000-00000000000a', endpoint: 'on-call', eventType: 'incident.opened', subject: { type: 'incident', id: 'i1' }, state: 'delivered',
  createdAt: at(-600_000), attempts: 1, nextAttemptAt: null, lastAttemptAt: at(-590_000), lastStatus: 204, lastFailure: null, deliveredAt: at(-590_000), operations: { redeliver_webhook: { allowed: true } }, ...over,
})
const page = (items: WebhookDelivery[]) => ({ items, asOf: at(0) })
const failing = delivery({ id: '0198a1c2-0000-7000-8000-000000000002', endpoint: 'chat', state: 'waiting', attempts: 3, nextAttemptAt: at(300_000), lastStatus: 503, lastFailure: 'refused', deliveredAt: null })
const dead = delivery({ id: '0198a1c2-0000-7000-8000-000000000003', endpoint: 'gone', state: 'dead', attempts: 1, lastStatus: 410, lastFailure: 'gone', deliveredAt: null, operations: { redeliver_webhook: { allowed: false, reason: 'Role viewer may look, not change.' } } })
const usual = (over: Answers = {}) =>
  new FakeApi({ getSession: () => session(), listWebhookDeliveries: () => page([delivery(), failing, dead]), createPreview: () => preview({ plan: plan({ action: 'redeliver_webhook', subject: { type: 'webhook_delivery', id: failing.id }, title: 'Send again to chat: incident opened' }) }), ...over })
const about = { 'subject-type': 'incident', 'subject-id': 'i1' }

describe('ops-deliveries', () => {
  afterEach(clear)

  it('shows the receiver of each webhook, its status, and why it failed', async () => {
    const api = usual()
    const part = mount('ops-deliveries', api, about)
    const text = await until(() => seen(part).includes('on-call') && seen(part), 'the deliveries')
    includes(text, 'incident opened to on-call')
    includes(text, 'delivered')
    includes(text, '3 attempts, next')
    includes(text, '503 · The receiver refused it.')
    includes(text, 'given up')
    includes(text, 'it answered 410')
    const { query } = api.calls.find(({ name }) => name === 'listWebhookDeliveries')!
    equal([query.get('subjectType'), query.get('subjectId')], ['incident', 'i1'])
  })

  it('sends one again after a preview', async () => {
    const api = usual()
    const part = mount('ops-deliveries', api, about)
    ;(await until(() => button(part, 'Send again: incident opened to chat'), 'the button')).click()
    await until(() => seen(part).includes('Send again to chat: incident opened'), 'the dialog')
    equal(api.calls.find(({ name }) => name === 'createPreview')!.body, { action: 'redeliver_webhook', subject: { type: 'webhook_delivery', id: failing.id } })
  })

  it('disables what is refused, with the reason beside it', async () => {
    const part = mount('ops-deliveries', usual(), about)
    const refused = await until(() => button(part, 'Send again: incident opened to gone'), 'the button')
    equal(refused.disabled, true)
    includes(seen(part), 'Role viewer may look, not change.')
  })

  it('shows nothing where there are none, unless asked to, and nothing to those who may not see them', async () => {
    const quiet = usual({ listWebhookDeliveries: () => page([]) })
    const part = mount('ops-deliveries', quiet, about)
    await until(() => quiet.count('listWebhookDeliveries') > 0, 'the request')
    equal(seen(part), '')
    const always = mount('ops-deliveries', quiet, { ...about, always: '' })
    await until(() => seen(always).includes('No webhooks have been sent.'), 'the empty state')
    const closed = usual({ listWebhookDeliveries: () => { throw new Refusal('forbidden', 'forbidden') } })
    const hidden = mount('ops-deliveries', closed, about)
    await until(() => closed.count('listWebhookDeliveries') > 0, 'the request')
    excludes(seen(hidden), 'forbidden')
  })

  for (const theme of ['light', 'dark']) {
    it(`is accessible in ${theme}`, async () => {
      const part = mount('ops-deliveries', usual(), { ...about, theme })
      await until(() => all(part, 'li').length === 3, 'the deliveries')
      await accessible(part)
    })
  }
})
