import type { Job } from '../../../schemas/job.ts'
import { jobsOf, type Row } from './rows.ts'

interface Keys {
  rows: () => Row[]
  root: () => ParentNode
  choose: (jobs: Job[], chosen: boolean) => void
  clear: () => void
}

/** Moving and choosing by keyboard. The focus stays on the kind of control it is on: the box, the link or the menu of a row. */
export function keysOf({ rows, root, choose, clear }: Keys): { pressed: (event: KeyboardEvent) => void } {
  const move = (event: KeyboardEvent, from: number, to: number) => {
    const target = rows()[to]
    if (!target) return
    event.preventDefault()
    const { kind } = placeOf(event)
    const row = root().querySelectorAll<HTMLElement>('tbody [role=row]')[to]
    row?.querySelector<HTMLElement>(kind)?.focus()
    if (event.shiftKey) choose(jobsOf(rows().slice(Math.min(from, to), Math.max(from, to) + 1)), true)
  }

  const pressed = (event: KeyboardEvent) => {
    const { index } = placeOf(event)
    const last = rows().length - 1
    if (event.key === 'a' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault()
      return choose(jobsOf(rows()), true)
    }
    if (event.key === 'Escape') return clear()
    if (index < 0 || event.ctrlKey || event.metaKey || event.altKey) return
    const to = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: last }[event.key]
    if (to !== undefined) move(event, index, to)
  }
  return { pressed }
}

const kinds = ['input', '.job a', 'ops-menu']

/** On which row the focus is, and on which of its controls. */
function placeOf(event: KeyboardEvent): { index: number; kind: string } {
  const path = event.composedPath().filter((node): node is HTMLElement => node instanceof HTMLElement)
  const row = path.find((node) => node.matches('tbody [role=row]'))
  const kind = kinds.find((each) => path.some((node) => node.matches(each))) ?? 'input'
  return { index: row ? [...row.parentElement!.children].indexOf(row) : -1, kind }
}
