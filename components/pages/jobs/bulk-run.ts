import { html, nothing, type PropertyValues } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { BulkItem, BulkRun } from '../../../schemas/bulk.ts'
import type { Problem } from '../../../schemas/problem.ts'
import { type BulkOutcome, bulkOutcomes, bulkStatuses, leftOverOutcomes, operationActions } from '../../../schemas/vocabulary.ts'
import { OpsElement } from '../../core/element.ts'
import { problemOf } from '../../core/problem.ts'
import { element } from '../../core/register.ts'
import { Resource } from '../../core/resource.ts'
import { formatCount } from '../../../schemas/plural.ts'
import { t, tn, tr, tx } from '../../core/words.ts'
import '../../parts/export.ts'
import { jobLink, jobsHref } from '../../parts/job-link.ts'
import type { Ask } from '../../parts/operation-fields.ts'
import { problemPanel, problemStyles } from '../../parts/problem.ts'
import { tableStyles } from '../../parts/table.ts'
import '../../parts/time.ts'
import { base } from '../../theme/base.ts'
import { bulkFateStyles, bulkFateView, chosenFilters } from './bulk-fate.ts'
import { bulkRunStyles } from './bulk-run-styles.ts'

/** Hints come when a batch is done; between two of them the bar still moves. */
const followMs = 1500

/** What did not go as it should, worst first. */
const notDone: BulkOutcome[] = [...leftOverOutcomes, 'missing']
/** So many jobs can be named in one selection. */
const undoMost = 10_000

/**
 * How a bulk run fares: a bar that fills, counts by outcome, a way to abort it, and at the end what did not go and what to do
 * about it. The run goes on whether or not anybody looks.
 *
 * @tag ops-bulk-run
 * @fires ops-ended - The run has come to its end.
 * @fires ops-close - The person has seen enough of a run that has ended.
 */
@element('ops-bulk-run')
export class OpsBulkRun extends OpsElement {
  static override styles = [base, tableStyles, problemStyles, bulkRunStyles, bulkFateStyles]

  @state() private wanted?: BulkOutcome
  @state() private problem?: Problem
  @state() private busy = false

  @property({ attribute: 'run-id' }) runId = ''
  /** Whether it can be put away once it has ended. */
  @property({ type: Boolean }) closable = false
  /** Whether it was begun just now by this person, who then hears of it first. */
  @property({ type: Boolean }) begun = false
  @property({ attribute: false }) ask: (ask: Ask) => void = () => undefined

  private went?: boolean
  private timer?: ReturnType<typeof setTimeout>

  private readonly run = new Resource(this, {
    connection: () => (this.runId ? this.connection : undefined),
    load: ({ client }, signal) => client.getBulkRun({ params: { id: this.runId }, signal }),
    key: () => this.runId,
    of: () => this.runId,
    topics: ['bulk'],
  })

  private readonly items = new Resource(this, {
    connection: () => (this.wanted ? this.connection : undefined),
    load: ({ client }, signal) => client.listBulkItems({ params: { id: this.runId }, query: { outcome: this.wanted, limit: 50 }, signal }),
    key: () => [this.runId, this.wanted],
    of: () => [this.runId, this.wanted],
    topics: [],
  })

  /** Some of the jobs that failed again, with what they failed for. */
  private readonly failed = new Resource(this, {
    connection: () => (this.run.data?.fate?.counts.failed ? this.connection : undefined),
    load: ({ client }, signal) => client.listJobs({ query: { failedAgain: this.runId, state: 'discarded', limit: 5 }, signal }),
    key: () => [this.runId, this.run.data?.fate?.counts.failed],
    of: () => this.runId,
    topics: [],
  })

  override disconnectedCallback() {
    super.disconnectedCallback()
    clearTimeout(this.timer)
  }

  protected override updated(changed: PropertyValues) {
    super.updated(changed)
    const { data } = this.run
    clearTimeout(this.timer)
    if (!data) return
    const going = underWay(data)
    if (this.went === undefined && this.begun) this.renderRoot.querySelector<HTMLElement>('#title')?.focus()
    if (this.went && !going) this.dispatchEvent(new CustomEvent('ops-ended'))
    this.went = going
    if (going && this.isConnected) this.timer = setTimeout(this.run.reload, followMs)
  }

  override render() {
    return this.run.render<unknown>({
      pending: () => html`<section class="card padded run" role="status">${t`Loading progress…`}</section>`,
      error: (problem) => problemPanel(problem, this.run.reload),
      complete: (run) => this.panel(run),
    })
  }

  private panel(run: BulkRun) {
    return html`<section class="card padded run ${underWay(run) ? 'going' : ''}" aria-labelledby="title">
      <div class="head">
        <h3 id="title" tabindex="-1">${tx(operationActions[run.action].label)} · ${tn(run.eligible, '# job', '# jobs')}</h3>
        <span class="muted small">${tr`by ${html`<bdi>${run.actor.label}</bdi>`}, ${html`<ops-time show="relative" at=${run.startedAt ?? run.createdAt}></ops-time>`}`}</span>
        <a class="linked small" href="${this.base}/forensics/bulk/${encodeURIComponent(run.id)}" aria-label=${t`Evidence of this run`}>${t`Evidence`}</a>
        <span class="end">${this.controls(run)}</span>
      </div>
      ${run.reason ? html`<p class="small muted quote clamp" title=${run.reason}>${run.reason}</p>` : nothing}
      ${chosenFilters(run)} ${this.bar(run)} ${this.outcomes(run)} ${bulkFateView(run, { base: this.base, ask: this.ask, failed: this.failed.data?.items ?? [] })}
      ${this.problem ? html`<p class="small" role="alert"><b>${tx(this.problem.title)}.</b> ${this.problem.detail}</p>` : nothing}
      ${this.wanted ? this.list(this.wanted) : nothing} ${underWay(run) ? nothing : this.nextSteps(run)}
    </section>`
  }

  private controls(run: BulkRun) {
    if (underWay(run)) return html`<button type="button" class="button" ?disabled=${this.busy} @click=${this.abort}>${t`Abort`}</button>`
    if (!this.closable) return nothing
    return html`<button type="button" class="button" @click=${this.close}>${t`Close`}</button>`
  }

  /** What had the focus goes with the run; the heading of the page takes it. */
  private readonly close = () => {
    const root = this.getRootNode() as ShadowRoot
    this.dispatchEvent(new CustomEvent('ops-close', { bubbles: true }))
    root.querySelector<HTMLElement>('.page-title')?.focus()
  }

  private bar(run: BulkRun) {
    const reached = run.eligible - (run.outcomes.waiting ?? 0) - (run.outcomes.aborted ?? 0)
    const share = run.eligible ? Math.floor((reached / run.eligible) * 100) : 100
    const status = run.abortedBy ? t`${tx(bulkStatuses[run.status])} by ${run.abortedBy.label}` : tx(bulkStatuses[run.status])
    const words = t`${status}: ${reached} of ${run.eligible}`
    return html`<div class="progress">
      <progress max="100" value=${share} aria-label=${t`Progress of the run`}>${share} %</progress>
      <span class="num small">${words}${underWay(run) ? ` · ${share} %` : nothing}</span>
      <span class="hidden-text" role="status">${underWay(run) ? t`${Math.floor(share / 25) * 25} % reached` : run.status === 'aborted' ? t`The run was aborted` : t`The run has ended`}</span>
    </div>`
  }

  /** Each outcome with its count, and a way to the list of its jobs. */
  private outcomes(run: BulkRun) {
    const { notEligible } = run
    const outcomes = { ...run.outcomes, not_eligible: run.total - run.eligible }
    const counts = (['done', ...notDone, 'not_eligible'] as const).flatMap((outcome) => (outcomes[outcome] ? [[outcome, outcomes[outcome]] as const] : []))
    const skipped = Object.entries(notEligible)
    return html`<ul class="outcomes">
        ${counts.map(([outcome, count]) => html`<li class=${outcome}>${this.outcome(outcome, count)}</li>`)}
      </ul>
      ${skipped.length > 0
        ? html`<p class="small muted">${t`Not eligible: ${skipped.map(([why, count]) => `${formatCount(count, this.language)}: ${tx(why)}`).join(' · ')}`}</p>`
        : nothing}`
  }

  private outcome(outcome: BulkOutcome, count: number) {
    const words = html`<b class="num">${formatCount(count, this.language)}</b> ${tx(bulkOutcomes[outcome])}`
    const open = this.wanted === outcome
    return html`<button type="button" class="button" aria-expanded=${open} @click=${() => (this.wanted = open ? undefined : outcome)}>${words}</button>`
  }

  private list(outcome: BulkOutcome) {
    return html`<div class="list">
      ${this.items.render<unknown>({
        pending: () => html`<p class="muted">${t`Loading…`}</p>`,
        error: (problem) => problemPanel(problem, this.items.reload),
        complete: ({ items, nextCursor }) => html`<div class="items" tabindex="0" role="region" aria-label=${t`Jobs: ${tx(bulkOutcomes[outcome])}`}>
            <table role="table" aria-label=${t`Jobs: ${tx(bulkOutcomes[outcome])}`}>
              <tbody role="rowgroup">
                ${items.map((item) => this.item(item))}
              </tbody>
            </table>
          </div>
          ${nextCursor ? html`<p class="small muted">${t`These are the first ${items.length}; the export has all of them.`}</p>` : nothing}
          <ops-export .connection=${this.connection} endpoint="exportBulkItems" .params=${{ id: this.runId }} .filters=${{ outcome }} name="bulk-${outcome}"></ops-export>`,
      })}
    </div>`
  }

  private item({ id, queue, state, detail }: BulkItem) {
    return html`<tr role="row">
      <td role="cell">${jobLink(this.base, id)}</td>
      <td role="cell" class="wrap"><bdi>${queue}</bdi></td>
      <td role="cell">${t`was ${tx(state)}`}</td>
      <td role="cell" class="wrap muted">${detail ?? ''}</td>
    </tr>`
  }

  /** What one may want to do next: the rest again, or all of it back. */
  private nextSteps(run: BulkRun) {
    const rest = leftOverOutcomes.reduce((sum, outcome) => sum + (run.outcomes[outcome] ?? 0), 0)
    const done = run.outcomes.done ?? 0
    const undoable = run.action === 'discard_job' && done > 0 && !this.session?.engine.lacks.restore_job
    if (rest === 0 && !undoable) return nothing
    return html`<div class="next">
      ${rest > 0
        ? html`<button type="button" class="button" data-action=${run.action} @click=${() => this.ask({ action: run.action, selection: { bulk: run.id } })}>
            ${t`${tx(operationActions[run.action].label)} the rest (${rest})…`}
          </button>`
        : nothing}
      ${undoable && done <= undoMost
        ? html`<button type="button" class="button" data-action="restore_job" aria-disabled=${this.busy} @click=${this.undo}>${tn(done, 'Undo: restore # job…', 'Undo: restore # jobs…')}</button>`
        : nothing}
    </div>
    ${undoable && done > undoMost
      ? html`<p class="small">
          ${tr`To take it back within 24 hours: ${html`<a class="linked" href=${jobsHref(this.base, { state: 'discarded' })}>${t`choose the discarded jobs`}</a>`} and Restore; only those that were discarded here will be restored.`}
        </p>`
      : nothing}`
  }

  /** The button goes with the run it ends, so the focus stays with what is told of it. One that came to its end meanwhile is no failure. */
  private readonly abort = () =>
    this.attempt(async () => {
      this.renderRoot.querySelector<HTMLElement>('#title')?.focus()
      try {
        await this.connection!.client.abortBulkRun({ params: { id: this.runId } })
      } catch (error) {
        if (problemOf(error).code !== 'illegal_transition') throw error
      }
      this.run.reload()
    })

  private readonly undo = () =>
    this.attempt(async () => {
      const ids: string[] = []
      let cursor: string | undefined
      do {
        const query = { outcome: 'done' as const, limit: 200, cursor }
        const page = await this.connection!.client.listBulkItems({ params: { id: this.runId }, query })
        ids.push(...page.items.map(({ id }) => id))
        cursor = page.nextCursor
      } while (cursor && ids.length < undoMost)
      this.ask({ action: 'restore_job', selection: { ids } })
    })

  private async attempt(act: () => Promise<void>) {
    if (this.busy) return
    this.busy = true
    this.problem = undefined
    try {
      await act()
    } catch (error) {
      this.problem = problemOf(error)
    }
    this.busy = false
  }
}

function underWay({ status }: BulkRun): boolean {
  return status === 'queued' || status === 'running'
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-bulk-run': OpsBulkRun
  }
}
