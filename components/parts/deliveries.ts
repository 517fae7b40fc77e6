import { css, html, nothing, type TemplateResult } from 'lit'
import { property, query, state } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import { findEventFacts } from '../../schemas/event-types.ts'
import { deliveryFailures, deliveryStates } from '../../schemas/webhook-words.ts'
import type { WebhookDelivery } from '../../schemas/webhook.ts'
import { OpsElement } from '../core/element.ts'
import { element } from '../core/register.ts'
import { Resource } from '../core/resource.ts'
import { t, tn, tr, tx } from '../core/words.ts'
import { chip, chipStyles, type Tone } from './chip.ts'
import './confirm.ts'
import type { OpsConfirm } from './confirm.ts'
import { pager, pagerStyles } from './pager.ts'
import { problemPanel, problemStyles, staleNote } from './problem.ts'
import { quietStyles, skeletonRows } from './quiet.ts'
import { refusal } from './refusal.ts'
import './time.ts'
import { base } from '../theme/base.ts'

const tones: Record<string, Tone> = { waiting: 'waiting', delivered: 'resolved', dead: 'blocked' }
const perPage = 20

/**
 * Webhooks about a subject, or all: their receiver, their status, and a button that sends one again. Nothing is shown if
 * there are none, unless `always` is set.
 *
 * @tag ops-deliveries
 * @attr {string} api - Where the API is, e.g. `/ops/jobs/api/v1`; not needed inside `ops-provider`.
 * @attr {string} subject-type - Only those about a subject, with `subject-id`, e.g. `incident`.
 * @attr {string} subject-id - Its id.
 * @attr {boolean} always - Say so where there are none.
 * @fires ops-operation - One is sent again; the detail is the audit event.
 * @slot empty - Shown if there are none and `always` is set.
 * @csspart row - One webhook.
 * @csspart chip - Its state.
 */
@element('ops-deliveries')
export class OpsDeliveries extends OpsElement {
  static override styles = [base, chipStyles, problemStyles, quietStyles, pagerStyles, css`
    :host {
      display: block;
      background: none;
    }
    h2 {
      padding: 12px 16px 0;
      font-size: var(--_size);
    }
    li {
      display: grid;
      gap: 4px;
      padding: 12px 16px;
      border-bottom: 1px solid var(--_line);
    }
    li:last-child {
      border-bottom: 0;
    }
    .line {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      justify-content: space-between;
      gap: 4px 12px;
    }
    .what {
      display: inline-block;
    }
    .what::first-letter {
      text-transform: uppercase;
    }
    .pager {
      margin: 0;
      padding: 0 16px 12px;
    }
  `]

  @property({ attribute: 'subject-type' }) subjectType = ''
  @property({ attribute: 'subject-id' }) subjectId = ''
  @property({ type: Boolean }) always = false

  @query('ops-confirm') private confirm!: OpsConfirm
  @state() private trail: string[] = []

  private readonly deliveries = new Resource(this, {
    connection: () => this.connection,
    load: ({ client }, signal) =>
      client.listWebhookDeliveries({ query: { subjectType: this.subjectType || undefined, subjectId: this.subjectId || undefined, limit: perPage, cursor: this.trail.at(-1) }, signal }),
    key: () => [this.subjectType, this.subjectId, this.trail],
    of: () => [this.subjectType, this.subjectId],
    topics: ['incidents', 'audit'],
  })

  override render() {
    return html`${this.deliveries.render<unknown>({
        pending: () => (this.always ? skeletonRows(2) : nothing),
        error: (problem) => (!this.always && problem.status >= 400 && problem.status < 500 ? nothing : problemPanel(problem, this.deliveries.reload)),
        complete: ({ items, nextCursor }, late) =>
          items.length || this.trail.length
            ? html`${staleNote(late, this.deliveries.reload)}
                <section class="card" aria-label=${t`Webhooks`}>
                  <h2>${t`Webhooks`}</h2>
                  <ul>
                    ${repeat(items, ({ id }) => id, (delivery) => this.row(delivery))}
                  </ul>
                  ${pager({ trail: this.trail, next: nextCursor, move: (trail) => (this.trail = trail) })}
                </section>`
            : this.nothingThere(),
      })}<ops-confirm @ops-operation=${this.deliveries.reload}></ops-confirm>`
  }

  private nothingThere() {
    if (!this.always) return nothing
    return html`<slot name="empty"><p class="card padded muted">${t`No webhooks have been sent. To send them, use standardWebhooks as the escalation handler.`}</p></slot>`
  }

  private row(delivery: WebhookDelivery): TemplateResult {
    const { id, endpoint, eventType, state: status, createdAt, operations } = delivery
    const permission = operations.redeliver_webhook
    const name = tx(findEventFacts(eventType)?.label ?? eventType)
    return html`<li part="row">
      <div class="line"><span class="wrap what">${tr`${html`<b>${name}</b>`} to ${html`<bdi>${endpoint}</bdi>`}`}</span> ${chip(tones[status] ?? 'resolved', deliveryStates[status] ?? status)}</div>
      <div class="line small">
        <span class="muted">${tr`recorded ${html`<ops-time show="relative" at=${createdAt}></ops-time>`}`}</span>
        <span>${this.progress(delivery)}</span>
      </div>
      ${delivery.lastFailure ? html`<p class="small">${delivery.lastStatus ? html`<span class="num">${delivery.lastStatus}</span> · ` : nothing}${tx(deliveryFailures[delivery.lastFailure] ?? delivery.lastFailure)}</p>` : nothing}
      <div class="line">
        <button type="button" class="button" data-action="redeliver_webhook" ?disabled=${!permission?.allowed} aria-label=${t`Send again: ${name} to ${endpoint}`} aria-describedby=${permission?.allowed ? nothing : `no-${id}`} @click=${() => this.confirm.open({ action: 'redeliver_webhook', id })}>${t`Send again`}</button>
        ${refusal(permission, `no-${id}`)}
      </div>
    </li>`
  }

  private progress({ state: status, attempts, deliveredAt, nextAttemptAt }: WebhookDelivery) {
    const tries = tn(attempts, '# attempt', '# attempts')
    if (status === 'delivered' && deliveredAt) return html`${tr`accepted ${html`<ops-time show="relative" at=${deliveredAt}></ops-time>`}`}${attempts > 1 ? `, ${tries}` : ''}`
    if (status === 'waiting' && attempts && nextAttemptAt) return tr`${tries}, next ${html`<ops-time show="relative" at=${nextAttemptAt}></ops-time>`}`
    return status === 'waiting' ? t`about to be sent` : tries
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-deliveries': OpsDeliveries
  }
}
