import type { Key } from '../../core/keys.ts'
import { t } from '../../core/words.ts'

/** The list of a page, as far as one moves in it. */
export interface Walked {
  /** Ids in the order on the page. */
  ids: () => string[]
  /** The one shown in full, and the one that has the focus. */
  open: () => string
  focused: () => string | undefined
  show: (id: string) => void
  linkOf: (id: string) => HTMLElement | null
}

/** Moves in the list; an open sheet follows. Returns false where there is nothing to move to. */
export function step({ ids, open, focused, show, linkOf }: Walked, by: number): boolean {
  const all = ids()
  const from = focused()
  const place = all.indexOf(open() || (from ?? ''))
  const next = all[place < 0 ? 0 : place + by]
  if (next === undefined) return false
  if (open()) show(next)
  if (!open() || from) linkOf(next)?.focus()
  linkOf(next)?.scrollIntoView({ block: 'nearest' })
  return true
}

export function keysOf(list: Walked): Key[] {
  const toggle = () => {
    const id = list.focused()
    if (id === undefined) return false
    list.show(list.open() === id ? '' : id)
    return true
  }
  return [
    { keys: 'j', label: t`Next`, group: 'list', run: () => step(list, 1) },
    { keys: 'k', label: t`Previous`, group: 'list', run: () => step(list, -1) },
    { keys: 'Space', label: t`Show in full`, group: 'list', run: toggle },
  ]
}
