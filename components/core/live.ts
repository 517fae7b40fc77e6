import type { LiveHint } from '../../schemas/live.ts'
import type { OwnChanges } from '../../schemas/own-changes.ts'
import { later } from './later.ts'
import type { LiveStream } from './live-stream.ts'

export type LiveState = 'idle' | 'connecting' | 'live' | 'polling'

/** How often listeners reload while there is no stream. */
export const pollMs = 10_000

const everything: LiveHint = { topic: 'reset' }

/** Not needed to show a page: it is loaded while the page's first data is on its way. */
const loadStream = later(() => import('./live-stream.ts'))

/**
 * The hints of one API, shared by all elements on the page that use it. Its stream opens with the first listener and closes with the
 * last one or while the tab is hidden. While there is no stream, listeners are told to reload every ten seconds.
 */
export class Live {
  state: LiveState = 'idle'
  /** When the engine was last measured, by the server's clock: whatever was read is true up to then, as no hint says otherwise. */
  measuredAt = ''
  private readonly url: string
  private readonly send: typeof fetch
  private readonly changes?: OwnChanges
  private readonly listeners = new Set<(hint: LiveHint) => void>()
  private readonly watchers = new Set<() => void>()
  private stream?: LiveStream
  private retry?: ReturnType<typeof setTimeout>

  constructor(url: string, send: typeof fetch, changes?: OwnChanges) {
    this.url = url
    this.send = send
    this.changes = changes
  }

  /** Calls `listener` for every hint, until the returned function is called. */
  listen(listener: (hint: LiveHint) => void): () => void {
    this.listeners.add(listener)
    if (this.listeners.size === 1) void this.start(Date.now())
    return () => {
      this.listeners.delete(listener)
      if (this.listeners.size === 0) this.stop()
    }
  }

  /** Calls `watcher` when `state` changes; does not keep the stream open. */
  watch(watcher: () => void): () => void {
    this.watchers.add(watcher)
    return () => void this.watchers.delete(watcher)
  }

  /** Notifies all listeners; also called by elements that find that what is shown is stale. */
  publish(hint: LiveHint = everything): void {
    for (const listener of [...this.listeners]) listener(hint)
  }

  /** @internal Only for the stream. */
  become(state: LiveState): void {
    if (this.state === state) return
    this.state = state
    for (const watcher of [...this.watchers]) watcher()
  }

  private async start(since: number) {
    clearTimeout(this.retry)
    if (document.visibilityState === 'visible') this.become('connecting')
    try {
      const { LiveStream } = await loadStream()
      this.stream ??= new LiveStream(this, this.url, this.send, this.changes)
      if (this.listeners.size > 0) this.stream.start(since)
    } catch {
      // As without a connection: polled, until it can be loaded.
      if (this.listeners.size === 0) return
      this.become('polling')
      this.retry = setTimeout(() => {
        if (document.visibilityState === 'visible') this.publish()
        void this.start(since)
      }, pollMs)
    }
  }

  private stop() {
    clearTimeout(this.retry)
    this.stream?.stop()
    this.become('idle')
  }
}
