import { html, nothing, type PropertyValues } from 'lit'
import { property, query, state } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import { operationsOn } from '../../schemas/actions.ts'
import type { Queue } from '../../schemas/queue.ts'
import { OpsElement } from '../core/element.ts'
import { filtered } from '../core/filter.ts'
import { element } from '../core/register.ts'
import { Resource } from '../core/resource.ts'
import '../parts/confirm.ts'
import type { Ask, OpsConfirm } from '../parts/confirm.ts'
import { countOf } from '../../schemas/plural.ts'
import { pager } from '../parts/pager.ts'
import { problemPanel, staleNote } from '../parts/problem.ts'
import { onlyNamed } from '../parts/queue-name.ts'
import { emptyState, skeletonRows } from '../parts/quiet.ts'
import { readOnlyBanner } from '../parts/refusal.ts'
import { partStyles } from '../parts/styles.ts'
import { tableStyles } from '../parts/table.ts'
import '../parts/time.ts'
import { base, pageStyles } from '../theme/base.ts'
import { chartStyles } from './queues/chart.ts'
import { queueRow } from './queues/row.ts'
import { ageNote } from './queues/age.ts'
import { queuesStyles } from './queues/styles.ts'

/**
 * Queues: how deep, how fast, how long jobs wait, who works on them, and whether somebody paused them.
 *
 * The charts are drawn by hand as SVG: three rows of sixty bars need about 1 kB of code, where a charting library (uPlot: 48 kB
 * before compression) would weigh more than the whole element. Each chart says in words what it shows.
 *
 * @tag ops-queues
 * @attr {string} api - Where the API is, e.g. `/ops/jobs/api/v1`; not needed inside `ops-provider`.
 * @attr {'light' | 'dark'} theme - Forces a theme.
 * @attr {string} locale - Language of dates and numbers, e.g. `de-DE`.
 * @attr {string} queue - Only the queue with this name.
 * @fires ops-navigate - A link was clicked; prevent it to go there yourself. The detail is `{ href }`.
 * @fires ops-filter - The person changed what is shown. The detail is `{ path, query }`.
 * @fires ops-operation - An operation was recorded; the detail is its audit event.
 * @slot empty - Shown when there are no queues.
 * @csspart heading - The heading.
 * @csspart limits - What the engine does not do or tell.
 * @csspart row - One queue.
 * @csspart chart - One of its charts.
 * @csspart actions - The buttons of one queue.
 * @csspart chip - A status.
 * @cssproperty --ops-page-padding - Space around the element, 16px unless set.
 */
@element('ops-queues')
export class OpsQueues extends OpsElement {
  static override styles = [base, tableStyles, pageStyles, partStyles, chartStyles, queuesStyles]

  @query('ops-confirm') private confirm!: OpsConfirm
  @state() private trail: string[] = []

  @property() queue = ''

  private readonly queues = new Resource(this, {
    connection: () => this.connection,
    load: async ({ client }, signal) => {
      const query = { name: this.queue || undefined, cursor: this.trail.at(-1), ...(this.queue ? { limit: 200 } : {}) }
      return onlyNamed(await client.listQueues({ query, signal }), this.queue)
    },
    key: () => [this.queue, this.trail],
    topics: ['queues', 'jobs'],
  })

  protected override updated(changed: PropertyValues) {
    super.updated(changed)
    this.nameSubject(this.queue)
  }

  override render() {
    return html`
      <header class="page-head">${this.heading('Queues')} ${this.asOf()}</header>
      ${this.readOnly ? readOnlyBanner(this.readOnly) : nothing}
      ${this.queue
        ? html`<p class="only">Only <b class="wrap">${this.queue}</b> <button type="button" class="button" @click=${this.showAll}>Show all queues</button></p>`
        : nothing}
      ${this.queues.render<unknown>({
        pending: () => skeletonRows(5),
        error: (problem) => problemPanel(problem, this.queues.reload),
        complete: ({ items, nextCursor }, late) => html`
          ${staleNote(late, this.queues.reload)} ${items.length > 0 ? this.table(items) : this.nothingThere()}
          ${pager({ trail: this.trail, next: nextCursor, move: (trail) => (this.trail = trail) })}
        `,
      })}
      <ops-confirm @ops-operation=${this.queues.reload}></ops-confirm>
    `
  }

  private asOf() {
    const { data } = this.queues
    if (!data) return nothing
    return html`<span class="muted num">
      ${countOf(data.items.length, 'queue', undefined, this.language)}${data.nextCursor ? '+' : ''} · as of <ops-time show="relative" at=${data.items[0]?.asOf ?? data.asOf}></ops-time>
    </span>`
  }

  private table(items: Queue[]) {
    return html`${ageNote(items)} ${this.limits()}
      <div class="card ${this.queues.problem ? 'stale' : ''}">
        <table role="table" aria-label="Queues">
          <thead role="rowgroup">
            <tr role="row">
              <th scope="col" role="columnheader" class="name-column">Queue</th>
              <th scope="col" role="columnheader" class="depth-column">Now</th>
              <th scope="col" role="columnheader">Last hour</th>
              <th scope="col" role="columnheader" class="status-column">Status</th>
              <th scope="col" role="columnheader" class="do-column">Actions</th>
            </tr>
          </thead>
          <tbody role="rowgroup">
            ${repeat(
              items,
              ({ name }) => name,
              (queue) => queueRow(queue, { base: this.base, said: [this.readOnly, ...this.lacks], ask: this.ask, mayOpen: (href) => this.mayOpen(href), locale: this.language }),
            )}
          </tbody>
        </table>
      </div>`
  }

  private nothingThere() {
    if (this.queue) return emptyState('There is no such queue', 'The engine may have removed it, the address is mistyped, or your account may not see it.')
    return emptyState('No queues', 'What the engine has appears here within seconds of the first job.')
  }

  /** What this engine does not do or tell holds for every queue alike, so it is said once. */
  private limits() {
    if (this.lacks.length === 0) return nothing
    return html`<p class="card read-only" role="note" part="limits"><b>Not on this engine.</b> ${this.lacks.join(' ')}</p>`
  }

  private get lacks(): string[] {
    const { pause_queue, resume_queue, scale_queue, executors } = this.session?.engine.lacks ?? {}
    return [...new Set([pause_queue, pause_queue ? undefined : resume_queue, scale_queue, executors])].filter((lack) => lack !== undefined)
  }

  /** Why this actor may change no queue at all; said once on top. */
  private get readOnly(): string {
    const permissions = operationsOn('queue').flatMap((action) => this.session?.permissions[action] ?? [])
    if (permissions.length === 0 || permissions.some(({ allowed }) => allowed)) return ''
    return permissions[0]!.reason ?? 'Your account may not do this.'
  }

  private readonly ask = (ask: Ask): void => void this.confirm.open(ask)

  private readonly showAll = () => {
    this.queue = ''
    this.trail = []
    filtered(this, { path: '/queues', query: {} })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-queues': OpsQueues
  }
}
