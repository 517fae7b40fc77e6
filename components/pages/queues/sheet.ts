import { css, html, LitElement, nothing } from 'lit'
import { property, query, state } from 'lit/decorators.js'
import { subjectPath } from '../../../schemas/actions.ts'
import type { Session } from '../../../schemas/actor.ts'
import type { QueueDetail } from '../../../schemas/queue.ts'
import type { Connection } from '../../core/connection.ts'
import { PageLinks } from '../../core/links.ts'
import { element } from '../../core/register.ts'
import { Resource } from '../../core/resource.ts'
import { mayOpen } from '../../core/views.ts'
import { t } from '../../core/words.ts'
import type { Ask } from '../../parts/operation-fields.ts'
import { ownershipStyles } from '../../parts/ownership.ts'
import { problemPanel, problemStyles } from '../../parts/problem.ts'
import { quietStyles, skeletonRows } from '../../parts/quiet.ts'
import '../../parts/sheet.ts'
import type { OpsSheet } from '../../parts/sheet.ts'
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
      h2 {
        font-size: var(--_heading);
      }
      .acts {
        margin: -14px -18px;
      }
      .acts .act {
        padding-inline: 18px;
      }
      .acts .act:first-of-type {
        border-block-start: 0;
      }
      .skeleton {
        border: 0;
      }
    `,
  ]

  protected readonly pageLinks = new PageLinks(this)
  @query('ops-sheet') private sheet!: OpsSheet
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
  }

  override render() {
    return html`<ops-sheet .open=${this.name !== ''} href=${this.base + subjectPath('queue', this.name)} exportparts="sheet" @ops-close=${() => (this.name = '')}>
      <div slot="heading">
        <h2><bdi>${this.name}</bdi></h2>
        <p class="small muted">${t`What may be done`}${this.detail.data ? html` · ${this.detail.data.cause}` : nothing}</p>
      </div>
      <div class="acts">
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
                    this.sheet.close()
                    this.ask(ask)
                  },
                }),
            })
          : nothing}
      </div>
    </ops-sheet>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-queue-sheet': OpsQueueSheet
  }
}
