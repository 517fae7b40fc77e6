import { css, html } from 'lit'
import { OpsElement } from '../core/element.ts'
import { element } from '../core/register.ts'
import { tokens } from '../theme/tokens.ts'

/**
 * Gives every element inside it the same API, `fetch`, theme and language of dates.
 *
 * @tag ops-provider
 * @attr {string} api - Where the API is, e.g. `/ops/jobs/api/v1`.
 * @attr {'light' | 'dark'} theme - Forces a theme on everything inside.
 * @attr {string} locale - Language of dates, e.g. `de-DE`.
 * @attr {'page' | 'inside' | 'off'} keys - Where the keys of the elements inside work: anywhere on the page, only while the focus is inside the element (the default), or not at all.
 * @fires ops-navigate - A link was clicked; prevent it to go there yourself. The detail is `{ href, page, params, path, newTab }`.
 * @fires ops-filter - The person changed what is shown. The detail is `{ path, query }`.
 * @fires ops-operation - An operation was recorded or failed. The detail names it.
 * @fires ops-bulk - A change of many jobs was accepted. The detail is `{ id, action }` of its run.
 * @slot - Any page content with `ops-…` elements in it.
 */
@element('ops-provider')
export class OpsProvider extends OpsElement {
  static override styles = [
    tokens,
    css`
      :host {
        display: contents;
      }
    `,
  ]

  override render() {
    return html`<slot></slot>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-provider': OpsProvider
  }
}
