import { randomUUID } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { Client, type Pool } from 'pg'
import { createObanTasks, type ObanTasks, type TakenJob } from './oban-tasks.ts'

export interface ObanWorkerOptions {
  sql: Pool
  /** For the single connection that listens. */
  url: string
  /** Oban's `prefix`. Default `public`. */
  schema?: string
  /** The node's name. At start, it takes back jobs that an earlier process of the same name left executing. */
  node: string
  /** How many jobs each queue runs at once. */
  queues: Record<string, number>
  perform(job: TakenJob, stopped: AbortSignal): Promise<Record<string, unknown>>
  /** Seconds until the next attempt. */
  backoff?(job: TakenJob): number
  /** Milliseconds between polls when there are no notifications. Default 1000. */
  pollMilliseconds?: number
  onError?(error: Error): void
}

export interface ObanWorker {
  /** Whether this node has paused the queue. As in Oban, other nodes do not know. */
  isPaused(queue: string): boolean
  limitOf(queue: string): number
  isRunning(id: string): boolean
  /** Takes no more jobs and waits for the running ones. */
  stop(): Promise<void>
}

interface RunningQueue {
  limit: number
  paused: boolean
}

/**
 * A stand-in for an Oban node in an Elixir application, equivalent as far as operators can tell. It fetches jobs, records
 * errors, elects a leader and stages jobs with the same SQL as Oban, and obeys the same notifications. Nothing more.
 */
export async function startObanWorker(options: ObanWorkerOptions): Promise<ObanWorker> {
  const { sql, schema = 'public', node, perform, backoff = () => 15, pollMilliseconds = 1000, onError = () => {} } = options
  const uuid = randomUUID()
  const tasks = createObanTasks({ sql, schema, node, uuid })
  const queues = new Map<string, RunningQueue>(Object.entries(options.queues).map(([name, limit]) => [name, { limit, paused: false }]))
  const running = new Map<string, { queue: string; stop: AbortController; end: Promise<void> }>()
  let stopping = false

  const run = async (job: TakenJob, stop: AbortController): Promise<void> => {
    try {
      await tasks.complete(job, await Promise.race([perform(job, stop.signal), killed(stop.signal)]))
    } catch (error) {
      const text = error instanceof Error ? `** (${error.name}) ${error.message}` : String(error)
      await (stop.signal.aborted ? tasks.cancel(job, text) : tasks.fail(job, text, backoff(job))).catch(onError)
    } finally {
      running.delete(job.id)
      void dispatch(job.queue)
    }
  }

  const busy = new Map<string, Promise<void>>()
  /** Only one fetch per queue at a time, so that its limit holds. */
  const dispatch = (name: string): Promise<void> => {
    const next = (busy.get(name) ?? Promise.resolve()).then(() => fetch(name)).catch(onError)
    busy.set(name, next)
    return next
  }
  const fetch = async (name: string): Promise<void> => {
    const queue = queues.get(name)
    if (!queue || queue.paused || stopping) return
    const free = queue.limit - [...running.values()].filter((each) => each.queue === name).length
    if (free <= 0) return
    for (const job of await tasks.take(name, free)) {
      const stop = new AbortController()
      running.set(job.id, { queue: name, stop, end: run(job, stop) })
    }
  }

  const obey = (signal: Signal): void => {
    if (signal.action === 'pkill') running.get(String(signal.job_id))?.stop.abort()
    for (const [name, queue] of queues) {
      if (signal.queue !== name && signal.queue !== '*') continue
      // As in Oban, a fetch in progress finishes first: once a queue is paused, none of its jobs is taken.
      const done = (busy.get(name) ?? Promise.resolve()).then(() => {
        if (signal.action === 'pause' || signal.action === 'resume') queue.paused = signal.action === 'pause'
        if (signal.action === 'scale' && signal.limit) queue.limit = signal.limit
      })
      busy.set(name, done)
      void dispatch(name)
    }
  }

  await tasks.takeBackOrphans()
  const listening = listen(options.url, schema, { obey, inserted: (queue) => void dispatch(queue), onError })
  await listening.ready
  const ticking = tick(tasks, [...queues.keys()], pollMilliseconds, dispatch, onError)
  return {
    isPaused: (queue) => queues.get(queue)?.paused ?? false,
    limitOf: (queue) => queues.get(queue)?.limit ?? 0,
    isRunning: (id) => running.has(id),
    async stop() {
      stopping = true
      await ticking.stop()
      await Promise.all(busy.values())
      await Promise.all([...running.values()].map(({ end }) => end))
      await listening.stop()
      await tasks.resign()
    },
  }
}

/** Oban kills the process of a cancelled job; here the work is signalled to stop and no longer awaited. */
function killed(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('The job was cancelled while it ran.')), { once: true })
  })
}

/** The heartbeat: renews leadership, stages due jobs, fetches available ones, and occasionally prunes old ones. */
function tick(tasks: ObanTasks, queues: string[], milliseconds: number, dispatch: (queue: string) => Promise<void>, onError: (error: Error) => void) {
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  let beat = Promise.resolve()
  let beats = 0
  let pings = 0
  const pingEvery = Math.max(1, Math.round(5000 / milliseconds))
  const once = async (): Promise<void> => {
    if (pings++ % pingEvery === 0) await tasks.ping()
    if (await tasks.lead()) {
      await tasks.stage()
      if (beats++ % 60 === 0) await tasks.prune(queues)
    }
    await Promise.all(queues.map(dispatch))
  }
  const next = (): void => {
    beat = once().catch(onError).then(() => {
      if (!stopped) timer = setTimeout(next, milliseconds)
    })
  }
  next()
  return {
    async stop() {
      stopped = true
      clearTimeout(timer)
      await beat
    },
  }
}

interface Signal {
  action?: string
  queue?: string
  job_id?: number
  limit?: number
}

interface Heard {
  obey(signal: Signal): void
  inserted(queue: string): void
  onError(error: Error): void
}

/** A listening connection that reconnects whenever it is lost. */
function listen(url: string, schema: string, { obey, inserted, onError }: Heard): { ready: Promise<void>; stop(): Promise<void> } {
  let client: Client | undefined
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  const again = (): void => {
    if (!stopped) timer = setTimeout(() => connect().catch(lost), 1000)
  }
  const lost = (error: Error): void => {
    onError(error)
    again()
  }
  const connect = async (): Promise<void> => {
    client = new Client({ connectionString: url, application_name: 'oban stand-in', keepAlive: true })
    client.on('error', onError)
    client.on('end', again)
    client.on('notification', ({ channel, payload = '{}' }) => {
      const message = decode(payload)
      if (channel.endsWith('.oban_signal')) obey(message)
      else if (message.queue) inserted(message.queue)
    })
    await client.connect()
    await client.query(`listen "${schema}.oban_insert"; listen "${schema}.oban_signal"`)
  }
  return {
    ready: connect().catch(lost),
    async stop() {
      stopped = true
      clearTimeout(timer)
      await client?.end().catch(() => {})
    },
  }
}

/** Oban compresses its own messages; triggers and other tools send plain JSON. */
function decode(payload: string): Signal {
  const text = payload.startsWith('{') ? payload : gunzipSync(Buffer.from(payload, 'base64')).toString()
  return JSON.parse(text) as Signal
}
