import { html, type TemplateResult } from 'lit'
import { subjectPath } from '../../schemas/actions.ts'

export function jobHref(base: string, id: string): string {
  return base + subjectPath('job', id)
}

/** Path of the job list with filters. */
export function jobsHref(base: string, filters: Record<string, string | undefined>): string {
  const given = Object.entries(filters).filter((pair): pair is [string, string] => Boolean(pair[1]))
  return `${base}/list?${new URLSearchParams(given).toString()}`
}

/** Abbreviates an id to its ends, which are enough to tell it apart. */
export function shortId(id: string): string {
  return id.length <= 18 ? id : `${id.slice(0, 8)}…${id.slice(-6)}`
}

export function jobLink(base: string, id: string): TemplateResult {
  return html`<a class="mono wrap" href=${jobHref(base, id)} title=${id}>${shortId(id)}</a>`
}
