import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Pool } from 'pg'
import { PgBoss } from 'pg-boss'
import { createOps } from '../../server/index.ts'
import { pgBoss } from '../../server/engines/pg-boss/index.ts'
import type { Kind, Recorded, Turn } from './mix.ts'
import { replay, startRecording, type Statement, stopRecording, turnOf, watchStatements } from './replay.ts'
import { auth, displayPolicy, nightlySync, type Person } from '../support/server.ts'

/** The server in a process of its own, as a host runs it. */
const { DATABASE_URL: url = '', ENTRIES = '8', SNAPSHOTS = '', QUEUES = 'nightly_sync' } = process.env

watchStatements()
const boss = new PgBoss({ connectionString: url, supervise: false, schedule: false })
await boss.start()
for (const queue of ['nightly_sync', ...QUEUES.split(',')]) await boss.createQueue(queue)
const engine = pgBoss(boss)
const ops = await createOps<Person>({
  database: { url },
  auth,
  displayPolicy,
  engine,
  cron: Array.from({ length: Number(ENTRIES) }, (_, n) => ({ ...nightlySync, name: `bench_${n}` })),
  scheduler: { enabled: SNAPSHOTS === '1' },
})
await ops.migrate()
await ops.start()
const pool = new Pool({ connectionString: url, max: 10 })
/** Statements of turns to come, by the number that a request names. */
const prepared = new Map<string, Statement[][]>()
const recordings = new Map<Kind, Recorded>()
/** An endpoint that does nothing but what any implementation would have to ask of the database. */
const server = createServer((request, response) => {
  const [, where, turn = '', part = '0'] = request.url?.split('/') ?? []
  if (where === 'empty') return response.end('{}')
  if (where !== 'bare') return ops.handler(request, response)
  request.resume()
  const statements = prepared.get(turn)?.[Number(part)]
  if (!statements) throw new Error(`Turn ${turn} was not prepared.`)
  void replay(pool, statements).then(
    () => response.end('{}'),
    (error: Error) => {
      response.statusCode = 500
      response.end(error.message)
    },
  )
})
server.listen(0, '127.0.0.1', () => process.send?.({ api: `http://127.0.0.1:${(server.address() as AddressInfo).port}/ops/jobs/api/v1` }))

process.on('message', (asked) => void answer(asked).then((said) => process.send?.(said)))

interface Told {
  record?: Kind
  recorded?: Turn
  prepare?: Turn[][]
}

async function answer(asked: unknown): Promise<unknown> {
  if (typeof asked === 'object' && asked !== null) return answerBench(asked as Told)
  if (asked === 'index') return addProposedIndexes()
  if (asked === 'record') return startRecording() ?? 'recording'
  if (asked === 'recorded') return stopRecording()
  if (asked === 'cpu') {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1000
  }
  if (asked === 'settled memory') globalThis.gc?.()
  const { rss, heapUsed } = process.memoryUsage()
  return (asked === 'settled memory' ? heapUsed : rss) / 1024 / 1024
}

/** A turn is recorded request by request; turns to come are prepared before anybody looks at the clock. */
async function answerBench({ record, recorded, prepare }: Told): Promise<unknown> {
  if (record) {
    startRecording()
    return 'recording'
  }
  if (recorded) {
    const requests = [...(recordings.get(recorded.kind)?.requests ?? []), stopRecording()]
    recordings.set(recorded.kind, { turn: recorded, requests })
    return requests.map((statements) => statements.map(({ text }) => text))
  }
  prepared.clear()
  const entries = await pool.query<{ name: string; id: string }>('select name, id::text from ops.cron_entry')
  const ids = new Map(entries.rows.map(({ name, id }) => [name, id]))
  for (const [lane, turns] of (prepare ?? []).entries()) {
    for (const [index, turn] of turns.entries()) prepared.set(`${lane}-${index}`, turnOf(recordings.get(turn.kind)!.requests, placesOf(recordings.get(turn.kind)!.turn, turn, ids)))
  }
  return 'prepared'
}

function placesOf(from: Turn, to: Turn, ids: Map<string, string>): Map<string, string> {
  const [entry, other] = [`bench_${from.lane}`, `bench_${to.lane}`]
  return new Map([[entry, other], [ids.get(entry)!, ids.get(other)!], ...from.jobs.map((job, index): [string, string] => [job, to.jobs[index]!])])
}

/** What `doctor` proposes, done as an administrator would. */
async function addProposedIndexes(): Promise<string> {
  for (const { statement } of (await engine.advise?.([])) ?? []) if (statement) await pool.query(statement)
  return 'done'
}

process.on('SIGTERM', () => process.exit(0))
