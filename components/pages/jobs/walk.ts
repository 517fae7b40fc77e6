import type { LitElement } from 'lit'
import { deepFocus } from '../../core/focus.ts'
import { Keys } from '../../core/keys.ts'
import { later } from '../../core/later.ts'
import { t } from '../../core/words.ts'
import type { Ask } from '../../parts/operation-fields.ts'
import type { PageParts } from './parts.ts'
import { refusedAltogether } from './operations.ts'
import { selectionOf } from './selection.ts'

const loadSheet = later(() => import('./job-sheet.ts'))

export interface WalkHost {
  parts: () => PageParts
  root: () => ShadowRoot
  /** Shows the job beside the list. */
  open: (id: string) => void
  ask: (ask: Ask) => void
  failed: (error: unknown) => void
}

/** The single keys of the list, which work from now on, and the place that they lead to. */
export function declareKeys(host: LitElement, walk: Walk): Keys {
  keepPlace(host, walk)
  return new Keys(host, () => [
    { keys: 'j', label: t`Next job`, group: 'list', run: () => walk.step(1) },
    { keys: 'k', label: t`Previous job`, group: 'list', run: () => walk.step(-1) },
    { keys: 'x', label: t`Choose the job`, group: 'list', run: () => walk.choose() },
    { keys: 'Space', label: t`Open the job beside the list`, group: 'list', run: () => walk.openCurrent() },
    { keys: 'R', label: t`Retry…`, group: 'chosen', run: () => walk.askFor('retry_job') },
    { keys: 'C', label: t`Cancel…`, group: 'chosen', run: () => walk.askFor('cancel_job') },
  ])
}

/** A row with the focus may leave the list, e.g. because its job was retried elsewhere: the focus then goes to the row in its place. */
function keepPlace(host: LitElement, walk: Walk): void {
  let place = -1
  host.addController({
    hostUpdate() {
      place = walk.focusedPlace
    },
    hostUpdated() {
      if (place >= 0 && !deepFocus()) walk.focusPlace(place)
    },
  })
}

/** Going through the list by single keys and in the sheet. Each method returns whether there was something to do. */
export class Walk {
  private readonly host: WalkHost
  private last = ''

  constructor(host: WalkHost) {
    this.host = host
  }

  private get rows() {
    return this.host.parts().shown?.rows ?? []
  }

  /** The row with the sheet or the focus; -1 if there is none. */
  private get place(): number {
    const focused = this.host.root().activeElement?.closest('tr')?.querySelector<HTMLElement>('[data-job]')?.dataset.job
    const id = this.host.parts().inSheet || focused
    return this.rows.findIndex(({ job }) => job.id === id)
  }

  /** By the rows on the page, which may no longer be those of the data; -1 if none has the focus. */
  get focusedPlace(): number {
    const row = this.host.root().activeElement?.closest('tr')
    return this.links.findIndex((link) => link.closest('tr') === row)
  }

  focusPlace(place: number): void {
    const { links } = this
    const to = links[Math.min(place, links.length - 1)] ?? this.host.root().querySelector<HTMLElement>('.page-title')
    to?.focus()
  }

  private get links(): HTMLElement[] {
    return [...this.host.root().querySelectorAll<HTMLElement>('[data-job]')]
  }

  get steps() {
    const at = this.place
    return { previous: at > 0, next: at >= 0 && at < this.rows.length - 1 }
  }

  /** e.g. `5 / 140`; empty on a later page, of which it is not known how many are before it. */
  get placeInList(): string {
    const { matching, listQuery } = this.host.parts()
    const at = this.place
    return at < 0 || new URLSearchParams(listQuery).has('cursor') ? '' : `${at + 1} / ${matching || `${this.rows.length}+`}`
  }

  /** The link of the row that was last in the sheet. */
  readonly row = (): HTMLElement | null => this.linkOf(this.last)

  open(id: string): true {
    this.last = id
    this.host.open(id)
    loadSheet().catch(this.host.failed)
    return true
  }

  step(by: 1 | -1): boolean {
    const { inSheet, group } = this.host.parts()
    const { rows, place } = this
    const to = rows[place < 0 ? (by === 1 ? 0 : rows.length - 1) : place + by]
    if (!to || group) return false
    const link = this.linkOf(to.job.id)
    link?.scrollIntoView({ block: 'nearest' })
    if (inSheet) this.open(to.job.id)
    else link?.focus()
    return true
  }

  choose(): boolean {
    const job = this.rows[this.place]?.job
    const { choosing } = this.host.parts()
    if (job) choosing.pick([job], !choosing.has(job))
    return job !== undefined
  }

  openCurrent(): boolean {
    const job = this.rows[this.place]?.job
    return job !== undefined && this.open(job.id)
  }

  /** For the chosen jobs, or else for the one with the sheet or the focus. */
  askFor(action: 'retry_job' | 'cancel_job'): boolean {
    const { choosing, session, filters } = this.host.parts()
    const { selected } = choosing
    const some = selected.all || selected.seen.size > 0
    const job = this.rows[this.place]?.job
    if (refusedAltogether(session, action) || (!some && !job)) return false
    this.host.ask(some ? { action, selection: selectionOf(selected, filters) } : { action, id: job!.id, seen: job!.version })
    return true
  }

  private linkOf(id: string): HTMLElement | null {
    return id ? this.host.root().querySelector<HTMLElement>(`[data-job="${CSS.escape(id)}"]`) : null
  }
}
