import { html, nothing, type TemplateResult } from 'lit'
import { exactTime } from '../../core/time.ts'
import { t } from '../../core/words.ts'
import type { Figures } from './words.ts'

/** The values of a chart as a table, newest first. */
export function valuesTable(label: string, { steps, format }: Figures, locale: string | undefined): TemplateResult {
  const failed = steps.some((each) => each.failed > 0)
  return html`<div class="values" tabindex="0" role="region" aria-label=${t`Values of ${label}`}>
    <table>
      <thead>
        <tr><th scope="col">${t`Time`}</th><th scope="col">${label}</th>${failed ? html`<th scope="col">${t`Failed`}</th>` : nothing}</tr>
      </thead>
      <tbody>
        ${steps.toReversed().map(
          ({ at, value, failed: lost }) => html`<tr>
            <th scope="row">${exactTime(at, { locale, seconds: false })}</th>
            <td>${value === null ? t`not measured` : format(value)}</td>
            ${failed ? html`<td>${value === null ? '' : format(lost)}</td>` : nothing}
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}
