import { css, html, LitElement } from 'lit'
import { property } from 'lit/decorators.js'
import { element } from '../../core/register.ts'
import { clockTime, dayOf } from '../../core/time.ts'
import { t } from '../../core/words.ts'
import { base } from '../../theme/base.ts'
import type { Span } from './night.ts'

const minute = 60_000

/**
 * A window on a time axis: two handles and what is between them, to be dragged or moved with the arrow keys. Fills its parent, whose
 * width is the axis.
 *
 * @tag ops-cron-window
 * @fires ops-move - The window was moved; the detail is the new `{ from, to }`.
 */
@element('ops-cron-window')
export class OpsCronWindow extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        position: absolute;
        inset: 0;
        background: none;
        pointer-events: none;
      }
      .between {
        position: absolute;
        inset-block: 0;
        border-inline: 2px solid var(--_accent);
        background: color-mix(in srgb, var(--_accent) 9%, transparent);
        pointer-events: auto;
        cursor: grab;
        touch-action: pan-y;
      }
      [role='slider'] {
        position: absolute;
        top: 14px;
        width: 24px;
        height: 32px;
        padding: 0;
        border: 0;
        background: none;
        pointer-events: auto;
        cursor: ew-resize;
        touch-action: pan-y;
      }
      [role='slider']::before {
        content: '';
        display: block;
        width: 8px;
        height: 20px;
        margin: 6px auto;
        border: 2px solid var(--_accent);
        border-radius: 3px;
        background: var(--_surface);
      }
      .start {
        inset-inline-start: -13px;
      }
      .end {
        inset-inline-end: -13px;
      }
      .label {
        position: absolute;
        bottom: 100%;
        inset-inline-start: 50%;
        translate: -50%;
        padding: 0 4px;
        border-radius: 4px;
        background: var(--_accent);
        color: var(--_accent-ink);
        font-size: 12px;
        font-weight: 600;
        white-space: nowrap;
      }
      .label:dir(rtl) {
        translate: 50%;
      }
      .label:is(.first, .last) {
        inset-inline: 0 auto;
        translate: none;
      }
      .label.last {
        inset-inline: auto 0;
      }
    `,
  ]

  @property({ attribute: false }) axis!: Span
  @property({ attribute: false }) window!: Span
  /** The least distance that a handle moves. */
  @property({ type: Number }) step = 5 * minute

  private drag?: { which: 'from' | 'to' | 'both'; at: number; window: Span }

  override render() {
    const { from, to } = this.window
    const place = (at: number) => ((at - this.axis.from) / (this.axis.to - this.axis.from)) * 100
    const handle = (which: 'from' | 'to', label: string) => html`<button
      type="button"
      role="slider"
      class=${which === 'from' ? 'start' : 'end'}
      aria-label=${label}
      aria-valuemin=${this.axis.from / minute}
      aria-valuemax=${this.axis.to / minute}
      aria-valuenow=${this.window[which] / minute}
      aria-valuetext="${dayOf(this.window[which])} ${clockTime(this.window[which])}"
      @keydown=${(event: KeyboardEvent) => this.handleKey(event, which)}
      @pointerdown=${(event: PointerEvent) => this.begin(event, which)}
    ></button>`
    // At an end of the axis there is no room beside a narrow window for half of its label.
    const middle = (place(from) + place(to)) / 2
    const edge = middle < 18 ? 'first' : middle > 82 ? 'last' : ''
    return html`<div
      class="between"
      .style=${`inset-inline-start: ${place(from)}%; inline-size: ${place(to) - place(from)}%`}
      @pointerdown=${(event: PointerEvent) => this.begin(event, 'both')}
      @pointermove=${this.handleDrag}
      @pointerup=${this.end}
      @pointercancel=${this.end}
    >
      <span class="label num ${edge}"><bdi dir="ltr">${clockTime(from)} – ${clockTime(to)}</bdi></span>
      ${handle('from', t`Start of the window`)} ${handle('to', t`End of the window`)}
    </div>`
  }

  private begin(event: PointerEvent, which: 'from' | 'to' | 'both') {
    if (event.button !== 0) return
    event.stopPropagation()
    this.drag = { which, at: event.clientX, window: this.window }
    this.shadowRoot!.querySelector('.between')!.setPointerCapture(event.pointerId)
  }

  private readonly handleDrag = (event: PointerEvent): void => {
    if (!this.drag) return
    const { which, at, window } = this.drag
    const width = this.getBoundingClientRect().width
    const toward = getComputedStyle(this).direction === 'rtl' ? -1 : 1
    const by = ((event.clientX - at) / width) * (this.axis.to - this.axis.from) * toward
    this.move({ from: which === 'to' ? window.from : window.from + by, to: which === 'from' ? window.to : window.to + by }, which)
  }

  private readonly end = (): void => {
    this.drag = undefined
  }

  /** Earlier and later, in the direction of the page; Page Up and Down move by an hour, Home and End to the ends. */
  private handleKey(event: KeyboardEvent, which: 'from' | 'to') {
    const later = getComputedStyle(this).direction === 'rtl' ? 'ArrowLeft' : 'ArrowRight'
    const earlier = later === 'ArrowLeft' ? 'ArrowRight' : 'ArrowLeft'
    const by = { [later]: this.step, ArrowUp: this.step, [earlier]: -this.step, ArrowDown: -this.step, PageUp: 60 * minute, PageDown: -60 * minute, Home: -Infinity, End: Infinity }[event.key]
    if (by === undefined) return
    event.preventDefault()
    event.stopPropagation()
    this.move({ ...this.window, [which]: this.window[which] + by }, which)
  }

  private move({ from, to }: Span, which: 'from' | 'to' | 'both') {
    const { axis, step } = this
    const round = (at: number) => Math.round(at / step) * step
    if (which === 'both') {
      const shift = Math.max(axis.from - from, Math.min(axis.to - to, 0))
      const moved = { from: Math.max(axis.from, round(from + shift)), to: 0 }
      moved.to = Math.min(axis.to, moved.from + (to - from))
      return this.announce(moved)
    }
    const moved = which === 'from' ? { from: Math.min(Math.max(axis.from, round(from)), to - step), to } : { from, to: Math.max(Math.min(axis.to, round(to)), from + step) }
    this.announce(moved)
  }

  private announce(detail: Span) {
    if (detail.from === this.window.from && detail.to === this.window.to) return
    this.dispatchEvent(new CustomEvent<Span>('ops-move', { detail }))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-cron-window': OpsCronWindow
  }
}
