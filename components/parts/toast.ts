import { css, html, LitElement, nothing } from 'lit'
import { query, state } from 'lit/decorators.js'
import { PageLinks } from '../core/links.ts'
import { deepFocus } from '../core/focus.ts'
import { element } from '../core/register.ts'
import { t, tr } from '../core/words.ts'
import { base } from '../theme/base.ts'

export interface ToastContent {
  /** `Paused nightly_sync` */
  words: string
  /** `cron.paused` */
  record: string
  links: { label: string; href: string }[]
  undo?: () => void
}

const shownMs = 10_000

/**
 * Says what was done, and where to look or how to take it back. It goes by itself after ten seconds, but not from under a pointer
 * or the focus.
 *
 * @tag ops-toast
 */
@element('ops-toast')
export class OpsToast extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: contents;
      }
      [popover] {
        position: fixed;
        inset-block: auto 20px;
        inset-inline: auto 20px;
        margin: 0;
        max-width: min(640px, calc(100vw - 24px));
        padding-block: 10px;
        padding-inline: 16px 10px;
        border: 0;
        border-radius: var(--_radius);
        background: light-dark(#1c2430, #e8ecf1);
        color: light-dark(#f4f6f9, #151a21);
        font: var(--_weight) var(--_size) / var(--_line-height) var(--_font);
        box-shadow: var(--_shadow);
      }
      .toast {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 16px;
      }
      .toast p {
        flex: 1 1 auto;
        overflow-wrap: anywhere;
      }
      .record {
        opacity: 0.85;
      }
      .ways {
        display: flex;
        align-items: center;
        gap: 4px;
        margin-inline-start: auto;
      }
      a,
      button {
        display: inline-flex;
        align-items: center;
        min-height: 32px;
        padding: 0 10px;
        border: 0;
        border-radius: var(--_control-radius);
        background: none;
        color: inherit;
        font: inherit;
        font-weight: var(--_weight-medium);
        text-decoration: underline;
        text-underline-offset: 3px;
        cursor: pointer;
      }
      .dismiss {
        text-decoration: none;
      }
      :focus-visible {
        outline-color: currentColor;
      }
      @media (pointer: coarse) {
        a,
        button {
          min-height: 44px;
        }
      }
      @media (max-width: 560px) {
        [popover] {
          inset-inline: 12px;
          inset-block: auto 12px;
          width: auto;
          max-width: none;
        }
      }
    `,
  ]

  protected readonly pageLinks = new PageLinks(this)

  @query('[popover]') private box!: HTMLElement
  @state() private content?: ToastContent

  private timer?: ReturnType<typeof setTimeout>
  private back?: HTMLElement

  async show(content: ToastContent): Promise<void> {
    this.content = content
    await this.updateComplete
    if (!this.isConnected) return
    this.box.showPopover()
    addEventListener('keydown', this.reach)
    this.wait()
  }

  readonly hide = (): void => {
    clearTimeout(this.timer)
    removeEventListener('keydown', this.reach)
    this.content = undefined
    if (this.isConnected && this.box?.matches(':popover-open')) this.box.hidePopover()
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    removeEventListener('keydown', this.reach)
    clearTimeout(this.timer)
  }

  override render() {
    const { content } = this
    return html`<p class="hidden-text" role="status">${content ? t`${content.words}. ${content.record} is recorded.` : nothing}</p>
      <div popover="manual" @pointerenter=${this.stay} @pointerleave=${this.wait} @focusin=${this.stay} @focusout=${this.wait} @keydown=${this.pressed}>
        ${content ? this.inside(content) : nothing}
      </div>`
  }

  private inside({ words, record, links, undo }: ToastContent) {
    return html`<div class="toast" role="group" aria-label=${t`Done`} aria-keyshortcuts="F6">
      <p>${words} <span class="record small">${tr`${html`<code>${record}</code>`} is recorded`}</span></p>
      <span class="ways">
        ${links.map(({ label, href }) => html`<a href=${href} @click=${this.hide}>${label}</a>`)}
        ${undo ? html`<button type="button" @click=${() => this.choose(undo)}>${t`Undo…`}</button>` : nothing}
        <button type="button" class="dismiss" aria-label=${t`Dismiss`} @click=${this.hide}>×</button>
      </span>
    </div>`
  }

  private choose(undo: () => void) {
    this.hide()
    undo()
  }

  /** F6 goes to the message, and Escape back to where the focus was. */
  private readonly reach = (event: KeyboardEvent) => {
    if (event.key !== 'F6' || event.defaultPrevented || this.box.contains(this.renderRoot instanceof ShadowRoot ? this.renderRoot.activeElement : null)) return
    event.preventDefault()
    this.back = deepFocus()
    this.box.querySelector<HTMLElement>('.ways :is(button, a)')?.focus()
  }

  private readonly stay = () => clearTimeout(this.timer)

  private readonly wait = () => {
    clearTimeout(this.timer)
    this.timer = setTimeout(this.hide, shownMs)
  }

  private readonly pressed = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return
    this.hide()
    this.back?.focus()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-toast': OpsToast
  }
}
