import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { Connection } from './connection.ts'

/** What surrounds an element: where it talks to, and how it writes dates. */
export interface Surroundings {
  connection?: Connection
  locale?: string
  /** Inside the shell a page has the page's own heading; in a host's page it is one section among others. */
  shell?: boolean
}

type Listener = (value: Surroundings, stop: () => void) => void

/** Found by its key, so that two bundles on one page understand each other. */
const key = Symbol.for('ops-powertools')

/**
 * The event of the web components' context protocol. Of its several implementations we need one context and subscriptions only,
 * which is a quarter of what `@lit/context` weighs.
 */
class ContextRequest extends Event {
  readonly context = key
  readonly subscribe = true
  readonly contextTarget: Element
  readonly callback: Listener

  constructor(contextTarget: Element, callback: Listener) {
    super('context-request', { bubbles: true, composed: true })
    this.contextTarget = contextTarget
    this.callback = callback
  }
}

/** What the nearest provider gives, and each change of it. */
export class Around implements ReactiveController {
  value?: Surroundings
  private readonly host: ReactiveControllerHost & Element
  private readonly changed?: () => void
  private stop?: () => void

  constructor(host: ReactiveControllerHost & Element, changed?: () => void) {
    this.host = host
    this.changed = changed
    host.addController(this)
  }

  hostConnected() {
    this.host.dispatchEvent(new ContextRequest(this.host, this.receive))
  }

  hostDisconnected() {
    this.stop?.()
    this.stop = undefined
  }

  private readonly receive: Listener = (value, stop) => {
    if (stop !== this.stop) this.stop?.()
    this.stop = stop
    this.value = value
    this.host.requestUpdate()
    this.changed?.()
  }
}

/** What an element gives to those inside it. */
export class Within {
  value: Surroundings = {}
  private readonly host: Element
  private readonly listeners = new Map<Listener, () => void>()

  constructor(host: Element) {
    this.host = host
    host.addEventListener('context-request', (event) => this.answer(event as ContextRequest))
  }

  setValue(value: Surroundings) {
    this.value = value
    for (const [listener, stop] of this.listeners) listener(value, stop)
  }

  private answer(event: ContextRequest) {
    const { callback, context, contextTarget, subscribe } = event
    if (context !== key || contextTarget === this.host) return
    event.stopPropagation()
    // One that asks again, e.g. once a provider is defined, stays one listener.
    const stop = this.listeners.get(callback) ?? (() => void this.listeners.delete(callback))
    if (subscribe) this.listeners.set(callback, stop)
    callback(this.value, stop)
  }
}
