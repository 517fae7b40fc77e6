import { css, html, nothing, type TemplateResult } from 'lit'
import { exactTime } from '../core/time.ts'
import { t } from '../core/words.ts'

type Values = Record<string, unknown>

/** Before and after, field by field; unchanged fields are omitted, nested values stay readable. */
export function difference(before: Values | undefined, after: Values | undefined): TemplateResult {
  const rows = changes(before ?? {}, after ?? {})
  if (rows.length === 0) return html`<p class="muted">${t`Nothing changes in what is stored.`}</p>`
  const sides = { from: hasFields(before), to: hasFields(after) }
  return html`<table class="diff" part="diff">
    <thead>
      <tr>
        <th scope="col">${t`Field`}</th>
        ${sides.from ? html`<th scope="col">${t`Before`}</th>` : nothing} ${sides.to ? html`<th scope="col">${t`After`}</th>` : nothing}
      </tr>
    </thead>
    <tbody>
      ${rows.map((change) => row(change, sides))}
    </tbody>
  </table>`
}

interface Change {
  field: string
  from: unknown
  to: unknown
}

/** An empty side, e.g. of a creation or deletion, gets no column. */
function row({ field, from, to }: Change, sides: { from: boolean; to: boolean }): TemplateResult {
  return html`<tr>
    <th scope="row"><code><bdi>${field}</bdi></code></th>
    ${sides.from ? html`<td>${from === undefined ? absent() : html`<del>${readableValue(from)}</del>`}</td>` : nothing}
    ${sides.to ? html`<td>${to === undefined ? absent() : html`<ins>${readableValue(to)}</ins>`}</td>` : nothing}
  </tr>`
}

const absent = () => html`<span class="muted">${t`not set`}</span>`

function hasFields(values: Values | undefined): boolean {
  return Object.keys(values ?? {}).length > 0
}

function changes(before: Values, after: Values): Change[] {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return fields
    .map((field) => ({ field, from: before[field], to: after[field] }))
    .filter(({ from, to }) => JSON.stringify(from ?? null) !== JSON.stringify(to ?? null))
}

/** A stored value in words: instants in the reader's zone, nested values with indentation. */
export function readableValue(value: unknown): string | TemplateResult {
  if (value === null) return t`none`
  if (typeof value === 'string') return instant.test(value) ? timeOf(value) : value || t`(empty)`
  if (typeof value !== 'object') return String(value)
  if (Array.isArray(value) && value.every(isPlain)) return html`${value.map((each) => html`<div>${readableValue(each)}</div>`)}`
  return html`<pre dir="ltr">${written(value)}</pre>`
}

function isPlain(value: unknown): boolean {
  return typeof value !== 'object' || value === null
}

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/

function timeOf(value: string): TemplateResult {
  return html`<time datetime=${value}>${exactTime(Date.parse(value))}</time>`
}

/** A stored value, for details. */
export function json(value: unknown): TemplateResult | typeof nothing {
  if (value === undefined) return nothing
  const text = typeof value === 'string' ? value : written(value)
  // A scrollable element must be reachable by keyboard; others should not be tab stops.
  if (text.length < 600 && text.split('\n').length < 16) return html`<pre class="json" dir="ltr">${text}</pre>`
  return html`<pre class="json" dir="ltr" tabindex="0" role="region" aria-label=${t`Stored value`}>${text}</pre>`
}

/** Indented, with lists of plain values on one line. */
function written(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(/\[\n\s+([^[\]{}]*?)\n\s*\]/g, (_, inner: string) => `[${inner.replace(/\n\s*/g, ' ')}]`)
}

export const diffStyles = css`
  .diff {
    table-layout: fixed;
    border: 1px solid var(--_line);
    background: var(--_sunken);
  }
  .diff th,
  .diff td {
    padding: 5px 10px;
    font-size: var(--_small);
  }
  .diff td,
  .diff tbody th {
    overflow-wrap: anywhere;
    color: var(--_text);
    font-weight: var(--_weight);
    vertical-align: top;
  }
  .diff tbody th {
    border-bottom: 1px solid var(--_line);
  }
  .diff tbody tr:last-child > * {
    border-bottom: 0;
  }
  .diff thead th:first-child {
    width: 30%;
  }
  .diff del {
    color: var(--_muted);
    text-decoration-thickness: 1px;
  }
  .diff ins {
    font-weight: var(--_weight-strong);
    text-decoration: none;
  }
  pre,
  .diff td {
    font-family: var(--_mono);
    white-space: pre-wrap;
  }
  pre {
    font-size: var(--_small);
    overflow-wrap: anywhere;
  }
  .json {
    padding: 8px 12px;
    border-radius: var(--_control-radius);
    background: var(--_sunken);
    max-height: 320px;
    overflow: auto;
  }
`
