import { css, html, LitElement, nothing } from 'lit'
import { property, query, state } from 'lit/decorators.js'
import { PageLinks } from '../core/links.ts'
import { element } from '../core/register.ts'
import { t } from '../core/words.ts'
import { base } from '../theme/base.ts'
import { placeBy, popoverStyles } from './popover.ts'

export interface MenuItem {
  /** The operation that it asks for, if it is one. */
  action?: string
  label: string
  href?: string
  /** Why it cannot be chosen; shown below its name. */
  refused?: string
  choose?: () => void
}

/**
 * A button that opens a short list of actions. Arrows, Home and End move, Escape closes, the focus returns to the button.
 *
 * @tag ops-menu
 */
@element('ops-menu')
export class OpsMenu extends LitElement {
  static override styles = [
    base,
    popoverStyles,
    css`
      :host {
        display: inline-block;
        background: none;
      }
      [role='menuitem'] {
        display: block;
        width: 100%;
        padding: 6px 10px;
        border: 0;
        border-radius: var(--_control-radius);
        background: none;
        color: inherit;
        font-size: var(--_medium);
        text-align: start;
        text-decoration: none;
        cursor: pointer;
      }
      [role='menuitem']:hover,
      [role='menuitem']:focus-visible {
        background: var(--_accent-soft);
        outline-offset: -2px;
      }
      [aria-disabled='true'] {
        color: var(--_muted);
        cursor: not-allowed;
      }
      .why {
        display: block;
        font-size: var(--_tiny);
        color: var(--_muted);
      }
      @media (pointer: coarse) {
        [role='menuitem'] {
          padding-block: 11px;
        }
        .button {
          min-width: 44px;
          min-height: 44px;
        }
      }
    `,
  ]

  static override shadowRootOptions = { ...LitElement.shadowRootOptions, delegatesFocus: true }

  protected readonly pageLinks = new PageLinks(this)

  @query('button') private button!: HTMLButtonElement
  @query('[popover]') private list!: HTMLElement
  @state() private open = false
  @state() private loaded?: MenuItem[]

  /** What the button is for, e.g. `More for nightly_sync`. */
  @property() label = ''
  @property({ attribute: false }) items: MenuItem[] = []
  /** The items completed with data from the server; requested when the menu opens. */
  @property({ attribute: false }) load?: () => Promise<MenuItem[]>

  protected override firstUpdated() {
    this.button.popoverTargetElement = this.list
  }

  override render() {
    return html`<button
        type="button"
        class="button"
        part="button"
        aria-haspopup="menu"
        aria-expanded=${this.open}
        aria-label=${this.label || t`More`}
        @keydown=${this.openByKey}
      >
        ⋯
      </button>
      <div popover="auto" role="menu" aria-label=${this.label || t`More`} @beforetoggle=${this.toggling} @toggle=${this.toggled} @keydown=${this.move}>
        ${this.open ? (this.loaded ?? this.items).map((item) => this.item(item)) : nothing}
      </div>`
  }

  private item({ action, label, href, refused, choose }: MenuItem) {
    if (href) return html`<a role="menuitem" tabindex="-1" href=${href} @click=${this.hide}>${label}</a>`
    return html`<button
      type="button"
      role="menuitem"
      tabindex="-1"
      data-action=${action ?? nothing}
      aria-disabled=${refused ? 'true' : nothing}
      @click=${() => !refused && this.chosen(choose)}
    >
      ${label}${refused ? html`<span class="why">${refused}</span>` : nothing}
    </button>`
  }

  private chosen(choose?: () => void) {
    this.hide()
    choose?.()
  }

  private readonly hide = () => {
    this.list.hidePopover()
    this.button.focus()
  }

  private toggling(event: ToggleEvent) {
    this.open = event.newState === 'open'
    this.loaded = undefined
  }

  private async toggled(event: ToggleEvent) {
    if (event.newState !== 'open') return
    await this.updateComplete
    placeBy(this.button, this.list)
    this.choices()[0]?.focus()
    this.loaded = await this.load?.()
    await this.updateComplete
    placeBy(this.button, this.list)
  }

  private openByKey(event: KeyboardEvent) {
    if (event.key !== 'ArrowDown' || this.open) return
    event.preventDefault()
    this.list.showPopover()
  }

  private move(event: KeyboardEvent) {
    const choices = this.choices()
    const at = choices.indexOf(this.shadowRoot!.activeElement as HTMLElement)
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 + choices.length, Home: 0, End: choices.length - 1 }[event.key]
    if (event.key === 'Tab') this.hide()
    if (event.key === 'Escape') {
      event.preventDefault()
      event.stopPropagation()
      this.hide()
    }
    if (to === undefined) return
    event.preventDefault()
    choices[to % choices.length]?.focus()
  }

  private choices(): HTMLElement[] {
    return [...this.list.querySelectorAll<HTMLElement>('[role="menuitem"]')].filter(({ style }) => style.display !== 'none')
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-menu': OpsMenu
  }
}
