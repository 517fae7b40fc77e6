import { html, type TemplateResult } from 'lit'
import { exactTime, type TimeFormat } from '../core/time.ts'

const instant = /(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))/

/** A sentence from the server, with its instants formatted for the reader, in its own direction. */
export function sentence(text: string, format: TimeFormat = {}): TemplateResult {
  return html`<bdi>${text.split(instant).map((part) => {
    const at = instant.test(part) ? Date.parse(part) : Number.NaN
    return Number.isNaN(at) ? part : html`<time datetime=${part}>${exactTime(at, format)}</time>`
  })}</bdi>`
}
