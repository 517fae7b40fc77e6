import { html, LitElement, nothing } from 'lit'
import { property } from 'lit/decorators.js'
import { Clock } from '../core/clock.ts'
import { element } from '../core/register.ts'
import { Around } from '../core/surroundings.ts'
import { duration, exactTime, relativeTime } from '../core/time.ts'
import { t } from '../core/words.ts'

/**
 * An instant that keeps itself up to date: `4 min ago · 21 Nov 02:00:00 UTC`. Renders into its parent's tree, so that
 * the page's own styles apply.
 *
 * @tag ops-time
 */
@element('ops-time')
export class OpsTime extends LitElement {
  /** ISO-8601. */
  @property() at = ''
  /** IANA zone of the exact time; the reader's own unless given. */
  @property() zone?: string
  /** `both`, `relative` or `age` (`4 min`, since then; both with the exact time on hover and for screen readers), or `exact`. */
  @property() show: 'both' | 'relative' | 'age' | 'exact' = 'both'
  /** Leave out the seconds of the exact time. */
  @property({ type: Boolean }) coarse = false
  /** The time up to which a page is true: it moves on while the live stream says that nothing has changed. */
  @property({ type: Boolean }) live = false
  /** Show milliseconds, for evidence. */
  @property({ type: Boolean }) precise = false

  private readonly around = new Around(this)
  private readonly distance = new Clock(this, (now) => this.distanceFrom(now))

  protected override createRenderRoot() {
    return this
  }

  override render() {
    const at = this.instant()
    if (Number.isNaN(at)) return html`<span>${t`unknown time`}</span>`
    const exact = exactTime(at, { zone: this.zone, seconds: !this.coarse, milliseconds: this.precise })
    return html`<time class="num" datetime=${new Date(at).toISOString()}>${this.words(exact)}</time>`
  }

  private instant(): number {
    const at = Date.parse(this.at)
    const live = this.live ? this.around?.value?.connection?.live : undefined
    return live?.state === 'live' && live.measuredAt ? Math.max(at, Date.parse(live.measuredAt)) : at
  }

  private distanceFrom(now: number): string {
    if (this.show === 'exact') return ''
    const at = this.instant()
    return this.show === 'age' ? duration(Math.max(0, now - at)) : relativeTime(at, now)
  }

  private words(exact: string) {
    if (this.show === 'exact') return exact
    // Screen readers announce both at once, and not again from a title.
    if (this.show === 'relative' || this.show === 'age') return html`<span title=${exact} aria-hidden="true">${this.distance.value}</span><span class="hidden-text">${this.distance.value}, ${exact}</span>`
    return html`${this.distance.value}<span class="muted"> · ${exact || nothing}</span>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-time': OpsTime
  }
}
