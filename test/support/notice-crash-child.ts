import pg from 'pg'
import { readNoticeFacts } from '../../server/incidents/notice-facts.ts'
import { tellHost } from '../../server/notices/tell.ts'
import { deliverDue } from '../../server/webhooks/deliver.ts'
import { standardWebhooks } from '../../server/webhooks/index.ts'
import { openNoticeKit } from './notices.ts'

/**
 * Tells the host what is due and sends its webhooks, and kills itself, without a chance to clean up, at the n-th step: each
 * statement, and before and after the handler and each webhook. Told by its environment: DATABASE_URL, RECEIVER, NOW, KILL_AT.
 */
const { DATABASE_URL: url = '', RECEIVER: receiver = '', NOW: now = '', KILL_AT = '0' } = process.env

let counting = false
let steps = 0
function step(): void {
  if (counting && ++steps === Number(KILL_AT)) process.kill(process.pid, 'SIGKILL')
}

// Before any connection is made: a connection keeps the method that it found.
const query = pg.Client.prototype.query as (...args: unknown[]) => unknown
pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
  step()
  return query.apply(this, args)
} as typeof pg.Client.prototype.query

const { handle, webhooks } = standardWebhooks({
  endpoints: [{ name: 'chat', url: `${receiver}/hook`, secrets: [`whsec_${Buffer.alloc(24, 1).toString('base64')}`], allowPrivate: true }],
  also: {
    async handle(event) {
      step()
      await fetch(`${receiver}/handler`, { method: 'POST', body: event.id })
      step()
    },
  },
})
const endpoints = webhooks!.endpoints.map((endpoint) => ({
  ...endpoint,
  async send(...message: Parameters<typeof endpoint.send>) {
    step()
    const sent = await endpoint.send(...message)
    step()
    return sent
  },
}))
const kit = await openNoticeKit(url, { now: new Date(now) }, { handle, webhooks: { ...webhooks!, endpoints } })
// The pool is warm, so that only the work's own statements are counted.
await kit.db.findFault()
counting = true
await tellHost(kit, readNoticeFacts)
for (const endpoint of endpoints) await deliverDue(kit, endpoint)
process.stdout.write(String(steps))
process.kill(process.pid, 'SIGKILL')
