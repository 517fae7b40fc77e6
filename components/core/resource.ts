import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { LiveHint } from '../../schemas/live.ts'
import type { Problem } from '../../schemas/problem.ts'
import type { Connection } from './connection.ts'
import { problemOf } from './problem.ts'

/** A server that is briefly unavailable is retried automatically. */
const retryMs = 5000
/** What passes without a hint is time: charts move on, and ages grow. A page that nothing happens on asks this rarely. */
const recheckMs = 300_000

export interface ResourceOptions<T> {
  /** Evaluated at every update of the host; nothing is loaded while it is undefined. */
  connection: () => Connection | undefined
  load: (connection: Connection, signal: AbortSignal) => Promise<T>
  /** What `load` depends on; a change reloads and meanwhile keeps the last data. */
  key: () => unknown
  /** The owner of the data; a change discards the last data at once. */
  of?: () => unknown
  /** Live topics that trigger a reload, e.g. `cron`. */
  topics: string[]
  /** Hints are ignored while this returns true. */
  paused?: () => boolean
  /** After how long without a hint it is read again; default 5 minutes. */
  recheckMs?: () => number
}

/**
 * Loads data, keeps the last data during a reload, and reloads on live hints. A page renders all states in one expression:
 * `resource.render({ pending, error, complete })`.
 */
export class Resource<T> implements ReactiveController {
  data?: T
  problem?: Problem
  loading = false
  private readonly host: ReactiveControllerHost
  private readonly options: ResourceOptions<T>
  private connection?: Connection
  private key?: string
  private owner?: string
  private run?: AbortController
  private again = false
  private later?: ReturnType<typeof setTimeout>
  private unlisten?: () => void
  private waiting: (() => void)[] = []

  constructor(host: ReactiveControllerHost, options: ResourceOptions<T>) {
    this.host = host
    this.options = options
    host.addController(this)
  }

  hostUpdate() {
    const connection = this.options.connection()
    const owner = JSON.stringify(this.options.of?.())
    const key = JSON.stringify(this.options.key())
    const moved = connection !== this.connection
    if (!moved && key === this.key && owner === this.owner) return
    if (moved || owner !== this.owner) this.data = undefined
    this.key = key
    this.owner = owner
    if (moved) this.listenTo(connection)
    this.problem = undefined
    void this.load()
  }

  hostConnected() {
    if (!this.connection) return
    this.listenTo(this.connection)
    void this.load()
  }

  hostDisconnected() {
    this.unlisten?.()
    this.run?.abort()
    clearTimeout(this.later)
    this.settle()
  }

  private settle() {
    for (const resolve of this.waiting.splice(0)) resolve()
  }

  /** Whether this actor may not read it at all. */
  get closed(): boolean {
    return !this.data && (this.problem?.status === 401 || this.problem?.status === 403)
  }

  /** Reloads now; the current data stays until the response arrives. */
  readonly reload = (): void => {
    if (this.loading) this.again = true
    else void this.load()
  }

  /** Reloads now; resolves once an answer to this has arrived, whatever it is. */
  refresh(): Promise<void> {
    if (!this.connection) return Promise.resolve()
    const arrived = new Promise<void>((resolve) => this.waiting.push(resolve))
    this.reload()
    return arrived
  }

  render<R>(parts: { pending: () => R; error: (problem: Problem) => R; complete: (data: T, late?: Problem) => R }): R {
    if (this.data !== undefined) return parts.complete(this.data, this.problem)
    const problem = this.problem ?? (this.host as { setupProblem?: Problem }).setupProblem
    return problem ? parts.error(problem) : parts.pending()
  }

  private async load() {
    const connection = this.connection
    this.run?.abort()
    clearTimeout(this.later)
    if (!connection) return this.settle()
    const run = (this.run = new AbortController())
    this.loading = true
    this.again = false
    this.host.requestUpdate()
    try {
      const data = await this.options.load(connection, run.signal)
      if (this.run !== run) return
      this.data = data
      this.problem = undefined
    } catch (error) {
      if (this.run !== run || run.signal.aborted) return
      this.problem = problemOf(error)
      if (this.problem.status === 401 || this.problem.status === 403) this.data = undefined
      if (this.problem.status === 0 || this.problem.status >= 500) this.later = setTimeout(this.reload, retryMs)
      if (this.problem.status === 401 && !connection.session.error) void connection.session.reload()
    }
    this.loading = false
    this.host.requestUpdate()
    if (this.again) return void this.load()
    this.settle()
    if (!this.problem && this.options.topics.length > 0) this.awaitRecheck()
  }

  private awaitRecheck() {
    this.later = setTimeout(this.recheck, this.options.recheckMs?.() ?? recheckMs)
  }

  private readonly recheck = (): void => {
    if (document.visibilityState === 'visible' && !this.options.paused?.()) this.reload()
    else this.awaitRecheck()
  }

  private listenTo(connection: Connection | undefined) {
    this.unlisten?.()
    this.connection = connection
    this.unlisten = connection?.live.listen((hint: LiveHint) => {
      if (this.options.paused?.()) return
      if (hint.topic === 'reset' || this.options.topics.includes(hint.topic)) this.reload()
    })
  }
}
