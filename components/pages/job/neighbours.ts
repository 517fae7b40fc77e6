import { html, nothing, type TemplateResult } from 'lit'
import { jobFilterTable } from '../../../schemas/job-filters.ts'
import type { Connection } from '../../core/connection.ts'
import { t } from '../../core/words.ts'
import { jobHref } from '../../parts/job-link.ts'

export interface Neighbour {
  id: string
  /** The list as the neighbour's page needs it. */
  list: string
}

export interface Neighbours {
  previous?: Neighbour
  next?: Neighbour
  /** `5 of 140`, where both are known without counting. */
  place?: string
}

/** The jobs beside one in the list that it was opened from: its filter, order and page are in `list`, as in the address of the list. */
export async function findNeighbours({ client }: Connection, list: string, id: string, signal: AbortSignal): Promise<Neighbours> {
  const params = new URLSearchParams(list)
  const cursor = params.get('cursor') ?? undefined
  const back = params.getAll('back')
  const page = (at: string | undefined) => client.listJobs({ query: { ...queryOf(params), cursor: at }, signal })
  const { items, nextCursor } = await page(cursor)
  const place = items.findIndex((each) => each.id === id)
  if (place < 0) return {}
  const at = (job: { id: string } | undefined, to: string | undefined, earlier: string[]): Neighbour | undefined => job && { id: job.id, list: listOf(params, to, earlier) }
  const before = place === 0 && back.length > 0 ? await page(back.at(-1) || undefined) : undefined
  const after = place === items.length - 1 && nextCursor ? await page(nextCursor) : undefined
  return {
    previous: before ? at(before.items.at(-1), back.at(-1) || undefined, back.slice(0, -1)) : at(items[place - 1], cursor, back),
    next: after ? at(after.items[0], nextCursor, [...back, cursor ?? ''].slice(-maxBack)) : at(items[place + 1], cursor, back),
    place: cursor ? undefined : `${place + 1} / ${items.length}${nextCursor ? '+' : ''}`,
  }
}

/** How many pages one can go back; each is a cursor in the address. */
const maxBack = 5

function queryOf(params: URLSearchParams): Record<string, string> {
  const known = new Set([...Object.keys(jobFilterTable), 'order', 'sort', 'limit'])
  return Object.fromEntries([...params].filter(([name, value]) => known.has(name) && value !== ''))
}

function listOf(params: URLSearchParams, cursor: string | undefined, back: string[]): string {
  const list = new URLSearchParams(queryOf(params))
  if (cursor) list.set('cursor', cursor)
  for (const each of back) list.append('back', each)
  return list.toString()
}

/** The list itself, from its start. */
export function listHref(base: string, list: string): string {
  const query = new URLSearchParams(queryOf(new URLSearchParams(list))).toString()
  return `${base}/list${query && `?${query}`}`
}

function neighbourHref(base: string, { id, list }: Neighbour): string {
  return `${jobHref(base, id)}?list=${encodeURIComponent(list)}`
}

export function stepper(base: string, beside: Neighbours): TemplateResult | typeof nothing {
  if (!beside.previous && !beside.next) return nothing
  const step = (label: string, name: 'previous' | 'next', sign: string) => {
    const to = beside[name]
    return to ? html`<a class="button step ${name}" aria-label=${label} title=${label} href=${neighbourHref(base, to)}><span aria-hidden="true">${sign}</span></a>` : html`<span class="button step" aria-hidden="true">${sign}</span>`
  }
  return html`<nav class="steps small" aria-label=${t`The list it came from`}>
    ${beside.place ? html`<span class="muted num">${beside.place}</span>` : nothing} ${step(t`Previous job of the list`, 'previous', '↑')} ${step(t`Next job of the list`, 'next', '↓')}
  </nav>`
}
