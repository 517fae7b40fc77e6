import { css, html, LitElement } from 'lit'
import { property, state } from 'lit/decorators.js'
import { element } from '../core/register.ts'
import { t } from '../core/words.ts'
import { base } from '../theme/base.ts'

/**
 * An id one can read and copy. Long ids are shortened in the middle; the whole one is in the title and is what gets copied.
 *
 * @tag ops-copy
 */
@element('ops-copy')
export class OpsCopy extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: inline;
        background: none;
        font-size: inherit;
      }
      button {
        padding: 1px 5px;
        border: 1px solid transparent;
        border-radius: var(--_small-radius);
        background: none;
        font-family: var(--_mono);
        font-size: var(--_small);
        cursor: copy;
        overflow-wrap: anywhere;
        text-align: start;
      }
      button:hover {
        border-color: var(--_line-strong);
        background: var(--_sunken);
      }
      svg {
        width: 11px;
        height: 11px;
        margin-inline-start: 5px;
        vertical-align: -1px;
        color: var(--_muted);
      }
    `,
  ]

  @state() private said = ''

  /** The text to copy. */
  @property() value = ''
  /** What it is, for screen readers, e.g. `request id`. */
  @property() label = 'id'
  /** Show it unabbreviated. */
  @property({ type: Boolean }) whole = false

  /** Show only the sign, beside a text that can be read already. */
  @property({ type: Boolean }) bare = false

  override render() {
    const text = this.bare ? '' : this.whole || this.value.length <= 16 ? this.value : `${this.value.slice(0, 8)}…${this.value.slice(-4)}`
    return html`<button type="button" title=${this.bare ? t`Copy ${this.label}` : this.value} aria-label=${this.bare ? t`Copy ${this.label}` : t`Copy ${this.label} ${text}`} @click=${this.copy}>${text}<svg
          viewBox="0 0 12 12"
          aria-hidden="true"
        >
          <path d="M4 4h6.5v6.5H4zM1.5 8V1.5H8" fill="none" stroke="currentColor" stroke-width="1.2" /></svg></button
      ><span role="status" class="small muted">${this.said && html` ${this.said}`}</span>`
  }

  private async copy() {
    this.said = (await copyText(this.value)) ? t`copied` : t`select it to copy`
    setTimeout(() => (this.said = ''), 2000)
  }
}

export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-copy': OpsCopy
  }
}
