import type { ReactiveController, ReactiveControllerHost } from 'lit'

let ahead = 0

/** The server's clock as far as we know it: this machine's may be wrong by hours, and a preview's expiry is not a matter of taste. */
export function now(): number {
  return Date.now() + ahead
}

/** Learns from an answer that was given just now. Small differences are travel time, not a wrong clock. */
export function setClock(asOf: string): void {
  const difference = Date.parse(asOf) - Date.now()
  ahead = Math.abs(difference) > 2000 ? difference : 0
}

const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

/** Calls back every second while the page can be seen. One timer serves the whole page. */
export function onTick(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    if (document.visibilityState === 'visible') for (const tick of [...listeners]) tick()
  }, 1000)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** Renders its host again when what `read` says about the time has changed. */
export class Clock<T> implements ReactiveController {
  value: T
  private readonly host: ReactiveControllerHost
  private readonly read: (now: number) => T
  private stop?: () => void

  constructor(host: ReactiveControllerHost, read: (now: number) => T) {
    this.host = host
    this.read = read
    this.value = read(now())
    host.addController(this)
  }

  hostConnected() {
    this.stop = onTick(() => {
      if (this.value !== this.read(now())) this.host.requestUpdate()
    })
  }

  hostUpdate() {
    this.value = this.read(now())
  }

  hostDisconnected() {
    this.stop?.()
  }
}
