import type { Option } from './palette-options.ts'

const stored = 'ops-powertools.recent'
const max = 6

type Choice = Required<Pick<Option, 'label' | 'href'>>

/** Where this reader went from the palette lately, the last first. Kept in the browser. */
export function recentChoices(base: string): Choice[] {
  try {
    const found = JSON.parse(localStorage.getItem(stored) ?? '[]') as Choice[]
    return found.filter(({ label, href }) => typeof label === 'string' && typeof href === 'string' && href.startsWith(`${base}/`)).slice(0, max)
  } catch {
    return []
  }
}

export function rememberChoice({ label, href }: Choice): void {
  try {
    const others = (JSON.parse(localStorage.getItem(stored) ?? '[]') as Choice[]).filter((choice) => choice.href !== href)
    localStorage.setItem(stored, JSON.stringify([{ label, href }, ...others].slice(0, 2 * max)))
  } catch {
    // Without storage there is no memory of it.
  }
}
