import { fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { bareTransaction } from './bare.ts'
import { type Bench, measure, say, sayRatio } from './world.ts'

const lanes = 8
const seconds = 8

/** An audited pause or resume through HTTP, beside the two statements that any implementation needs. */
export async function benchMutation(world: Bench): Promise<void> {
  console.log(`\nAudited pause/resume, ${lanes} at once`)
  const { url, pool } = await world.database('mutation')
  const child = fork(new URL('server.ts', import.meta.url), { env: { ...process.env, DATABASE_URL: url, ENTRIES: String(lanes) } })
  const [{ api }] = (await once(child, 'message')) as [{ api: string }]
  const agent = new Agent({ keepAlive: true, maxSockets: lanes })
  try {
    const bare = await measure(lanes, seconds, (lane, turn) => bareTransaction(pool, lane, turn))
    say('bare pg: begin, update, insert, commit', bare)
    const behindHttp = await measure(lanes, seconds, (lane, turn) => post(`${new URL(api).origin}/bare?lane=${lane}&turn=${turn}`, agent, '{}'))
    say('the same behind an empty HTTP endpoint', behindHttp)
    const audited = await measure(lanes, seconds, (lane, turn) => operate(api, agent, lane, turn))
    say('POST /operations', audited)
    const bareAgain = await measure(lanes, seconds, (lane, turn) => bareTransaction(pool, lane, turn))
    say('bare pg, again', bareAgain)
    sayRatio('rate of the audited mutation / bare transaction', audited.perSecond / ((bare.perSecond + bareAgain.perSecond) / 2), '≥ 0.50')
    sayRatio('rate of the audited mutation / the same behind HTTP', audited.perSecond / behindHttp.perSecond, '(to tell HTTP from us)')
  } finally {
    agent.destroy()
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
}

const paused: boolean[] = []

async function operate(api: string, agent: Agent, lane: number, _turn: number): Promise<void> {
  const action = paused[lane] ? 'resume_cron_entry' : 'pause_cron_entry'
  const body = JSON.stringify({ action, subject: { type: 'cron_entry', id: `bench_${lane}` }, reason: 'a reason of usual length' })
  const status = await post(`${api}/operations`, agent, body)
  // The bare transactions before leave entries in either state; the first refusal says which.
  if (status !== 200 && status !== 409) throw new Error(`the operation answered ${status}`)
  paused[lane] = !paused[lane]
}

function post(url: string, agent: Agent, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: 'Bearer ops-demo',
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'idempotency-key': crypto.randomUUID(),
    }
    const asked = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode!))
    })
    asked.on('error', reject)
    asked.end(body)
  })
}
