import { css, html, nothing, type TemplateResult } from 'lit'
import type { AuditEvent } from '../../schemas/audit.ts'
import { t, tn } from '../core/words.ts'
import { readableValue } from './diff.ts'

type Values = Record<string, unknown>

/** What an event changed: only the fields that differ, unless all are asked for. Colour says where it is, not whether it is good. */
export function changedFields({ before, after, outcome }: Pick<AuditEvent, 'before' | 'after' | 'outcome'>, all: boolean, toggle: () => void): TemplateResult {
  if (!before && !after) {
    return html`<p class="muted">${outcome === 'denied' || outcome === 'failed' ? t`Nothing was changed by this attempt.` : t`This event records no state before or after.`}</p>`
  }
  const fields = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])]
  const same = fields.filter((field) => isSame(before?.[field], after?.[field]))
  const shown = all ? fields : fields.filter((field) => !same.includes(field))
  const sides = { before: hasFields(before), after: hasFields(after) }
  return html`${shown.length === 0
      ? html`<p class="muted">${t`Nothing changes in what is stored.`}</p>`
      : html`<table class="changes num" part="diff">
          <thead>
            <tr>
              <th scope="col">${t`Field`}</th>
              ${sides.before ? html`<th scope="col">${t`Before`}</th>` : nothing} ${sides.after ? html`<th scope="col">${t`After`}</th>` : nothing}
            </tr>
          </thead>
          <tbody>
            ${shown.map(
              (field) => html`<tr>
                <th scope="row" title=${field}>${wordsOf(field)}</th>
                ${sides.before ? html`<td class="muted">${valueOf(before, field)}</td>` : nothing}
                ${sides.after ? html`<td class=${same.includes(field) ? 'muted' : 'new'}>${valueOf(after, field)}</td>` : nothing}
              </tr>`,
            )}
          </tbody>
        </table>`}
    ${same.length > 0
      ? html`<p class="small muted">
          ${all ? nothing : tn(same.length, '# field did not change.', '# fields did not change.')}
          <button type="button" class="text" @click=${toggle}>${all ? t`Show only what changed` : t`Show all fields`}</button>
        </p>`
      : nothing}`
}

function valueOf(values: Values | undefined, field: string) {
  const value = values?.[field]
  return value === undefined ? html`<span class="muted">${t`not set`}</span>` : readableValue(value)
}

function hasFields(values: Values | undefined): boolean {
  return Object.keys(values ?? {}).length > 0
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one ?? null) === JSON.stringify(other ?? null)
}

/** `pausedBy` → `paused by`. */
function wordsOf(field: string): string {
  return field.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replaceAll('_', ' ')
}

export const changeStyles = css`
  .changes {
    width: 100%;
    border: 1px solid var(--_line);
    border-radius: 6px;
    border-spacing: 0;
    border-collapse: separate;
    table-layout: fixed;
    overflow: hidden;
    font-size: 12.5px;
  }
  .changes th,
  .changes td {
    padding: 5px 10px;
    text-align: start;
    vertical-align: top;
    font-weight: 400;
    overflow-wrap: anywhere;
  }
  .changes tbody tr:not(:last-child) > * {
    border-block-end: 1px solid var(--_line);
  }
  .changes thead th {
    background: var(--_sunken);
    color: var(--_muted);
    font-weight: 600;
  }
  .changes thead th:first-child {
    width: 30%;
  }
  .changes tbody th {
    color: var(--_muted);
  }
  .changes .new {
    background: var(--_accent-soft);
  }
`
