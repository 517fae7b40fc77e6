import { html, nothing, type PropertyValues } from 'lit'
import { property, query } from 'lit/decorators.js'
import { auditPath, evidencePath, operationActions } from '../../schemas/actions.ts'
import type { JobDetail } from '../../schemas/job.ts'
import type { Problem } from '../../schemas/problem.ts'
import { jobStates, waitReasons } from '../../schemas/vocabulary.ts'
import { OpsElement } from '../core/element.ts'
import { element } from '../core/register.ts'
import { Resource } from '../core/resource.ts'
import { completenessChip } from '../parts/chip.ts'
import '../parts/confirm.ts'
import type { Ask, OpsConfirm } from '../parts/confirm.ts'
import '../parts/copy.ts'
import { diffStyles, json } from '../parts/diff.ts'
import { jobsHref } from '../parts/job-link.ts'
import { stateChip } from '../parts/job-state.ts'
import { nextPathList, nextPathStyles } from '../parts/next-paths.ts'
import { problemPanel, staleNote } from '../parts/problem.ts'
import { skeletonRows } from '../parts/quiet.ts'
import { sentence } from '../parts/sentence.ts'
import { partStyles } from '../parts/styles.ts'
import '../parts/time.ts'
import { base, pageStyles } from '../theme/base.ts'
import { attemptList, attemptStyles } from './job/attempts.ts'
import { jobEvents, jobTimeline, timelineStyles } from './job/history.ts'
import { jobFacts, jobOrigin } from './job/facts.ts'
import { jobActions } from './job/actions.ts'
import { jobStyles } from './job/styles.ts'

/**
 * One job: what it is, why it does not run, every attempt the engine kept, where it came from, what was done to it, and what may
 * be done now.
 *
 * @tag ops-job
 * @attr {string} api - Where the API is, e.g. `/ops/jobs/api/v1`; not needed inside `ops-provider`.
 * @attr {'light' | 'dark'} theme - Forces a theme.
 * @attr {string} locale - Language of dates, e.g. `de-DE`.
 * @attr {string} job-id - Id of the job.
 * @fires ops-navigate - A link was clicked; prevent it to go there yourself. The detail is `{ href }`.
 * @fires ops-operation - An operation was recorded; the detail is its audit event.
 * @slot empty - Shown while no job is given.
 * @csspart heading - The heading.
 * @csspart actions - The available actions.
 * @csspart waiting - Why it does not run.
 * @csspart attempt - One attempt.
 * @csspart next-paths - Where to go from here.
 * @csspart chip - A state.
 * @cssproperty --ops-page-padding - Space around the element, 16px unless set.
 */
@element('ops-job')
export class OpsJob extends OpsElement {
  static override styles = [base, pageStyles, partStyles, diffStyles, nextPathStyles, attemptStyles, timelineStyles, jobStyles]

  @query('ops-confirm') private confirm!: OpsConfirm

  @property({ attribute: 'job-id' }) jobId = ''

  private readonly job = new Resource(this, {
    connection: () => (this.jobId ? this.connection : undefined),
    load: ({ client }, signal) => client.getJob({ params: { id: this.jobId }, signal }),
    key: () => this.jobId,
    of: () => this.jobId,
    topics: ['jobs', 'bulk', 'queues', 'audit'],
  })

  override render() {
    if (!this.jobId) return html`<header class="page-head">${this.heading('Job')}</header><slot name="empty"><p class="muted">No job is given.</p></slot>`
    const { data } = this.job
    return html`
      <header class="page-head">
        <div class="who">${this.breadcrumb(data)} ${this.heading(data?.worker ?? data?.queue ?? 'Job')} ${this.identity(data)}</div>
        ${data ? html`<span class="muted num">as of <ops-time show="relative" at=${data.asOf}></ops-time></span>` : nothing}
      </header>
      ${this.job.render<unknown>({
        pending: () => skeletonRows(6),
        error: (problem) => this.lost(problem),
        complete: (job, late) => html`${late?.code === 'not_found' ? this.gone() : staleNote(late, this.job.reload)} ${this.content(job, late)}`,
      })}
      <ops-confirm @ops-operation=${this.job.reload}></ops-confirm>
    `
  }

  protected override updated(changed: PropertyValues) {
    super.updated(changed)
    const { data } = this.job
    if (data) this.nameSubject(`${data.worker ?? data.queue} ${jobStates[data.state] ?? data.state}`)
  }

  private breadcrumb(job: JobDetail | undefined) {
    return html`<nav class="small" aria-label="Breadcrumb">
      <a class="linked" href="${this.base}/list">Jobs</a>
      ${job ? html`<span class="muted" aria-hidden="true">/</span> <a class="linked wrap" href=${jobsHref(this.base, { queue: job.queue })}>${job.queue}</a>` : nothing}
    </nav>`
  }

  private identity(job: JobDetail | undefined) {
    return html`<p class="identity">
      ${job ? stateChip(job.state) : nothing}
      ${job && job.engineState !== job.state ? html`<span class="muted small">the engine says <code>${job.engineState}</code></span>` : nothing}
      <ops-copy label="job id" whole value=${this.jobId}></ops-copy>
    </p>`
  }

  /** The engine may have removed the job; our records about it remain. */
  private lost(problem: Problem) {
    return html`${problemPanel(problem, this.job.reload)} ${problem.code === 'not_found' ? html`<p class="remains">${this.remains()}</p>` : nothing}`
  }

  /** The job disappeared while it was shown: the last data stays readable, but no operation is possible any more. */
  private gone() {
    return html`<p class="card read-only" role="status">
      <b>This job is gone.</b> The engine no longer has it, or you may no longer see it; below is what was last seen. ${this.remains()}
    </p>`
  }

  private remains() {
    return html`What was done to it stays on record: <a class="linked" href=${this.forensicsHref}>forensics</a> ·
      <a class="linked" href=${this.auditHref}>audit events</a>`
  }

  private content(job: JobDetail, late?: Problem) {
    return html`<div class="columns ${late ? 'stale' : ''}">
      <div class="may">${late?.code === 'not_found' ? nothing : jobActions(job, this.ask)}</div>
      <div class="first">
        ${this.waiting(job)} ${attemptList(job)} ${this.value('Arguments', job.args)} ${this.value('Output', job.output)} ${this.value('Meta', job.meta)}
        ${jobTimeline(job)} ${jobEvents(job, this.base, this.auditHref)}
      </div>
      <div class="side">
        ${jobFacts(job, this.base)} ${jobOrigin(job, this.base)} ${this.evidence(job)}
        ${job.forensics ? nextPathList(furtherPaths(job), undefined, this.ask) : nothing}
      </div>
    </div>`
  }

  private waiting({ waiting }: JobDetail) {
    if (waiting.length === 0) return nothing
    return html`<section class="card padded why" part="waiting" aria-labelledby="why-title">
      <h3 id="why-title" class="section-title">Why it is not running</h3>
      <ul>
        ${waiting.map(({ reason, detail }) => html`<li><b>${waitReasons[reason] ?? reason}</b> <span class="wrap muted">${sentence(detail)}</span></li>`)}
      </ul>
    </section>`
  }

  private value(title: string, value: unknown) {
    if (value === undefined || value === null) return nothing
    return html`<section class="card padded" aria-label=${title}>
      <h3 class="section-title">${title}</h3>
      ${json(value)}
    </section>`
  }

  private evidence({ forensics }: JobDetail) {
    if (!forensics) return nothing
    const { state, reasons } = forensics.completeness
    return html`<section class="card padded" aria-labelledby="evidence-title">
      <h3 id="evidence-title" class="section-title">Evidence</h3>
      <p>${completenessChip(state)} <a class="linked" href=${this.forensicsHref}>Open forensics</a></p>
      ${reasons.length > 0 ? html`<ul class="reasons small muted">${reasons.map((reason) => html`<li class="wrap">${sentence(reason)}</li>`)}</ul>` : nothing}
    </section>`
  }

  private get forensicsHref(): string {
    return this.base + evidencePath('job', this.jobId)
  }

  private get auditHref(): string {
    return this.base + auditPath('job', this.jobId)
  }

  /** Operations refer to the version of the job shown here. */
  private readonly ask = (ask: Ask): void => {
    const { data } = this.job
    const ours = operationActions[ask.action].subject === 'job' && ask.id === data?.id
    void this.confirm.open(ours ? { ...ask, seen: data?.version } : ask)
  }
}

/** Operations on the job itself are already shown at the top. */
function furtherPaths({ id, forensics }: JobDetail) {
  return forensics?.nextPaths.filter(({ operation }) => operation?.subject.type !== 'job' || operation.subject.id !== id) ?? []
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-job': OpsJob
  }
}
