import type { ReactiveController, ReactiveControllerHost } from 'lit'

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
    this.value = read(Date.now())
    host.addController(this)
  }

  hostConnected() {
    this.stop = onTick(() => {
      if (this.value !== this.read(Date.now())) this.host.requestUpdate()
    })
  }

  hostUpdate() {
    this.value = this.read(Date.now())
  }

  hostDisconnected() {
    this.stop?.()
  }
}
