import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { Connection } from '../../core/connection.ts'

const typingMs = 200

/** Values the server knows for the filters; asked for while somebody types, and forgotten with the page. */
export class Hints implements ReactiveController {
  known: Record<string, string[]> = {}
  private readonly host: ReactiveControllerHost
  private readonly connection: () => Connection | undefined
  private run?: AbortController
  private typing?: ReturnType<typeof setTimeout>
  private asked = ''

  constructor(host: ReactiveControllerHost, connection: () => Connection | undefined) {
    this.host = host
    this.connection = connection
    host.addController(this)
  }

  hostDisconnected() {
    clearTimeout(this.typing)
    this.run?.abort()
  }

  readonly ask = (field: 'queue' | 'worker' | 'tag', prefix: string): void => {
    if (this.asked === `${field}:${prefix}`) return
    this.asked = `${field}:${prefix}`
    clearTimeout(this.typing)
    this.typing = setTimeout(() => void this.load(field, prefix), typingMs)
  }

  /** Hints are a convenience: without them the field still takes what is typed. */
  private async load(field: 'queue' | 'worker' | 'tag', prefix: string) {
    this.run?.abort()
    const run = (this.run = new AbortController())
    try {
      const { values } = (await this.connection()?.client.hintJobs({ query: { field, prefix }, signal: run.signal })) ?? { values: [] }
      this.known = { ...this.known, [field]: values }
      this.host.requestUpdate()
    } catch {
      this.asked = ''
    }
  }
}
