import type { LiveHint } from '../../schemas/live.ts'

export type LiveState = 'idle' | 'connecting' | 'live' | 'polling'

const pollMs = 10_000
const silenceMs = 45_000
const hiddenMs = 30_000
/** Figures of this age are no longer fresh, and later no longer known; see `ageOfFigures` on the server. */
const laggingMs = [65_000, 240_000]
const backoffMs = [500, 1000, 2000, 5000, 10_000, 20_000]

const everything: LiveHint = { topic: 'reset' }

/**
 * The stream of hints, shared by all elements on the page that use the same API. It opens with the first listener and closes with
 * the last one or while the tab is hidden. While it cannot connect, listeners are told to reload every ten seconds. Uses `fetch`
 * instead of `EventSource`, so that a host's own `fetch` (with its token) and `Last-Event-ID` work here too.
 */
export class Live {
  state: LiveState = 'idle'
  /** When the engine was last measured, by the server's clock: whatever was read is true up to then, as no hint says otherwise. */
  measuredAt = ''
  private readonly url: string
  private readonly send: typeof fetch
  private readonly listeners = new Set<(hint: LiveHint) => void>()
  private readonly watchers = new Set<() => void>()
  private stream?: AbortController
  private lastId = ''
  private missed = false
  private failures = 0
  private retry?: ReturnType<typeof setTimeout>
  private poll?: ReturnType<typeof setInterval>
  private hide?: ReturnType<typeof setTimeout>
  private lagging?: ReturnType<typeof setTimeout>

  constructor(url: string, send: typeof fetch) {
    this.url = url
    this.send = send
  }

  /** Calls `listener` for every hint, until the returned function is called. */
  listen(listener: (hint: LiveHint) => void): () => void {
    this.listeners.add(listener)
    if (this.listeners.size === 1) this.start()
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

  private start() {
    document.addEventListener('visibilitychange', this.onVisibility)
    addEventListener('pagehide', this.close)
    addEventListener('pageshow', this.onVisibility)
    if (document.visibilityState === 'visible') void this.connect()
  }

  private stop() {
    document.removeEventListener('visibilitychange', this.onVisibility)
    removeEventListener('pagehide', this.close)
    removeEventListener('pageshow', this.onVisibility)
    clearTimeout(this.hide)
    this.close()
    this.lastId = ''
  }

  private async connect() {
    clearTimeout(this.retry)
    const stream = (this.stream = new AbortController())
    if (this.state === 'idle') this.become('connecting')
    try {
      await this.read(stream)
    } catch {
      // Every failure is handled the same way: reconnect, and poll in the meantime.
    }
    if (this.stream !== stream) return
    stream.abort()
    this.failures += 1
    this.missed = true
    if (this.failures > 1) this.startPolling()
    this.retry = setTimeout(() => void this.connect(), backoffMs[Math.min(this.failures, backoffMs.length) - 1])
  }

  private async read(stream: AbortController) {
    const headers = { accept: 'text/event-stream', ...(this.lastId ? { 'last-event-id': this.lastId } : {}) }
    const response = await this.send(this.url, { headers, signal: stream.signal, credentials: 'same-origin', cache: 'no-store' })
    if (!response.ok || !response.body) throw new Error(`The live stream answered ${response.status}`)
    const silence = new Silence(() => stream.abort())
    try {
      this.opened()
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
      for (let rest = ''; ; ) {
        const { done, value } = await reader.read()
        if (done) return
        silence.restart()
        const blocks = (rest + value).replaceAll('\r\n', '\n').split('\n\n')
        rest = blocks.pop()!
        for (const block of blocks) this.receive(block)
      }
    } finally {
      silence.end()
    }
  }

  private opened() {
    this.failures = 0
    this.stopPolling()
    this.become('live')
    this.awaitBeat()
    if (this.missed) this.publish()
    this.missed = false
  }

  private receive(block: string) {
    const [, measuredAt] = /^: measured (\S+)/.exec(block) ?? []
    if (measuredAt) {
      this.measuredAt = measuredAt
      this.awaitBeat()
    }
    const field = (name: string) =>
      block
        .split('\n')
        .filter((line) => line.startsWith(`${name}:`))
        .map((line) => line.slice(name.length + 1).trim())
        .join('\n')
    this.lastId = field('id') || this.lastId
    const data = field('data')
    if (data) this.publish(parseHint(data))
  }

  /** Nobody measures any more: what is shown is no longer fresh, and pages have to say so. */
  private awaitBeat([after, ...later] = laggingMs) {
    clearTimeout(this.lagging)
    if (after === undefined) return
    this.lagging = setTimeout(() => {
      this.publish()
      this.awaitBeat(later)
    }, after)
  }

  /** Notifies all listeners; also called by elements that find that what is shown is stale. */
  publish(hint: LiveHint = everything) {
    for (const listener of [...this.listeners]) listener(hint)
  }

  private readonly close = () => {
    clearTimeout(this.retry)
    clearTimeout(this.lagging)
    this.measuredAt = ''
    this.stopPolling()
    this.stream?.abort()
    this.stream = undefined
    this.failures = 0
    this.missed = this.listeners.size > 0
    this.become('idle')
  }

  private readonly onVisibility = () => {
    clearTimeout(this.hide)
    if (document.visibilityState === 'hidden') {
      this.hide = setTimeout(this.close, hiddenMs)
    } else if (!this.stream) void this.connect()
  }

  private startPolling() {
    this.become('polling')
    this.poll ??= setInterval(() => {
      if (document.visibilityState === 'visible') this.publish()
    }, pollMs)
  }

  private stopPolling() {
    clearInterval(this.poll)
    this.poll = undefined
  }

  private become(state: LiveState) {
    if (this.state === state) return
    this.state = state
    for (const watcher of [...this.watchers]) watcher()
  }
}

/** A timeout for a connection that is dead although it was never closed: not even heartbeats arrive. */
class Silence {
  private readonly onSilence: () => void
  private timer?: ReturnType<typeof setTimeout>

  constructor(onSilence: () => void) {
    this.onSilence = onSilence
    this.restart()
  }

  restart() {
    this.end()
    this.timer = setTimeout(this.onSilence, silenceMs)
  }

  end() {
    clearTimeout(this.timer)
  }
}

/** An unreadable hint still means that something changed. */
function parseHint(data: string): LiveHint {
  try {
    const hint = JSON.parse(data) as Partial<LiveHint>
    return typeof hint.topic === 'string' ? (hint as LiveHint) : everything
  } catch {
    return everything
  }
}
