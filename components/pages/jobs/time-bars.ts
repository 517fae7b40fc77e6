import { css, html, LitElement, nothing, svg } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { JobHistogram } from '../../../schemas/job.ts'
import { element } from '../../core/register.ts'
import { exactTime } from '../../core/time.ts'
import { t, tn } from '../../core/words.ts'
import type { PickedRange } from '../../parts/range-picker.ts'
import { base } from '../../theme/base.ts'

const height = 34

/**
 * Jobs over time, as a control: dragging over it chooses a range. The range picker does the same without dragging.
 *
 * @tag ops-time-bars
 * @fires ops-range - A range was chosen; the detail is `{ from, to }`.
 */
@element('ops-time-bars')
export class OpsTimeBars extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
        width: 230px;
        height: ${height}px;
        background: none;
        touch-action: pan-y;
        cursor: crosshair;
      }
      svg {
        display: block;
        width: 100%;
        height: 100%;
      }
      :host(:dir(rtl)) svg {
        transform: scaleX(-1);
      }
      .bars {
        fill: var(--_chart-bar);
      }
      .failed .bars {
        fill: var(--_review);
        opacity: 0.82;
      }
      .ground {
        stroke: var(--_line-strong);
        stroke-dasharray: 2 1;
        vector-effect: non-scaling-stroke;
      }
      .unmeasured {
        fill: var(--_chart-gap);
      }
      .dragged {
        fill: var(--_accent);
        opacity: 0.25;
      }
      @media (forced-colors: active) {
        .bars {
          fill: CanvasText;
        }
      }
    `,
  ]

  @state() private drag?: { from: number; to: number }
  @property({ attribute: false }) histogram?: JobHistogram
  /** The jobs have failed. */
  @property({ type: Boolean }) failed = false
  @property() locale?: string

  override render() {
    const { histogram, drag } = this
    if (!histogram) return nothing
    const { counts } = histogram
    const top = Math.max(1, ...counts.map((count) => count ?? 0))
    const bars = counts.map((count, index) => (count ? `M${index + 0.12} ${height - 1}v${-Math.max(1.5, (count / top) * (height - 2))}h.76V${height - 1}Z` : '')).join('')
    return html`<svg class=${this.failed ? 'failed' : ''} viewBox="0 0 ${counts.length} ${height}" preserveAspectRatio="none" role="img" aria-label=${this.words(histogram, top)} @pointerdown=${this.begin} @pointermove=${this.go} @pointerup=${this.end} @pointercancel=${() => (this.drag = undefined)}>
      <title>${this.words(histogram, top)}</title>
      ${counts.map((count, index) => (count === null ? svg`<rect class="unmeasured" x=${index} width="1" height=${height - 1}/>` : ''))}
      <path class="ground" d="M0 ${height - 0.5}H${counts.length}" />
      <path class="bars" d=${bars} />
      ${drag ? svg`<rect class="dragged" x=${Math.min(drag.from, drag.to) * counts.length} width=${Math.abs(drag.to - drag.from) * counts.length} height=${height}/>` : ''}
    </svg>`
  }

  private words({ from, to, jobs, partial }: JobHistogram, top: number): string {
    const exact = (at: string) => exactTime(Date.parse(at), { locale: this.locale, seconds: false })
    const counted = tn(jobs, '# job', '# jobs')
    const span = t`${counted} from ${exact(from)} to ${exact(to)}, at most ${top} in one bar.`
    return `${span} ${partial ? t`There are more; the grey part was not counted.` : ''} ${t`Drag for a range.`}`
  }

  /** 0 is the earliest, 1 the latest. */
  private placeOf(event: PointerEvent): number {
    const { left, width } = this.getBoundingClientRect()
    const at = Math.min(1, Math.max(0, (event.clientX - left) / width))
    return this.matches(':dir(rtl)') ? 1 - at : at
  }

  private begin(event: PointerEvent) {
    if (event.button !== 0) return
    ;(event.currentTarget as Element).setPointerCapture(event.pointerId)
    const at = this.placeOf(event)
    this.drag = { from: at, to: at }
  }

  private go(event: PointerEvent) {
    if (this.drag) this.drag = { ...this.drag, to: this.placeOf(event) }
  }

  /** A click alone is no range. */
  private end() {
    const { drag, histogram } = this
    this.drag = undefined
    if (!drag || !histogram || Math.abs(drag.to - drag.from) < 0.01) return
    const [start, whole] = [Date.parse(histogram.from), Date.parse(histogram.to) - Date.parse(histogram.from)]
    const at = (share: number) => new Date(start + share * whole).toISOString()
    const detail: PickedRange = { last: '', from: at(Math.min(drag.from, drag.to)), to: at(Math.max(drag.from, drag.to)) }
    this.dispatchEvent(new CustomEvent('ops-range', { detail, bubbles: true }))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-time-bars': OpsTimeBars
  }
}
