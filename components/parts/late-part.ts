import type { CSSResult, ReactiveController, ReactiveElement, TemplateResult } from 'lit'
import { loadFailure } from '../core/later.ts'
import { missingPart } from './missing.ts'

/**
 * The part of a page that shows its data: loaded while the data is read, so that neither waits for the other. Until both are there, the
 * page shows its skeleton. What could not be loaded is said in its place, and can be tried again.
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

  render(ready: (part: T) => unknown, pending: () => TemplateResult): unknown {
    if (this.loaded) return ready(this.loaded)
    return this.failure ? missingPart(this.failure, this.load) : pending()
  }

  readonly load = async (): Promise<void> => {
    try {
      const part = await this.read()
      this.failure = ''
      if (!this.loaded) {
        const root = this.host.renderRoot as ShadowRoot
        const sheets = [...root.adoptedStyleSheets]
        // The page's own style sheet stays behind those of its parts, which it may overrule.
        const own = (this.host.constructor as typeof ReactiveElement).elementStyles.length - 1
        sheets.splice(own, 0, ...(part.styles ?? []).flatMap(({ styleSheet }) => styleSheet ?? []))
        root.adoptedStyleSheets = sheets
      }
      this.loaded = part
    } catch (error) {
      this.failure = loadFailure(error)
    }
    this.host.requestUpdate()
  }
}
