import { css, html, LitElement, nothing } from 'lit'
import { property, query, state } from 'lit/decorators.js'
import { element } from '../core/register.ts'
import { exactTime, relativeTime, viewerZone } from '../core/time.ts'
import { now } from '../core/clock.ts'
import { t } from '../core/words.ts'
import { base } from '../theme/base.ts'
import { lastRanges } from './last-ranges.ts'
import { instantOf, localMinute } from './local-minute.ts'
import { placeBy, popoverStyles } from './popover.ts'

export { type LastRange, lastRanges, startOfLast } from './last-ranges.ts'

/** A time range: `last` is relative to now, the others are ISO-8601 instants, `from` inclusive and `to` exclusive. Empty: all time. */
export interface PickedRange {
  last?: string
  from?: string
  to?: string
}

/** The label of a relative range, e.g. `Last 1 h`. */
export function lastLabel(last: string): string {
  const labels: Record<string, () => string> = { '15m': () => t`Last 15 min`, '1h': () => t`Last 1 h`, '24h': () => t`Last 24 h`, '7d': () => t`Last 7 days`, deploy: () => t`Since the last deploy` }
  return labels[last]?.() ?? last
}

/**
 * Chooses a time range: the last minutes, hours or days, since the last deploy, or from one instant to another.
 *
 * @tag ops-range
 * @fires ops-range - A range was chosen; the detail is `{ last, from, to }`, all empty for all time.
 */
@element('ops-range')
export class OpsRange extends LitElement {
  static override styles = [
    base,
    popoverStyles,
    css`
      :host {
        display: inline-block;
        background: none;
      }
      .button {
        border-color: transparent;
        background: none;
      }
      .button svg {
        width: 14px;
        height: 14px;
        fill: none;
        stroke: currentColor;
        stroke-width: 1.5;
      }
      [popover] {
        padding: 6px;
        width: 260px;
      }
      .choice {
        display: flex;
        justify-content: space-between;
        gap: 12px;
        width: 100%;
        min-height: 28px;
        padding: 4px 10px;
        border: 0;
        border-radius: 6px;
        background: none;
        text-align: start;
        cursor: pointer;
      }
      .choice:hover:not([disabled]) {
        background: var(--_sunken);
      }
      .choice[aria-pressed='true'] {
        background: var(--_accent-soft);
        color: var(--_accent);
        font-weight: 600;
      }
      .choice[disabled] {
        color: var(--_muted);
        cursor: not-allowed;
      }
      form {
        display: grid;
        gap: 6px;
        margin-block-start: 6px;
        padding: 8px 10px 4px;
        border-block-start: 1px solid var(--_line);
      }
      form label {
        font-size: 12px;
        color: var(--_muted);
      }
      input {
        width: 100%;
      }
      @media (pointer: coarse) {
        .choice {
          min-height: 40px;
        }
      }
    `,
  ]

  @query('.button') private button!: HTMLButtonElement
  @query('[popover]') private list!: HTMLElement
  @state() private deploy?: string | null
  @state() private half = ''
  @state() private open = false

  /** The range in effect. */
  @property({ attribute: false }) range: PickedRange = {}
  /** When the last deploy was, or null if none is known; without it the range since the last deploy is not offered. Called when the list opens. */
  @property({ attribute: false }) lastDeploy?: () => Promise<string | null>
  /** What the range is about, e.g. `When it ended`. */
  @property() label = ''


  protected override firstUpdated() {
    this.button.popoverTargetElement = this.list
  }

  override render() {
    const { last, from, to } = this.range
    return html`<button type="button" class="button" part="range" aria-haspopup="dialog" aria-label=${this.label ? `${this.label}: ${this.words}` : nothing}>
        <svg viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="6" /><path d="M8 4.8V8l2.2 1.6" /></svg>
        ${this.words}
        <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M4 6l4 4 4-4" /></svg>
      </button>
      <div popover="auto" role="dialog" aria-label=${this.label || t`Time range`} @toggle=${this.toggled}>
        ${!this.open ? nothing : html`${this.choice('', t`All time`, !last && !from && !to)} ${Object.keys(lastRanges).map((each) => this.choice(each, lastLabel(each), last === each))}
            ${this.lastDeploy ? this.choice('deploy', lastLabel('deploy'), last === 'deploy') : nothing}
            <form @submit=${this.submitted} novalidate>
              <div><label for="from">${t`From (${viewerZone})`}</label><input id="from" type="datetime-local" .value=${localMinute(Date.parse(from ?? ''))} /></div>
              <div><label for="to">${t`Until (${viewerZone})`}</label><input id="to" type="datetime-local" .value=${localMinute(Date.parse(to ?? ''))} /></div>
              <p class="small" role="alert">${this.half}</p>
              <button type="submit" class="button primary">${t`Apply`}</button>
            </form>`}
      </div>`
  }

  private get words(): string {
    const { last, from, to } = this.range
    if (last) return lastLabel(last)
    const exact = (instant: string) => exactTime(Date.parse(instant), { seconds: false })
    if (from && to) return t`${exact(from)} – ${exact(to)}`
    if (from) return t`Since ${exact(from)}`
    return to ? t`Until ${exact(to)}` : t`All time`
  }

  private choice(last: string, label: string, pressed: boolean) {
    const { deploy } = this
    const waits = last === 'deploy' && !deploy
    const note = last !== 'deploy' ? '' : deploy === undefined ? t`Loading…` : deploy === null ? t`none marked` : relativeTime(Date.parse(deploy), now())
    return html`<button type="button" class="choice" aria-pressed=${pressed ? 'true' : 'false'} ?disabled=${waits} @click=${() => this.pick({ last })}>
      <span>${label}</span>${note ? html`<span class="muted small">${note}</span>` : nothing}
    </button>`
  }

  private pick({ last = '', from = '', to = '' }: PickedRange) {
    this.list.hidePopover()
    this.button.focus()
    this.dispatchEvent(new CustomEvent<Required<PickedRange>>('ops-range', { detail: { last, from, to }, bubbles: true }))
  }

  private readonly submitted = (event: Event) => {
    event.preventDefault()
    const [from, to] = ['from', 'to'].map((id) => this.renderRoot.querySelector<HTMLInputElement>(`#${id}`)!)
    const [begins, ends] = [instantOf(from!.value), instantOf(to!.value)]
    if (from!.validity.badInput || to!.validity.badInput) this.half = t`Fill in both date and time, or neither.`
    else if (begins && ends && begins >= ends) this.half = t`The range ends before it begins.`
    else this.pick({ from: begins, to: ends })
  }

  private async toggled(event: ToggleEvent) {
    this.open = event.newState === 'open'
    if (!this.open) return
    this.half = ''
    await this.updateComplete
    placeBy(this.button, this.list)
    this.list.querySelector<HTMLElement>('[aria-pressed="true"], button')?.focus()
    try {
      this.deploy = (await this.lastDeploy?.()) ?? null
    } catch {
      this.deploy = null
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-range': OpsRange
  }
}
