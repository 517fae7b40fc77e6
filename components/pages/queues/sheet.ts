import { css, html, LitElement, nothing } from 'lit'
import { property, query, state } from 'lit/decorators.js'
import type { Session } from '../../../schemas/actor.ts'
import type { QueueDetail } from '../../../schemas/queue.ts'
import type { Connection } from '../../core/connection.ts'
import { element } from '../../core/register.ts'
import { Resource } from '../../core/resource.ts'
import { mayOpen } from '../../core/views.ts'
import type { Ask } from '../../parts/operation-fields.ts'
import { ownershipStyles } from '../../parts/ownership.ts'
import { problemPanel, problemStyles } from '../../parts/problem.ts'
import { quietStyles, skeletonRows } from '../../parts/quiet.ts'
import { base } from '../../theme/base.ts'
import { possibleStyles, whatMayBeDone } from './possible.ts'

/**
 * What may be done with one queue, beside the list: read when it is opened.
 *
 * @tag ops-queue-sheet
 */
@element('ops-queue-sheet')
export class OpsQueueSheet extends LitElement {
  static override styles = [
    base,
    ownershipStyles,
    problemStyles,
    quietStyles,
    possibleStyles,
    css`
      :host {
        background: none;
      }
      dialog {
        inset: 0 0 0 auto;
        width: min(400px, 100vw);
        height: 100dvh;
        max-height: none;
        max-width: none;
        margin: 0 0 0 auto;
        padding: 0;
        border: 0;
        border-inline-start: 1px solid var(--_line-strong);
        background: var(--_surface);
        color: var(--_text);
        overflow: auto;
      }
      dialog::backdrop {
        background: light-dark(rgb(21 26 33 / 0.28), rgb(0 0 0 / 0.5));
      }
      .head {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 12px;
        padding: 14px 16px;
      }
      h2 {
        font-size: 16px;
        overflow-wrap: anywhere;
      }
      .skeleton {
        border: 0;
      }
    `,
  ]

  @query('dialog') private dialog!: HTMLDialogElement
  @property({ attribute: false }) connection?: Connection
  @property({ attribute: false }) session?: Session
  @property({ attribute: false }) ask: (ask: Ask) => void = () => {}
  @property({ attribute: false }) base = ''
  @state() private name = ''

  private readonly detail = new Resource<QueueDetail>(this, {
    connection: () => (this.name ? this.connection : undefined),
    load: ({ client }, signal) => client.getQueue({ params: { name: this.name }, signal }),
    key: () => this.name,
    of: () => this.name,
    topics: ['queues'],
  })

  async open(name: string): Promise<void> {
    this.name = name
    await this.updateComplete
    if (!this.dialog.open) this.dialog.showModal()
  }

  override render() {
    return html`<dialog aria-labelledby="name" part="sheet" @close=${() => (this.name = '')} @click=${this.clickedBeside}>
      <div class="head">
        <div>
          <h2 id="name">${this.name}</h2>
          <p class="small muted">What may be done${this.detail.data ? html` · ${this.detail.data.cause}` : nothing}</p>
        </div>
        <button type="button" class="button" aria-label="Close" @click=${this.close}>✕</button>
      </div>
      ${this.name
        ? this.detail.render({
            pending: () => skeletonRows(4),
            error: (problem) => problemPanel(problem, this.detail.reload),
            complete: (queue) =>
              whatMayBeDone(queue, {
                base: this.base,
                session: this.session,
                mayOpen: (href) => mayOpen(this.session, this.base, href),
                ask: (ask) => {
                  this.close()
                  this.ask(ask)
                },
              }),
          })
        : nothing}
    </dialog>`
  }

  private readonly close = () => this.dialog.close()

  private readonly clickedBeside = (event: MouseEvent) => {
    if (event.target === this.dialog) this.close()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-queue-sheet': OpsQueueSheet
  }
}
