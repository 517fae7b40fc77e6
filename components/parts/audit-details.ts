import { css, html, nothing } from 'lit'
import { property, query, state } from 'lit/decorators.js'
import { type OperationAction, operationActions, operationLabel, undoneBy } from '../../schemas/actions.ts'
import type { AuditEvent } from '../../schemas/audit.ts'
import type { Connection } from '../core/connection.ts'
import { OpsElement } from '../core/element.ts'
import { later, loadFailure } from '../core/later.ts'
import { element } from '../core/register.ts'
import { Resource } from '../core/resource.ts'
import { t, tx } from '../core/words.ts'
import { base } from '../theme/base.ts'
import { changedFields, changeStyles } from './audit-changes.ts'
import type { FilterValues } from './audit-filter-names.ts'
import { type NowOf, readNow } from './audit-now.ts'
import { deedOf, detailOf } from './audit-row.ts'
import { chipStyles } from './chip.ts'
import type { OpsConfirm } from './confirm.ts'
import './copy.ts'
import { diffStyles, json } from './diff.ts'
import { missingPart } from './missing.ts'
import { outcomeChip } from './outcome-chip.ts'
import { ownershipLabel, ownershipStyles } from './ownership.ts'
import './sheet.ts'
import type { OpsSheet } from './sheet.ts'
import { forensicsHref, subjectLink, subjectTypeLabel } from './subject-link.ts'
import './time.ts'

const loadConfirm = later(() => import('./confirm.ts'))
/** Later deeds that are listed, and how many events are read to find them. */
const maxLater = 3
const maxRead = 20

interface Since {
  id: string
  now: NowOf
  /** The first deeds on the subject after this one, oldest first. */
  later: AuditEvent[]
  more: boolean
}

/**
 * Everything one event holds, and what became of it: in the side sheet.
 *
 * @tag ops-event-details
 * @fires ops-step - The previous (-1) or the next (1) event should be shown; the detail is that number.
 * @fires ops-close - The reader closed the sheet.
 * @csspart details - The content of the sheet.
 */
@element('ops-event-details')
export class OpsEventDetails extends OpsElement {
  static override styles = [
    base,
    chipStyles,
    diffStyles,
    changeStyles,
    ownershipStyles,
    css`
      :host {
        display: contents;
      }
      h2 {
        font-size: 16px;
      }
      .details {
        display: grid;
        gap: 16px;
      }
      .details section {
        display: grid;
        gap: 6px;
      }
      h3 {
        font-size: 12.5px;
      }
      blockquote {
        margin: 0;
        padding-inline-start: 12px;
        border-inline-start: 3px solid var(--_line-strong);
        overflow-wrap: anywhere;
      }
      dl {
        display: grid;
        grid-template-columns: max-content minmax(0, 1fr);
        gap: 5px 14px;
        font-size: 13px;
      }
      dt {
        color: var(--_muted);
      }
      dd {
        overflow-wrap: anywhere;
      }
      ops-copy {
        margin-inline-start: -5px;
      }
      button.text {
        padding: 0;
        border: 0;
        background: none;
        color: var(--_accent);
        font-size: inherit;
        cursor: pointer;
      }
      .foot {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 8px 12px;
      }
      summary {
        color: var(--_accent);
        cursor: pointer;
      }
    `,
  ]

  @query('ops-sheet') private sheet!: OpsSheet
  @query('ops-confirm') private confirm!: OpsConfirm
  @state() private allFields = false
  @state() private missing = ''

  /** The event; without it the sheet is closed. */
  @property({ attribute: false }) event?: AuditEvent
  /** Address of the event. */
  @property() href = ''
  @property({ attribute: false }) steps?: { previous: boolean; next: boolean }
  @property({ attribute: false }) returnTo?: () => HTMLElement | null
  /** Filters the surrounding list. */
  @property({ attribute: false }) narrow: (change: Partial<FilterValues>) => void = () => undefined

  private readonly since = new Resource<Since>(this, {
    connection: () => (this.event ? this.connection : undefined),
    load: ({ client }, signal) => this.readSince(client, signal),
    key: () => this.event?.id,
    of: () => this.event?.id,
    topics: ['audit'],
  })

  override render() {
    const { event } = this
    return html`<ops-sheet
        ?open=${event !== undefined}
        .open=${event !== undefined}
        href=${this.href}
        .steps=${this.steps}
        .returnTo=${this.returnTo}
        exportparts="sheet"
        @ops-step=${({ detail }: CustomEvent<number>) => this.dispatchEvent(new CustomEvent('ops-step', { detail }))}
        @ops-close=${() => this.dispatchEvent(new CustomEvent('ops-close'))}
      >
        ${event ? this.content(event) : nothing}
      </ops-sheet>
      <ops-confirm @ops-operation=${this.since.reload}></ops-confirm>`
  }

  private content(event: AuditEvent) {
    const { reason, metadata } = event
    const context = { base: this.base, locale: this.language }
    const detail = detailOf(event, this.language)
    return html`<div slot="heading">
        <h2>${deedOf(event, context)}${detail ? html`<span class="muted">${`, ${detail}`}</span>` : nothing}</h2>
        <p class="small muted"><ops-time at=${event.occurredAt} show="relative"></ops-time> · <ops-time at=${event.occurredAt} show="exact" precise></ops-time> · ${tx(event.source)}</p>
      </div>
      <div class="details" part="details">
        ${missingPart(this.missing, this.undo)} ${reason ? html`<blockquote class="quote">${reason}</blockquote>` : nothing}
        <section aria-labelledby="changed">
          <h3 id="changed">${t`What changed`}</h3>
          ${changedFields(event, this.allFields, () => (this.allFields = !this.allFields))}
        </section>
        ${this.sinceThen()} ${this.facts(event)}
        <details>
          <summary>${t`Raw event`}</summary>
          ${json({ ...event, metadata })}
        </details>
      </div>
      ${this.foot(event)}`
  }

  private sinceThen() {
    const { data, problem } = this.since
    if (!data) return problem ? html`<section><h3>${t`Since then`}</h3><p class="muted">${t`Not known: ${tx(problem.title)}.`}</p></section>` : nothing
    const words = data.now.words()
    const context = { base: this.base, locale: this.language }
    return html`<section aria-labelledby="since">
      <h3 id="since">${t`Since then`}</h3>
      ${words ? html`<p>${words}</p>` : nothing}
      ${data.later.length > 0
        ? html`<ul>
            ${data.later.map((event) => html`<li><span class="muted"><ops-time at=${event.occurredAt} show="exact" coarse></ops-time></span> ${deedOf(event, context)}</li>`)}
            ${data.more ? html`<li class="muted">${t`and more`}</li>` : nothing}
          </ul>`
        : html`<p class="muted">${t`No later change that you may see is recorded.`}</p>`}
    </section>`
  }

  private facts(event: AuditEvent) {
    const { actor, subject, bulkId } = event
    return html`<dl>
      ${fact(t`Event`, html`<code>${event.eventType}</code> ${copy(t`event id`, event.id)}`)}
      ${fact(
        t`Subject`,
        html`${subjectLink(this.base, subject)} <span class="muted">${subjectTypeLabel(subject.type)}</span> ·
          <button type="button" class="text" @click=${() => this.narrow({ subjectType: subject.type, subjectId: subject.id })}>${t`Only this subject`}</button>`,
      )}
      ${fact(
        t`Actor`,
        html`<bdi>${actor.label}</bdi> <span class="muted">${actor.type}</span> ${copy(t`actor id`, actor.id)} ·
          <button type="button" class="text" @click=${() => this.narrow({ actor: actor.id, actorType: actor.type })}>${t`Only this actor`}</button>`,
      )}
      ${fact(t`Outcome`, event.outcome === 'succeeded' ? event.outcome : html`${outcomeChip(event.outcome)} ${event.code ? html`<code>${event.code}</code>` : nothing}`)}
      ${fact(t`Action`, html`<code>${event.action}</code>`)}
      ${fact(t`Request id`, copy(t`request id`, event.requestId))}
      ${event.previewId ? fact(t`Preview id`, copy(t`preview id`, event.previewId)) : nothing}
      ${bulkId ? fact(t`Bulk run`, html`<a href=${forensicsHref(this.base, { type: 'bulk', id: bulkId })}>${t`Outcomes of its jobs`}</a> ${copy(t`bulk id`, bulkId)}`) : nothing}
      ${fact(t`Evidence`, html`<a href=${forensicsHref(this.base, { type: 'audit_event', id: event.id })}>${t`Forensics around it`}</a>`)}
    </dl>`
  }

  private foot(event: AuditEvent) {
    const undo = this.reversing(event)
    return html`<div slot="foot" class="foot">
      ${undo
        ? html`${ownershipLabel('powertools_native')} <button type="button" class="button" data-action=${undo} @click=${this.undo}>${`${tx(operationLabel(undo))}…`}</button>`
        : html`<span class="muted">${t`An event cannot be edited or removed.`}</span>`}
    </div>`
  }

  /** The operation that takes the deed back, if it is possible now for this reader. */
  private reversing(event: AuditEvent): OperationAction | undefined {
    const { data } = this.since
    if (event.outcome !== 'succeeded' || !data?.now.known || data.id !== event.id || !Object.hasOwn(operationActions, event.action)) return undefined
    const undo = undoneBy(event.action as OperationAction)
    if (!undo || event.subject.type === 'bulk') return undefined
    const permission = data.now.operations ? data.now.operations[undo] : this.session?.permissions[undo]
    const undone = data.later.some(({ action, outcome }) => action === undo && outcome === 'succeeded')
    return permission?.allowed && !undone ? undo : undefined
  }

  private readonly undo = async () => {
    const { event } = this
    const action = event && this.reversing(event)
    if (!action) return
    try {
      await loadConfirm()
      this.missing = ''
      await this.confirm.open({ action, id: event.subject.id })
    } catch (error) {
      this.missing = loadFailure(error)
    }
  }

  private async readSince(client: Connection['client'], signal: AbortSignal): Promise<Since> {
    const event = this.event!
    const { type, id } = event.subject
    const [now, { items, nextCursor }] = await Promise.all([
      readNow(client, event, signal),
      client.listAuditEvents({ query: { subjectType: type, subjectId: id, from: event.occurredAt, notEventType: 'host.,audit.,jobs.,bulk.,forensics.,preview.,refusals.', limit: maxRead }, signal }),
    ])
    const changes = items.filter((each) => each.id !== event.id && each.bulkId !== (event.bulkId ?? '') && (each.outcome === 'succeeded' || each.outcome === 'requested')).toReversed()
    return { id: event.id, now, later: changes.slice(0, maxLater), more: changes.length > maxLater || nextCursor !== undefined }
  }

  /** Closes the sheet as the reader does. */
  close(): void {
    this.sheet.close()
  }
}

function fact(name: string, value: unknown) {
  return html`<dt>${name}</dt>
    <dd>${value}</dd>`
}

function copy(label: string, value: string) {
  return html`<ops-copy label=${label} value=${value}></ops-copy>`
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-event-details': OpsEventDetails
  }
}
