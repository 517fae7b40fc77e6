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
