import { Keys } from '../../core/keys.ts'
import { t } from '../../core/words.ts'
import type { OpsCron } from '../ops-cron.ts'

/** The keys of the list, loaded after the page: moving is lower case, deeds are capitals. */
export function declareKeys(page: OpsCron): Keys {
  return new Keys(page, () => [
    { keys: '/', label: t`Find an entry`, run: () => focusOn(page, '.search') },
    { keys: 'j', label: t`Next entry`, group: 'list', run: () => move(page, 1) },
    { keys: 'k', label: t`Previous entry`, group: 'list', run: () => move(page, -1) },
    { keys: 'P', label: t`Pause… or Resume…`, group: 'chosen', run: () => press(page, 0) },
    { keys: 'R', label: t`Run now…`, group: 'chosen', run: () => press(page, 1) },
  ])
}

function focusOn({ renderRoot }: OpsCron, selector: string): boolean {
  const found = renderRoot.querySelector<HTMLElement>(selector)
  found?.focus()
  return found !== null
}

function focusedRow({ shadowRoot }: OpsCron): Element | null {
  return shadowRoot?.activeElement?.closest('tr') ?? null
}

function move(page: OpsCron, by: number): boolean {
  const links = [...page.renderRoot.querySelectorAll<HTMLElement>('.entry a, .unfold')]
  const at = links.findIndex((link) => link.closest('tr') === focusedRow(page))
  const next = links[at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by]
  next?.focus()
  // The sheet follows.
  if (page.entry && next?.matches('.entry a')) next.click()
  return links.length > 0
}

function press(page: OpsCron, place: number): boolean {
  const button = focusedRow(page)?.querySelectorAll<HTMLButtonElement>('.actions > .button')[place]
  button?.click()
  return Boolean(button)
}
