import { eventsOf } from '../../schemas/event-stream.ts'
import type { LiveHint } from '../../schemas/live.ts'
import { type OwnChanges, ownChangesHeader } from '../../schemas/own-changes.ts'
import { type Live, pollMs } from './live.ts'

const silenceMs = 45_000
const hiddenMs = 30_000
/** What changes between a page's first read and the opening of the stream is not announced; a stream that opens this late makes the page read again. */
const lateMs = 2000
/** Figures of this age are no longer fresh, and later no longer known; see `ageOfFigures` on the server. */
const laggingMs = [65_000, 240_000]
const backoffMs = [500, 1000, 2000, 5000, 10_000, 20_000]

/**
 * The stream behind `Live`. Uses `fetch` instead of `EventSource`, so that a host's own `fetch` (with its token) and `Last-Event-ID`
 * work here too.
 */
export class LiveStream {
  private readonly live: Live
  private readonly url: string
  private readonly send: typeof fetch
  private readonly changes?: OwnChanges
  private request?: AbortController
  private started = false
  private lastId = ''
  private missed = false
  private failures = 0
  private awaitedSince = 0
  private retry?: ReturnType<typeof setTimeout>
  private poll?: ReturnType<typeof setInterval>
  private hide?: ReturnType<typeof setTimeout>
  private lagging?: ReturnType<typeof setTimeout>

  constructor(live: Live, url: string, send: typeof fetch, changes?: OwnChanges) {
    this.live = live
    this.url = url
    this.send = send
    this.changes = changes
  }

  /** Opens the stream while the page is visible. `since` is when the first listener came. */
  start(since: number) {
    if (this.started) return
    this.started = true
    this.missed = false
    this.awaitedSince = since
    document.addEventListener('visibilitychange', this.onVisibility)
    addEventListener('pagehide', this.close)
    addEventListener('pageshow', this.onVisibility)
    if (document.visibilityState === 'visible') void this.connect()
  }

  stop() {
    this.started = false
    document.removeEventListener('visibilitychange', this.onVisibility)
    removeEventListener('pagehide', this.close)
    removeEventListener('pageshow', this.onVisibility)
    clearTimeout(this.hide)
    this.close()
    this.lastId = ''
  }

  private async connect() {
    clearTimeout(this.retry)
    const request = (this.request = new AbortController())
    if (this.live.state === 'idle') this.live.become('connecting')
    try {
      await this.read(request)
    } catch {
      // Every failure is handled the same way: reconnect, and poll in the meantime.
    }
    if (this.request !== request) return
    request.abort()
    this.failures += 1
    this.missed = true
    if (this.failures > 1) this.startPolling()
    this.retry = setTimeout(() => void this.connect(), backoffMs[Math.min(this.failures, backoffMs.length) - 1])
  }

  private async read(request: AbortController) {
    const headers = { accept: 'text/event-stream', ...(this.lastId ? { 'last-event-id': this.lastId } : {}) }
    const response = await this.send(this.url, { headers, signal: request.signal, credentials: 'same-origin', cache: 'no-store' })
    if (!response.ok || !response.body) throw new Error(`The live stream answered ${response.status}`)
    this.changes?.note(response.headers.get(ownChangesHeader))
    // A connection may be dead although it was never closed: then not even heartbeats arrive.
    let silence: ReturnType<typeof setTimeout> | undefined
    const arrived = () => {
      clearTimeout(silence)
      silence = setTimeout(() => request.abort(), silenceMs)
    }
    arrived()
    try {
      this.opened()
      for await (const { id, data, comment } of eventsOf(response.body, arrived)) {
        if (comment.startsWith('measured ')) {
          this.live.measuredAt = comment.slice(9)
          this.awaitBeat()
        }
        this.lastId = id || this.lastId
        if (!data) continue
        const hint = parseHint(data)
        this.changes?.note(hint?.after)
        this.live.publish(hint)
      }
    } finally {
      clearTimeout(silence)
    }
  }

  private opened() {
    this.failures = 0
    this.stopPolling()
    this.live.become('live')
    this.awaitBeat()
    if (this.missed || Date.now() - this.awaitedSince > lateMs) this.live.publish()
    this.missed = false
    this.awaitedSince = Infinity
  }

  /** Nobody measures any more: what is shown is no longer fresh, and pages have to say so. */
  private awaitBeat([after, ...later] = laggingMs) {
    clearTimeout(this.lagging)
    if (after === undefined) return
    this.lagging = setTimeout(() => {
      this.live.publish()
      this.awaitBeat(later)
    }, after)
  }

  private readonly close = () => {
    clearTimeout(this.retry)
    clearTimeout(this.lagging)
    this.live.measuredAt = ''
    this.stopPolling()
    this.request?.abort()
    this.request = undefined
    this.failures = 0
    this.missed = this.started
    this.live.become('idle')
  }

  private readonly onVisibility = () => {
    clearTimeout(this.hide)
    if (document.visibilityState === 'hidden') {
      this.hide = setTimeout(this.close, hiddenMs)
    } else if (!this.request) void this.connect()
  }

  private startPolling() {
    this.live.become('polling')
    this.poll ??= setInterval(() => {
      if (document.visibilityState === 'visible') this.live.publish()
    }, pollMs)
  }

  private stopPolling() {
    clearInterval(this.poll)
    this.poll = undefined
  }
}

/** An unreadable hint still means that something changed. */
function parseHint(data: string): LiveHint | undefined {
  try {
    const hint = JSON.parse(data) as Partial<LiveHint>
    return typeof hint.topic === 'string' ? (hint as LiveHint) : undefined
  } catch {
    return undefined
  }
}
