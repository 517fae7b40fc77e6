export interface FilterDetail {
  /** Path of the page below the base, e.g. `/cron`. */
  path: string
  /** What the page shows now; empty values are left out of the address. */
  query: Record<string, string>
}

/** Says that the person changed what a page shows. The shell keeps it in the address; a host may keep it wherever it likes. */
export function filtered(from: HTMLElement, detail: FilterDetail): void {
  from.dispatchEvent(new CustomEvent<FilterDetail>('ops-filter', { detail, bubbles: true, composed: true }))
}

/** `/cron?q=sync`, without what is empty. */
export function address({ path, query }: FilterDetail): string {
  const text = new URLSearchParams(Object.entries(query).filter(([, value]) => value)).toString()
  return text ? `${path}?${text}` : path
}
