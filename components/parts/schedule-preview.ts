import { css, html, nothing } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { ClockNote, SchedulePreview } from '../../schemas/cron-runs.ts'
import { now } from '../core/clock.ts'
import { OpsElement } from '../core/element.ts'
import { element } from '../core/register.ts'
import { clockTime, dayOf, relativeTime, sameClock, viewerZone } from '../core/time.ts'
import { t, tr } from '../core/words.ts'
import { base } from '../theme/base.ts'

/** Long enough to type on, short enough to feel immediate. */
const typingMs = 150

/** Detail of `ops-suggestion`: a valid value for a field. */
export interface Suggestion {
  field: 'expression' | 'timezone'
  value: string
}

/**
 * What a schedule means while it is typed: its words, its next five runs, what clocks do to it; or what is wrong with it, and what was
 * probably meant. A newer text ends the request for an older one.
 *
 * @tag ops-schedule-preview
 * @fires ops-suggestion - The suggested value was chosen; the detail is `{ field, value }`.
 */
@element('ops-schedule-preview')
export class OpsSchedulePreview extends OpsElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
        background: none;
      }
      .preview {
        display: grid;
        gap: 6px;
        padding: 8px 12px;
        border-radius: 6px;
        background: var(--_sunken);
        font-size: 13px;
      }
      ol {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(230px, 1fr));
        gap: 2px 16px;
      }
      .late {
        opacity: 0.6;
      }
      .bad {
        color: var(--_review);
      }
      .suggest {
        padding: 0;
        border: 0;
        background: none;
        color: var(--_accent);
        text-decoration: underline;
        cursor: pointer;
      }
    `,
  ]

  @property() expression = ''
  @property() timezone = ''
  @state() private answer?: SchedulePreview
  /** What the answer is about. */
  @state() private about = ''

  private typing?: ReturnType<typeof setTimeout>
  private run?: AbortController
  private wanted = ''

  override disconnectedCallback() {
    super.disconnectedCallback()
    clearTimeout(this.typing)
    this.run?.abort()
  }

  protected override updated(changed: Map<PropertyKey, unknown>) {
    super.updated(changed)
    const wanted = JSON.stringify([this.expression.trim(), this.timezone.trim()])
    if (wanted === this.wanted || !this.connection) return
    const first = this.wanted === ''
    this.wanted = wanted
    clearTimeout(this.typing)
    this.run?.abort()
    this.typing = setTimeout(() => void this.look(wanted), first ? 0 : typingMs)
  }

  override render() {
    const { answer } = this
    if (!answer || !this.expression.trim()) return html`<div class="preview muted">${t`The next five runs appear here as you type the schedule.`}</div>`
    const late = this.about !== this.wanted
    return html`<div class="preview ${late ? 'late' : ''}" role="status" aria-busy=${late}>${answer.errors.length ? answer.errors.map((error) => this.wrong(error)) : this.meaning(answer)}</div>`
  }

  private wrong({ field, message, suggestion }: SchedulePreview['errors'][number]) {
    return html`<p class="bad">${message}
      ${suggestion ? html`<span class="offer">${tr`Did you mean ${html`<button type="button" class="suggest" @click=${() => this.suggest({ field, value: suggestion })}><code dir="ltr">${suggestion}</code></button>`}?`}</span>` : nothing}
    </p>`
  }

  private meaning({ description, nextRuns, clockNotes }: SchedulePreview) {
    return html`<p><b>${description}</b></p>
      ${nextRuns.length ? html`<ol aria-label=${t`The next runs`}>${nextRuns.map((at) => this.next(Date.parse(at)))}</ol>` : html`<p>${t`It will not run again.`}</p>`}
      ${clockNotes.map((note) => html`<p class="muted">${clockWords(note, this.timezone)}</p>`)}`
  }

  private next(at: number) {
    const zone = this.timezone.trim() || 'Etc/UTC'
    const own = sameClock(at, zone, viewerZone) ? nothing : html` <span class="muted">${t`${clockTime(at)} your clock`}</span>`
    return html`<li class="num">${dayOf(at, { zone })} <b>${clockTime(at, 'en-GB', zone)}</b>${own} <span class="muted">${relativeTime(at, now())}</span></li>`
  }

  /** Without an answer the form is as useful as before, and the server says what is wrong when the preview is taken. */
  private async look(wanted: string) {
    const run = (this.run = new AbortController())
    const [expression, timezone] = JSON.parse(wanted) as [string, string]
    if (!expression) return
    try {
      const answer = await this.connection!.client.previewCronSchedule({ query: { expression, timezone: timezone || 'Etc/UTC' }, signal: run.signal })
      if (this.run === run) Object.assign(this, { answer, about: wanted })
    } catch {
      if (this.run === run) Object.assign(this, { answer: undefined, about: wanted })
    }
  }

  private suggest(detail: Suggestion) {
    this.dispatchEvent(new CustomEvent<Suggestion>('ops-suggestion', { detail, bubbles: true }))
  }
}

function clockWords({ at, kind, local }: ClockNote, zone: string): string {
  const day = dayOf(Date.parse(at), { zone: zone.trim() || 'Etc/UTC' })
  if (kind === 'runs_after_gap') return t`On ${day} clocks go forward and ${local} does not exist: it runs once, right after the change.`
  if (kind === 'left_out') return t`On ${day} clocks go forward: the runs from ${local} until the change are left out.`
  return kind === 'runs_once' ? t`On ${day} clocks go back and ${local} comes twice: it runs the first time only.` : t`On ${day} clocks go back and ${local} comes twice: it runs both times.`
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-schedule-preview': OpsSchedulePreview
  }
}
