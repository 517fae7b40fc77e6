import { css, html, nothing } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { QueueList } from '../../schemas/queue.ts'
import { OpsElement } from '../core/element.ts'
import { element } from '../core/register.ts'
import { t, tn, tr } from '../core/words.ts'
import { statusChip } from './chip.ts'

type Queue = QueueList['items'][number]

const typingMs = 150
const maxOffers = 8

/**
 * A field for a queue that offers the queues there are, each with its status and how many jobs wait in it. Any other name can be
 * typed as well. Renders into its parent's tree, so that the label, the errors and the styles of the form apply.
 *
 * @tag ops-queue-chooser
 * @fires ops-choose - The name has changed; the detail is the name.
 */
@element('ops-queue-chooser')
export class OpsQueueChooser extends OpsElement {
  @property() value = ''
  @property({ type: Boolean }) invalid = false
  @state() private open = false
  @state() private active = -1
  @state() private offers: Queue[] = []
  /** Queues that match; more than are offered. */
  @state() private matching = 0

  private typing?: ReturnType<typeof setTimeout>
  private run?: AbortController
  private asked?: string

  override createRenderRoot() {
    return this
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    clearTimeout(this.typing)
    this.run?.abort()
  }

  protected override updated(changed: Map<PropertyKey, unknown>) {
    super.updated(changed)
    if (this.connection && this.asked !== this.value) this.ask()
  }

  override render() {
    const chosen = this.offers.find(({ name }) => name === this.value.trim())
    return html`<input
        id="queue"
        role="combobox"
        autocomplete="off"
        spellcheck="false"
        required
        aria-expanded=${this.open && this.offers.length > 0}
        aria-controls="queue-offers"
        aria-autocomplete="list"
        aria-activedescendant=${this.open && this.offers[this.active] ? `queue-offer-${this.active}` : nothing}
        aria-invalid=${this.invalid ? 'true' : nothing}
        aria-describedby="queue-error queue-hint"
        .value=${this.value}
        @input=${(event: Event) => this.choose((event.target as HTMLInputElement).value, true)}
        @focus=${() => (this.open = true)}
        @blur=${() => (this.open = false)}
        @keydown=${this.handleKey}
      />
      <ul id="queue-offers" role="listbox" aria-label=${t`Queues`} class="offers" ?hidden=${!this.open || this.offers.length === 0} @pointerdown=${(event: Event) => event.preventDefault()}>
        ${this.offers.map((queue, index) => this.offer(queue, index))}
        ${this.matching > this.offers.length ? html`<li role="presentation" class="muted small">${t`${this.offers.length} of ${this.matching} queues`}</li>` : nothing}
      </ul>
      <p class="small muted" id="queue-hint">${chosen ? this.about(chosen) : nothing}</p>`
  }

  private offer(queue: Queue, index: number) {
    return html`<li id="queue-offer-${index}" role="option" aria-selected=${index === this.active} @click=${() => this.choose(queue.name, false)}>
      <bdi>${queue.name}</bdi> ${statusChip(queue.status)} <span class="num">${queue.due ? tn(queue.due.count, '# waits', '# wait') : t`not measured`}</span>
    </li>`
  }

  /** What the chosen queue is like now, since runs will wait in it. */
  private about(queue: Queue) {
    const waiting = queue.due ? tn(queue.due.count, '# job waits.', '# jobs wait.') : t`It is not measured.`
    const stuck = queue.status === 'blocked' || queue.status === 'needs_review'
    return html`${statusChip(queue.status)} ${waiting} ${queue.paused ? t`It is paused: runs will wait there.` : stuck ? tr`Runs will wait there until it moves: ${queue.cause}` : nothing}`
  }

  private choose(name: string, open: boolean) {
    Object.assign(this, { value: name, open, active: -1 })
    this.dispatchEvent(new CustomEvent<string>('ops-choose', { detail: name }))
  }

  private readonly handleKey = (event: KeyboardEvent): void => {
    const { length } = this.offers
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (length === 0) return
      this.active = this.open ? (this.active + (event.key === 'ArrowDown' ? 1 : -1) + length + (this.active < 0 && event.key === 'ArrowUp' ? 1 : 0)) % length : 0
      this.open = true
    } else if (event.key === 'Enter' && this.open && this.offers[this.active] && !event.ctrlKey && !event.metaKey) this.choose(this.offers[this.active]!.name, false)
    else if (event.key === 'Escape' && this.open && length > 0) this.open = false
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  private ask() {
    const first = this.asked === undefined
    this.asked = this.value
    clearTimeout(this.typing)
    this.run?.abort()
    this.typing = setTimeout(() => void this.look(), first ? 0 : typingMs)
  }

  /** Without an answer, e.g. because this actor may not see queues, it is a plain field. */
  private async look() {
    const run = (this.run = new AbortController())
    const name = this.value.trim()
    try {
      const { items, summary } = await this.connection!.client.listQueues({ query: { limit: maxOffers, ...(name ? { name } : {}) }, signal: run.signal })
      if (this.run === run) Object.assign(this, { offers: items, matching: summary.queues })
    } catch {
      if (this.run === run) this.offers = []
    }
  }
}

/** Also of what a form offers beside its fields. */
export const queueChooserStyles = css`
  ops-queue-chooser {
    display: grid;
    gap: 4px;
    position: relative;
  }
  .offers {
    position: absolute;
    z-index: 2;
    inset-block-start: 34px;
    inset-inline: 0;
    max-height: 260px;
    overflow: auto;
    padding: 4px;
    border: 1px solid var(--_line-strong);
    border-radius: 6px;
    background: var(--_surface);
    box-shadow: 0 8px 24px rgb(0 0 0 / 0.2);
    font-size: 13px;
  }
  .offers[hidden] {
    display: none;
  }
  .offers li {
    display: flex;
    align-items: center;
    gap: 8px;
    padding: 4px 8px;
    border-radius: 4px;
  }
  .offers bdi {
    flex: 1;
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .offers [role='option'] {
    cursor: pointer;
  }
  button.offer {
    justify-self: start;
    padding: 0;
    border: 0;
    background: none;
    color: var(--_accent);
    text-decoration: underline;
    cursor: pointer;
  }
  del {
    color: var(--_muted);
  }
  ins {
    font-weight: 600;
    text-decoration: none;
  }
  .offers [role='option']:hover,
  .offers [aria-selected='true'] {
    background: var(--_accent-soft);
  }
`

declare global {
  interface HTMLElementTagNameMap {
    'ops-queue-chooser': OpsQueueChooser
  }
}
