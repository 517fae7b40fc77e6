import type { Job } from '../../../schemas/job.ts'
import { jobsOf, type Row } from './rows.ts'
import { choose, nothingSelected, type Selected } from './selection.ts'

export interface ChoosingHost {
  rows: () => Row[]
  root: () => ParentNode
  changed: () => void
}

/** Which jobs the reader has chosen, and the gestures that choose them. */
export class Choosing {
  selected: Selected = nothingSelected
  private anchor = ''
  private readonly host: ChoosingHost

  constructor(host: ChoosingHost) {
    this.host = host
  }

  readonly set = (selected: Selected): void => {
    this.selected = selected
    this.host.changed()
  }

  readonly clear = (): void => this.set(nothingSelected)

  readonly pick = (jobs: Job[], chosen: boolean): void => {
    const from = this.selected.all ? choose(nothingSelected, jobsOf(this.host.rows()), true) : this.selected
    this.set(choose(from, jobs, chosen))
  }

  has(job: Job): boolean {
    return this.selected.all || this.selected.seen.has(job.id)
  }

  /** A click with Shift takes everything between it and the last one. */
  readonly ticked = (event: MouseEvent, job: Job): void => {
    const chosen = (event.target as HTMLInputElement).checked
    const rows = this.host.rows()
    const [a, b] = [rows.findIndex((row) => row.job.id === this.anchor), rows.findIndex((row) => row.job.id === job.id)]
    const range = event.shiftKey && a >= 0 ? rows.slice(Math.min(a, b), Math.max(a, b) + 1) : rows.slice(b, b + 1)
    this.pick(jobsOf(range), chosen)
    this.anchor = job.id
  }

  /** Shift or Ctrl on the row itself chooses it too. Returns whether it did. */
  clicked(event: MouseEvent, job: Job): boolean {
    if (!event.shiftKey && !event.ctrlKey && !event.metaKey) return false
    event.preventDefault()
    getSelection()?.removeAllRanges()
    const box = this.host.root().querySelector<HTMLInputElement>(`[data-row="${this.host.rows().findIndex((row) => row.job.id === job.id)}"]`)
    box?.dispatchEvent(new MouseEvent('click', { shiftKey: event.shiftKey, bubbles: false, cancelable: true }))
    return true
  }
}
