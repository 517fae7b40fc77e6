import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { page } from './page.ts'

/** The estimated time of the server: this machine's clock may be wrong by hours, and the expiry of a preview must be exact. */
export function now(): number {
  return Date.now() + page.ahead
}

/** Estimates the clock difference from a fresh response. Small differences are latency, not a wrong clock. */
export function setClock(asOf: string): void {
  const difference = Date.parse(asOf) - Date.now()
  page.ahead = Math.abs(difference) > 2000 ? difference : 0
}

const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

/** Calls `listener` every second while the page is visible. The whole page shares one timer. */
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

/** Re-renders its host when the value that `read` derives from the time has changed. */
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
