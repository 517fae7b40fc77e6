import { announce } from './events.ts'

export interface FilterDetail {
  /** Path of the page below the base, e.g. `/cron`. */
  path: string
  /** The page's current filters; empty values are left out of the URL. */
  query: Record<string, string>
}

/** Announces that the reader changed what a page shows. The shell stores it in the URL; a host may store it anywhere. */
export function filtered(from: HTMLElement, detail: FilterDetail): void {
  announce(from, 'ops-filter', detail)
}

/** e.g. `/cron?q=sync`, without empty values. */
export function address({ path, query }: FilterDetail): string {
  const text = new URLSearchParams(Object.entries(query).filter(([, value]) => value)).toString()
  return text ? `${path}?${text}` : path
}
