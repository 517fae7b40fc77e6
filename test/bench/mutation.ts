import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import type { Pool } from 'pg'
import { bulkSize, type Kind, kinds, mixOf, onlyOf, type Turn } from './mix.ts'
import { type Bench, sayRatio } from './world.ts'

const lanes = 8
const rounds = 3

/**
 * Operations through HTTP, beside the very statements they send, in the same transactions, behind an endpoint that does nothing
 * else. What lies between the two is ours: parsing, rules, plans, evidence, redaction.
 */
export async function benchMutation(world: Bench): Promise<void> {
  const { url, pool } = await world.database('mutation')
  const child = fork(new URL('server.ts', import.meta.url), { env: { ...process.env, DATABASE_URL: url, ENTRIES: String(lanes) } })
  const [{ api }] = (await once(child, 'message')) as [{ api: string }]
  const agent = new Agent({ keepAlive: true, maxSockets: lanes })
  const target: Target = { api, bare: `${new URL(api).origin}/bare`, agent, child }
  try {
    const jobs = await failedJobs(pool, 130_000)
    await sayRoundTrips(target, jobs)
    await compare(target, 'one-shot retry of a job', () => onlyOf('retry', lanes, 120, jobs))
    await compare(target, 'pause and resume, by preview and execute', () => onlyOf('pause', lanes, 60, jobs))
    await compare(target, `bulk retry of ${bulkSize} jobs, one shot`, () => onlyOf('bulk', lanes, 8, jobs))
    await compare(target, 'the mix: 10 retries, 4 pauses or resumes, 1 bulk', () => mixOf(lanes, 8, jobs), '≥ 0.60')
  } finally {
    agent.destroy()
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
}

interface Target {
  api: string
  bare: string
  agent: Agent
  child: ChildProcess
}

/** All in one statement, so that they differ in nothing but their id and their time of creation. */
async function failedJobs(pool: Pool, count: number): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `insert into pgboss.job (name, data, state, retry_limit, retry_count, created_on, start_after, started_on, completed_on, output, policy, keep_until)
     select 'nightly_sync', '{"n":1}', 'failed', 2, 2, clock_timestamp() - interval '1 hour', now() - interval '1 hour', now() - interval '1 minute', now(),
       '{"message":"timeout"}', 'standard', now() + interval '14 days' from generate_series(1, $1::int) returning id::text`,
    [count],
  )
  await pool.query('vacuum analyze')
  return rows.map(({ id }) => id)
}

/** One turn of each kind, recorded; every statement is a round trip. */
async function sayRoundTrips(target: Target, jobs: string[]): Promise<void> {
  console.log('\nRound trips to the database, begin and commit included')
  const turns: Record<Kind, Turn> = {
    retry: { kind: 'retry', lane: 0, jobs: jobs.splice(-1) },
    pause: { kind: 'pause', lane: 0, jobs: [] },
    resume: { kind: 'resume', lane: 0, jobs: [] },
    bulk: { kind: 'bulk', lane: 0, jobs: jobs.splice(-bulkSize) },
  }
  const names: Record<Kind, string> = {
    retry: 'retry of a job, one shot',
    pause: 'pause of an entry, preview and execute',
    resume: 'resume of an entry, preview and execute',
    bulk: `retry of ${bulkSize} jobs, one shot`,
  }
  // The first of each kind opens connections, so it is not the one that counts.
  for (const kind of kinds) await operate(target, { ...turns[kind], jobs: jobs.splice(-turns[kind].jobs.length || jobs.length, turns[kind].jobs.length) })
  for (const kind of kinds) {
    // Hints of the turn before are sent behind its answer.
    await wait(200)
    let counts: string[][] = []
    await operate(target, turns[kind], async (work) => {
      await ask(target.child, { record: kind })
      const answer = await work()
      counts = (await ask(target.child, { recorded: turns[kind] })) as string[][]
      return answer
    })
    const each = counts.map(({ length }) => length)
    console.log(`  ${names[kind].padEnd(58)} ${each.reduce((sum, count) => sum + count, 0).toString().padStart(7)}      ${each.length > 1 ? each.join(' + ') : ''}`)
    if (process.env.STATEMENTS) for (const text of counts.flat()) console.log(`      ${text.replace(/\s+/g, ' ').slice(0, 150)}`)
  }
}

async function compare(target: Target, name: string, plan: () => Turn[][], aim = ''): Promise<void> {
  console.log(`\n${name}, ${lanes} at once`)
  const rates = { ours: [] as number[], bare: [] as number[] }
  for (let round = 0; round <= rounds; round++) {
    const ours = await rateOf(plan(), (turn) => operate(target, turn))
    const turns = plan()
    await ask(target.child, { prepare: turns })
    const bare = await rateOf(turns, (turn, lane, index) => replayed(target, turn, lane, index))
    // The first round warms both up.
    if (round) rates.ours.push(ours)
    if (round) rates.bare.push(bare)
  }
  const mean = (some: number[]) => some.reduce((sum, rate) => sum + rate, 0) / some.length
  const say = (what: string, rate: number) => console.log(`  ${what.padEnd(58)} ${rate.toFixed(0).padStart(7)} /s`)
  say('its statements behind an empty HTTP endpoint', mean(rates.bare))
  say('the API', mean(rates.ours))
  sayRatio('rate of the API / of its statements alone', mean(rates.ours) / mean(rates.bare), aim)
}

async function rateOf(turns: Turn[][], work: (turn: Turn, lane: number, index: number) => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await Promise.all(turns.map(async (own, lane) => {
    for (const [index, turn] of own.entries()) await work(turn, lane, index)
  }))
  return (turns.flat().length / (performance.now() - start)) * 1000
}

type Around = (work: () => Promise<Answer>) => Promise<Answer>

async function operate(target: Target, { kind, lane, jobs }: Turn, around: Around = (work) => work()): Promise<void> {
  const reason = 'a reason of usual length'
  const subject = { type: 'cron_entry', id: `bench_${lane}` }
  if (kind === 'retry') return void (await around(() => post(target, '/operations', { action: 'retry_job', subject: { type: 'job', id: jobs[0] }, reason })))
  if (kind === 'bulk') return void (await around(() => post(target, '/operations', { action: 'retry_job', selection: { ids: jobs }, reason })))
  const { id, token } = await around(() => post(target, '/previews', { action: `${kind}_cron_entry`, subject }))
  await around(() => post(target, `/previews/${id}/execute`, { token, reason }))
}

async function replayed(target: Target, { kind }: Turn, lane: number, index: number): Promise<void> {
  const parts = kind === 'pause' || kind === 'resume' ? 2 : 1
  for (let part = 0; part < parts; part++) await send(target.agent, `${target.bare}/${lane}-${index}/${part}`, '{}')
}

interface Answer {
  id: string
  token: string
}

function post({ api, agent }: Target, path: string, body: object): Promise<Answer> {
  return send(agent, `${api}${path}`, JSON.stringify(body))
}

function send(agent: Agent, url: string, body: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: 'Bearer ops-demo',
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'idempotency-key': crypto.randomUUID(),
    }
    const asked = request(url, { method: 'POST', agent, headers }, async (response) => {
      const text = (await response.toArray()).join('')
      if (response.statusCode! < 300) resolve(JSON.parse(text) as Answer)
      else reject(new Error(`${url} answered ${response.statusCode}: ${text.slice(0, 300)}`))
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

async function ask(child: ChildProcess, what: object): Promise<unknown> {
  child.send(what)
  return ((await once(child, 'message')) as [unknown])[0]
}
