import { gunzipSync } from 'node:zlib'
import { withTimeout } from '../../timeout.ts'
import type { QueueProducers } from './producers.ts'
import type { PoolLike } from './table.ts'

/** A node pings every five seconds, so by then each one that speaks through PostgreSQL was heard twice. */
const silentAfterMs = 11_000
/** Oban Met tells of its queues every 0.75 seconds; what it told is gone after so long, as in Oban Web. */
const toldForMs = 30_000
const connectMs = 2_000
const latelyMs = 60_000
const maxPayloadBytes = 1_000_000

/** What one producer tells of itself. */
interface Check {
  queue: string
  paused: boolean
  limit: number | null
  heardAt: number
}

/**
 * Oban nodes whose notifier is PostgreSQL's ping each other on `oban_sonar`, and with Oban Met tell of their queues on
 * `oban_gossip`. Nothing of it is kept in a table, so it is listened for, a while at a time and on one connection.
 */
export class ObanEar {
  private readonly checks = new Map<string, Check>()
  /** Listened so long since a node was heard. */
  private inVainMs = 0
  private heardAt: number | undefined
  private listening: Promise<boolean | undefined> | undefined
  private readonly pool: PoolLike
  private readonly schema: string
  private readonly silentAfterMs: number

  constructor(pool: PoolLike, schema: string, silentMs = silentAfterMs) {
    this.pool = pool
    this.schema = schema
    this.silentAfterMs = silentMs
  }

  /** Somebody listened long enough, and no node was heard: what is signalled to nodes reaches none. */
  get isSilent(): boolean {
    return this.inVainMs >= this.silentAfterMs
  }

  get heardLately(): boolean {
    return this.heardAt !== undefined && performance.now() - this.heardAt < latelyMs
  }

  /** By queue, as its producers told lately; undefined where none does. */
  get queues(): Map<string, QueueProducers> | undefined {
    const queues = new Map<string, QueueProducers>()
    for (const [key, { queue, paused, limit, heardAt }] of this.checks) {
      if (performance.now() - heardAt > toldForMs) {
        this.checks.delete(key)
        continue
      }
      const known = queues.get(queue) ?? { executors: 0, paused: true, limit: 0 }
      queues.set(queue, {
        executors: known.executors + 1,
        paused: known.paused && paused,
        limit: known.limit === null || limit === null ? null : known.limit + limit,
      })
    }
    return queues.size ? queues : undefined
  }

  /**
   * Listens for so long, or until a node is heard, and answers whether one was; undefined when it could not listen. Whoever asks
   * meanwhile joins. Never throws.
   */
  listen(ms: number, { untilHeard = false }: { untilHeard?: boolean } = {}): Promise<boolean | undefined> {
    this.listening ??= this.listenOnce(ms, untilHeard)
      .catch(() => undefined)
      .finally(() => (this.listening = undefined))
    return this.listening
  }

  private async listenOnce(ms: number, untilHeard: boolean): Promise<boolean | undefined> {
    const connecting = this.pool.connect()
    const client = await withTimeout(connecting, connectMs, () => new Error('no connection to listen on')).catch((error: unknown) => {
      void connecting.then((late) => late.release(), () => {})
      throw error
    })
    // A pool that a host adapted may hand out connections that tell of no notifications.
    if (!client.on || !client.off) {
      client.release()
      return undefined
    }
    const channels = ['sonar', 'gossip'].map((name) => `${this.schema}.oban_${name}`)
    const began = performance.now()
    let heardNow = false
    const ended = Promise.withResolvers<void>()
    const handle = ({ channel, payload = '' }: { channel: string; payload?: string }) => {
      if (!channels.includes(channel)) return
      heardNow = true
      this.heardAt = performance.now()
      this.inVainMs = 0
      if (channel === channels[1]) this.take(payload)
      if (untilHeard) ended.resolve()
    }
    client.on('notification', handle)
    const timer = setTimeout(() => ended.resolve(), ms)
    try {
      await client.query(channels.map((channel) => `listen "${channel.replaceAll('"', '""')}"`).join('; '))
      await ended.promise
      await client.query(channels.map((channel) => `unlisten "${channel.replaceAll('"', '""')}"`).join('; '))
      if (!heardNow) this.inVainMs += performance.now() - began
      return heardNow
    } finally {
      clearTimeout(timer)
      client.off('notification', handle)
      client.release()
    }
  }

  /** What others send; whatever is not as expected is passed over. */
  private take(payload: string): void {
    try {
      const text = payload.startsWith('{') ? payload : gunzipSync(Buffer.from(payload, 'base64'), { maxOutputLength: maxPayloadBytes }).toString()
      const { checks } = JSON.parse(text) as { checks?: unknown }
      for (const each of Array.isArray(checks) ? checks : []) this.takeCheck((each ?? {}) as Record<string, unknown>)
    } catch {
      // Applications use the channel for messages of their own.
    }
  }

  private takeCheck({ queue, node, name, uuid, paused, limit, local_limit }: Record<string, unknown>): void {
    if (typeof queue !== 'string') return
    const own = [limit, local_limit].find((value) => typeof value === 'number')
    const key = typeof uuid === 'string' ? uuid : `${String(name)} ${String(node)} ${queue}`
    this.checks.set(key, { queue, paused: paused === true, limit: typeof own === 'number' ? own : null, heardAt: performance.now() })
  }
}

export const unheard =
  'No Oban node was heard on PostgreSQL notifications. If none is running, or if they use another notifier such as Oban.Notifiers.PG, then a pause, a resume, a new limit or stopping a running job has no effect.'
