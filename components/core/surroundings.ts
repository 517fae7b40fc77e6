import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { Connection } from './connection.ts'
import type { Links } from './links.ts'
import type { Catalogue } from './words.ts'

/** What an element gets from its surroundings: the API connection and the locale. */
export interface Surroundings {
  connection?: Connection
  locale?: string
  /** Inside the shell, an element's heading is the page's heading; in a host's page it is a section heading. */
  shell?: boolean
  /** The host's own words, by ours. */
  words?: Catalogue
  /** Operations that the host does not offer. */
  hiddenActions?: readonly string[]
  /** The host's addresses of our pages. */
  links?: Links
  /** Gives the links of a part their addresses and announces its problems, as the surrounding page does with its own. */
  finishParts?: (root: ParentNode) => void
  /** The address of one of our pages as the host wants it. */
  addressOf?: (href: string) => string
}

type Listener = (value: Surroundings, stop: () => void) => void

/** Identified by a global symbol, so that two bundles on one page share it. */
const key = Symbol.for('ops-powertools')

/**
 * The event of the web components' context protocol. We need only one context, and only subscriptions; this implementation is a
 * quarter of the size of `@lit/context`.
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

/** Subscribes to the value of the nearest provider. */
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

/** Provides a value to the elements inside an element. */
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
    // An element that subscribes again, e.g. once a provider is defined, remains a single listener.
    const stop = this.listeners.get(callback) ?? (() => void this.listeners.delete(callback))
    if (subscribe) this.listeners.set(callback, stop)
    callback(this.value, stop)
  }
}
