import { css, html, LitElement } from 'lit'
import { property, query, state } from 'lit/decorators.js'
import { element } from '../core/register.ts'
import { tx } from '../core/words.ts'
import { base } from '../theme/base.ts'
import { placeBy, popoverStyles } from './popover.ts'
import { type TermName, terms } from './terms.ts'

/** A pointer that only passes by opens nothing. */
const restMs = 300

/**
 * A word with a dotted line below it. A press, Enter or a tap shows what it means, and so does a mouse that rests on it; Esc, another
 * press or one elsewhere hides it again.
 *
 * @tag ops-term
 * @slot - The word.
 */
@element('ops-term')
export class OpsTerm extends LitElement {
  static override styles = [
    base,
    popoverStyles,
    css`
      :host {
        display: inline;
        background: none;
        color: inherit;
        font: inherit;
      }
      button {
        display: inline-block;
        /* Large enough to be hit, without room of its own. */
        min-width: 24px;
        padding: 3px 0;
        margin-block: -3px;
        border: 0;
        border-radius: 0;
        text-decoration: underline dotted;
        text-underline-offset: 3px;
        background: none;
        color: inherit;
        font: inherit;
        letter-spacing: inherit;
        text-align: inherit;
        cursor: help;
      }
      [popover] {
        padding: 8px 12px;
        font: var(--_weight) var(--_small) / 1.45 var(--_font);
        text-align: start;
        white-space: normal;
      }
    `,
  ]

  @query('button') private word!: HTMLButtonElement
  @query('[popover]') private note!: HTMLElement
  @state() private shown = false

  /** The word's entry in the table. */
  @property() name: TermName = 'executor'

  private resting?: ReturnType<typeof setTimeout>
  /** It was opened by the mouse, which also closes it. */
  private hovered = false

  protected override firstUpdated() {
    this.word.popoverTargetElement = this.note
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    clearTimeout(this.resting)
  }

  override render() {
    return html`<button type="button" aria-expanded=${this.shown} @pointerenter=${this.handleEnter} @pointerleave=${this.handleLeave}><slot></slot></button
      ><span popover="auto" role="status" @toggle=${this.handleToggle}>${this.shown ? tx(terms[this.name]) : ''}</span>`
  }

  private readonly handleEnter = ({ pointerType }: PointerEvent) => {
    if (pointerType !== 'mouse' || this.shown) return
    this.resting = setTimeout(() => {
      this.hovered = true
      this.note.showPopover()
    }, restMs)
  }

  private readonly handleLeave = () => {
    clearTimeout(this.resting)
    if (this.hovered && this.shown) this.note.hidePopover()
  }

  private readonly handleToggle = async ({ newState }: ToggleEvent) => {
    this.shown = newState === 'open'
    if (!this.shown) this.hovered = false
    await this.updateComplete
    if (!this.shown) return
    placeBy(this.word, this.note)
    // It begins where the word does, unless there is no room.
    const { left, right } = this.word.getBoundingClientRect()
    const { width } = this.note.getBoundingClientRect()
    const start = getComputedStyle(this).direction === 'rtl' ? right - width : left
    this.note.style.left = `${Math.max(8, Math.min(start, innerWidth - width - 8))}px`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-term': OpsTerm
  }
}
