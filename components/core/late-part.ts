import type { CSSResult, ReactiveController, ReactiveElement } from 'lit'
import { loadFailure } from './later.ts'

/**
 * The part of a page that shows its data: loaded while the data is read, so that neither waits for the other. Until both are there, the
 * page shows its skeleton. `missingPart` says that it could not be loaded.
 */
export class LatePart<T extends { styles?: readonly CSSResult[] }> implements ReactiveController {
  /** Undefined until it is loaded. */
  loaded?: T
  /** Why it could not be loaded; empty if it could. */
  failure = ''
  private readonly host: ReactiveElement
  private readonly read: () => Promise<T>

  /** @param read - Made with `later`, so that a failed load can be retried. */
  constructor(host: ReactiveElement, read: () => Promise<T>) {
    this.host = host
    this.read = read
    host.addController(this)
  }

  hostConnected(): void {
    if (!this.loaded) void this.load()
  }

  readonly load = async (): Promise<void> => {
    try {
      const part = await this.read()
      this.failure = ''
      if (!this.loaded) {
        const root = this.host.renderRoot as ShadowRoot
        root.adoptedStyleSheets = [...root.adoptedStyleSheets, ...(part.styles ?? []).flatMap(({ styleSheet }) => styleSheet ?? [])]
      }
      this.loaded = part
    } catch (error) {
      this.failure = loadFailure(error)
    }
    this.host.requestUpdate()
  }
}
