import { gunzipSync } from 'node:zlib'
import { withTimeout } from '../../timeout.ts'
import type { QueueProducers } from './producers.ts'
import type { PoolLike } from './table.ts'

/** A node pings every five seconds, so within this time each node that uses PostgreSQL notifications is heard twice. */
const silentAfterMs = 11_000
/** Oban Met reports its queues every 0.75 seconds; a report expires after this long, as in Oban Web. */
const reportTtlMs = 30_000
const connectTimeoutMs = 2_000
const recentMs = 60_000
const maxPayloadBytes = 1_000_000

/** What one producer reports about itself. */
interface Report {
  queue: string
  paused: boolean
  limit: number | null
  heardAt: number
}

/**
 * Oban nodes that use the PostgreSQL notifier ping each other on `oban_sonar`, and with Oban Met they report their queues on
 * `oban_gossip`. None of that is stored in a table, so we listen for it, for a short while at a time and on one connection.
 */
export class ObanListener {
  private readonly reports = new Map<string, Report>()
  /** How long we have listened since a node was last heard. */
  private unheardMs = 0
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

  /** We have listened long enough without hearing a node: signals to nodes reach none. */
  get isSilent(): boolean {
    return this.unheardMs >= this.silentAfterMs
  }

  get heardRecently(): boolean {
    return this.heardAt !== undefined && performance.now() - this.heardAt < recentMs
  }

  /** Recent reports of the producers, combined by queue; undefined if there are none. */
  get queues(): Map<string, QueueProducers> | undefined {
    const queues = new Map<string, QueueProducers>()
    for (const [key, { queue, paused, limit, heardAt }] of this.reports) {
      if (performance.now() - heardAt > reportTtlMs) {
        this.reports.delete(key)
        continue
      }
      const total = queues.get(queue) ?? { executors: 0, paused: true, limit: 0 }
      queues.set(queue, {
        executors: total.executors + 1,
        paused: total.paused && paused,
        limit: total.limit === null || limit === null ? null : total.limit + limit,
      })
    }
    return queues.size ? queues : undefined
  }

  /**
   * Listens for `ms` milliseconds, or until a node is heard, and returns whether one was; undefined if listening failed.
   * Concurrent calls share one listen. Never throws.
   */
  listen(ms: number, { untilHeard = false }: { untilHeard?: boolean } = {}): Promise<boolean | undefined> {
    this.listening ??= this.listenOnce(ms, untilHeard)
      .catch(() => undefined)
      .finally(() => (this.listening = undefined))
    return this.listening
  }

  private async listenOnce(ms: number, untilHeard: boolean): Promise<boolean | undefined> {
    const connecting = this.pool.connect()
    const client = await withTimeout(connecting, connectTimeoutMs, () => new Error('no connection to listen on')).catch((error: unknown) => {
      void connecting.then((late) => late.release(), () => {})
      throw error
    })
    // A pool adapted by the host may hand out connections that do not deliver notifications.
    if (!client.on || !client.off) {
      client.release()
      return undefined
    }
    const channels = ['sonar', 'gossip'].map((name) => `${this.schema}.oban_${name}`)
    const startedAt = performance.now()
    let heard = false
    const ended = Promise.withResolvers<void>()
    const handle = ({ channel, payload = '' }: { channel: string; payload?: string }) => {
      if (!channels.includes(channel)) return
      heard = true
      this.heardAt = performance.now()
      this.unheardMs = 0
      if (channel === channels[1]) this.handleGossip(payload)
      if (untilHeard) ended.resolve()
    }
    client.on('notification', handle)
    const timer = setTimeout(() => ended.resolve(), ms)
    try {
      await client.query(channels.map((channel) => `listen "${channel.replaceAll('"', '""')}"`).join('; '))
      await ended.promise
      await client.query(channels.map((channel) => `unlisten "${channel.replaceAll('"', '""')}"`).join('; '))
      if (!heard) this.unheardMs += performance.now() - startedAt
      return heard
    } finally {
      clearTimeout(timer)
      client.off('notification', handle)
      client.release()
    }
  }

  /** Other programs can send anything; unexpected messages are ignored. */
  private handleGossip(payload: string): void {
    try {
      const text = payload.startsWith('{') ? payload : gunzipSync(Buffer.from(payload, 'base64'), { maxOutputLength: maxPayloadBytes }).toString()
      const { checks } = JSON.parse(text) as { checks?: unknown }
      for (const each of Array.isArray(checks) ? checks : []) this.recordReport((each ?? {}) as Record<string, unknown>)
    } catch {
      // Applications use the channel for their own messages, too.
    }
  }

  private recordReport({ queue, node, name, uuid, paused, limit, local_limit }: Record<string, unknown>): void {
    if (typeof queue !== 'string') return
    const reportedLimit = [limit, local_limit].find((value) => typeof value === 'number')
    const key = typeof uuid === 'string' ? uuid : `${String(name)} ${String(node)} ${queue}`
    this.reports.set(key, { queue, paused: paused === true, limit: typeof reportedLimit === 'number' ? reportedLimit : null, heardAt: performance.now() })
  }
}

export const noNodesHeard =
  'No Oban node was heard on PostgreSQL notifications. If none is running, or if they use another notifier such as Oban.Notifiers.PG, then a pause, a resume, a new limit or stopping a running job has no effect.'
