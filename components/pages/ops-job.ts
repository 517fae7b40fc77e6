import { adoptStyles, html, nothing, type PropertyValues } from 'lit'
import { property, query, state } from 'lit/decorators.js'
import { auditPath, evidencePath, operationActions } from '../../schemas/actions.ts'
import type { JobDetail } from '../../schemas/job.ts'
import type { Problem } from '../../schemas/problem.ts'
import { jobStates, waitReasons } from '../../schemas/vocabulary.ts'
import { OpsElement } from '../core/element.ts'
import { Keys } from '../core/keys.ts'
import { later, loadFailure } from '../core/later.ts'
import { element } from '../core/register.ts'
import { Resource } from '../core/resource.ts'
import { t, tr } from '../core/words.ts'
import '../parts/confirm.ts'
import type { Ask, OpsConfirm } from '../parts/confirm.ts'
import '../parts/copy.ts'
import { diffStyles, json } from '../parts/diff.ts'
import { histogramStyles } from '../parts/histogram.ts'
import { jobsHref } from '../parts/job-link.ts'
import { stateChip } from '../parts/job-state.ts'
import { problemPanel, staleNote } from '../parts/problem.ts'
import { skeletonRows } from '../parts/quiet.ts'
import { sentence } from '../parts/sentence.ts'
import { partStyles } from '../parts/styles.ts'
import '../parts/time.ts'
import { base, pageStyles } from '../theme/base.ts'
import { jobActions, refusalOf } from './job/actions.ts'
import { fateStyles, jobFate } from './job/fate.ts'
import { lasted } from './job/lasted.ts'
import { lifeBar, lifeStyles } from './job/life-bar.ts'
import type { Neighbours } from './job/neighbours.ts'
import { jobStyles } from './job/styles.ts'

/** What is beside and below the story comes a moment later. */
const loadRest = later(() => import('./job/rest.ts'))

/**
 * One job: what has become of it, its error, its life in time, its arguments, where it came from, what was done to it, and what may
 * be done now.
 *
 * @tag ops-job
 * @attr {string} api - Where the API is, e.g. `/ops/jobs/api/v1`; not needed inside `ops-provider`.
 * @attr {'light' | 'dark'} theme - Forces a theme.
 * @attr {string} locale - Language of dates, e.g. `de-DE`.
 * @attr {string} job-id - Id of the job.
 * @attr {string} list - The list it was opened from, as its query, e.g. `queue=mail&state=discarded`; gives the way to the jobs beside it.
 * @fires ops-navigate - A link was clicked; prevent it to go there yourself. The detail is `{ href }`.
 * @fires ops-operation - An operation was recorded; the detail is its audit event.
 * @slot empty - Shown while no job is given.
 * @csspart heading - The heading.
 * @csspart actions - The available actions.
 * @csspart fate - What has become of it.
 * @csspart error - Its error, with the stack.
 * @csspart alike - How many others fail alike.
 * @csspart overdue - That it runs far longer than usual.
 * @csspart waiting - Why it does not run.
 * @csspart attempt - One attempt, in the list of its life.
 * @csspart next-paths - Where to go from here.
 * @csspart chip - A state.
 * @cssproperty --ops-page-padding - Space around the element, 16px unless set.
 */
@element('ops-job')
export class OpsJob extends OpsElement {
  static override styles = [base, pageStyles, partStyles, diffStyles, histogramStyles, fateStyles, lifeStyles, jobStyles]

  @query('ops-confirm') private confirm!: OpsConfirm
  @state() private rest?: Awaited<ReturnType<typeof loadRest>>
  @state() private restFailed = ''
  @state() private asList = false
  @state() private said = ''

  @property({ attribute: 'job-id' }) jobId = ''
  /** The list it was opened from, as its query. */
  @property() list = ''

  private readonly job = new Resource(this, {
    connection: () => (this.jobId ? this.connection : undefined),
    load: ({ client }, signal) => client.getJob({ params: { id: this.jobId }, signal }),
    key: () => this.jobId,
    of: () => this.jobId,
    topics: ['jobs', 'bulk', 'queues', 'audit'],
  })

  /** Read once: the way through a list stays as it was when the job was opened. */
  private readonly beside = new Resource<Neighbours>(this, {
    connection: () => (this.jobId && this.list && this.rest ? this.connection : undefined),
    load: (connection, signal) => this.rest!.findNeighbours(connection, this.list, this.jobId, signal),
    key: () => [this.jobId, this.list],
    of: () => this.jobId,
    topics: [],
  })

  protected readonly keys = new Keys(this, () => [
    { keys: 'R', label: t`Retry…`, group: 'chosen', run: () => this.askFor('retry_job') },
    { keys: 'C', label: t`Cancel…`, group: 'chosen', run: () => this.askFor('cancel_job') },
    { keys: '[', label: t`Previous job of the list`, group: 'list', run: () => this.step('previous') },
    { keys: ']', label: t`Next job of the list`, group: 'list', run: () => this.step('next') },
  ])

  override connectedCallback() {
    super.connectedCallback()
    if (!this.rest) void this.updateComplete.then(this.loadRest)
  }

  override render() {
    if (!this.jobId) return html`<header class="page-head">${this.heading(t`Job`)}</header><slot name="empty"><p class="muted">${t`No job is given.`}</p></slot>`
    const { data } = this.job
    const gone = this.job.problem?.code === 'not_found'
    return html`
      <div class="way-back">${this.breadcrumb(data)} ${this.rest?.stepper(this.base, this.beside.data ?? {}) ?? nothing}</div>
      <header class="page-head">
        <div class="who">${this.heading(data?.worker ?? data?.queue ?? t`Job`)} ${data ? html`${stateChip(data.state)} <bdi class="muted small wrap">${inShort(data.args)}</bdi>` : nothing}</div>
        ${data && !gone ? html`<div class="acts" part="actions">${this.actions(data)}</div>` : nothing}
      </header>
      ${data && !gone ? refusalOf(data) : nothing}
      ${this.job.render<unknown>({
        pending: () => skeletonRows(6),
        error: (problem) => this.lost(problem),
        complete: (job, late) => html`${late?.code === 'not_found' ? this.gone() : staleNote(late, this.job.reload)} ${this.content(job, late)}
          ${late?.code === 'not_found' ? nothing : html`<div class="thumb">${this.actions(job)}</div>`}`,
      })}
      <p class="hidden-text" role="status">${this.said}</p>
      <ops-confirm @ops-operation=${this.job.reload}></ops-confirm>
    `
  }

  protected override willUpdate(changed: PropertyValues) {
    super.willUpdate(changed)
    if (changed.has('jobId')) Object.assign(this, { asList: false, said: '' })
  }

  protected override updated(changed: PropertyValues) {
    super.updated(changed)
    const { data } = this.job
    if (data) this.nameSubject(`${data.worker ?? data.queue} ${jobStates[data.state] ?? data.state}`)
  }

  private breadcrumb(job: JobDetail | undefined) {
    return html`<nav class="small" aria-label=${t`Breadcrumb`}>
      <a class="linked" href=${this.rest?.listHref(this.base, this.list) ?? `${this.base}/list`}>${t`Jobs`}</a>
      ${job ? html`<span class="muted" aria-hidden="true">/</span> <a class="linked wrap" href=${jobsHref(this.base, { queue: job.queue })}><bdi>${job.queue}</bdi></a>` : nothing}
    </nav>`
  }

  private actions(job: JobDetail) {
    const address = new URL(`${this.connection?.api ?? ''}/jobs/${encodeURIComponent(job.id)}`, location.href).href
    const doing = { job, address, ask: this.ask, say: (words: string) => (this.said = words) }
    return jobActions(doing, this.rest?.jobMenu(doing))
  }

  /** The engine may have removed the job; our records about it remain. */
  private lost(problem: Problem) {
    return html`${problemPanel(problem, this.job.reload)} ${problem.code === 'not_found' ? html`<p class="remains">${this.remains()}</p>` : nothing}`
  }

  /** The job disappeared while it was shown: the last data stays readable, but no operation is possible any more. */
  private gone() {
    return html`<p class="card read-only" role="status">
      <b>${t`This job is gone.`}</b> ${t`The engine no longer has it, or you may no longer see it; below is what was last seen.`} ${this.remains()}
    </p>`
  }

  private remains() {
    return tr`What was done to it stays on record: ${html`<a class="linked" href=${this.forensicsHref}>${t`forensics`}</a>`} · ${html`<a class="linked" href=${this.auditHref}>${t`audit events`}</a>`}`
  }

  private content(job: JobDetail, late?: Problem) {
    return html`<div class="columns ${late ? 'stale' : ''}">
      <div class="first">
        ${jobFate(job, { base: this.base, locale: this.language, ask: this.ask })} ${this.waiting(job)} ${this.life(job)}
        <div class="values">${this.value(t`Arguments`, job.args)} ${this.result(job)}</div>
        ${this.value(t`Meta`, job.meta, true)}
      </div>
      <div class="side">${this.rest?.jobSide(job, { base: this.base, forensicsHref: this.forensicsHref, auditHref: this.auditHref, ask: this.ask }) ?? this.restFailure()}</div>
    </div>`
  }

  private life(job: JobDetail) {
    const { createdAt, finishedAt, asOf, state: now } = job
    const whole = lasted(Date.parse(finishedAt ?? asOf) - Date.parse(createdAt))
    return html`<section class="card" aria-labelledby="life-title">
      <div class="section-head head">
        <h3 id="life-title">${t`Its life in time`}</h3>
        <span class="muted small num">${finishedAt && now !== 'retryable' ? t`${whole} from its creation to its end` : t`${whole} so far`}</span>
        <button type="button" class="link" aria-expanded=${this.asList} @click=${() => (this.asList = !this.asList)}>${t`As a list`}</button>
      </div>
      ${lifeBar(job, this.language)} ${this.asList && this.rest ? this.rest.lifeAsList(job) : nothing} ${missing(job)}
    </section>`
  }

  private restFailure() {
    if (!this.restFailed) return skeletonRows(4)
    return html`<section class="card padded" role="alert"><p class="wrap">${t`The facts of this job could not be loaded.`} ${this.restFailed}</p>
      <button type="button" class="button" @click=${this.loadRest}>${t`Try again`}</button></section>`
  }

  private readonly loadRest = async () => {
    this.restFailed = ''
    try {
      const rest = await loadRest()
      adoptStyles(this.renderRoot as ShadowRoot, [...OpsJob.elementStyles, ...rest.restStyles])
      this.rest = rest
    } catch (error) {
      this.restFailed = loadFailure(error)
    }
  }

  private waiting({ waiting }: JobDetail) {
    if (waiting.length === 0) return nothing
    return html`<section class="card padded why" part="waiting" aria-labelledby="why-title">
      <h3 id="why-title" class="section-title">${t`Why it is not running`}</h3>
      <ul>
        ${waiting.map(({ reason, detail }) => html`<li><b>${waitReasons[reason] ?? reason}</b> <span class="wrap muted">${sentence(detail)}</span></li>`)}
      </ul>
    </section>`
  }

  private value(title: string, value: unknown, folded = false) {
    if (value === undefined || value === null) return nothing
    if (folded) return html`<details class="card padded"><summary>${title}</summary>${json(value)}</details>`
    return html`<section class="card padded" aria-label=${title}>
      <h3 class="section-title">${title}</h3>
      ${json(value)}
    </section>`
  }

  private result({ output, state: now, operations }: JobDetail) {
    if (output !== undefined && output !== null) return this.value(t`Result`, output)
    const none = now === 'completed' ? t`None is stored.` : t`None: no attempt has completed.`
    return html`<section class="card padded" aria-label=${t`Result`}>
      <h3 class="section-title">${t`Result`}</h3>
      <p class="muted small">${none} ${operations.retry_job?.allowed ? t`A retry runs it once more with the same arguments. Whatever it did outside, such as sending a mail, is not undone.` : nothing}</p>
    </section>`
  }

  private get forensicsHref(): string {
    return this.base + evidencePath('job', this.jobId)
  }

  private get auditHref(): string {
    return this.base + auditPath('job', this.jobId)
  }

  private askFor(action: 'retry_job' | 'cancel_job') {
    const { data } = this.job
    if (!data?.operations[action]?.allowed) return false
    this.ask({ action, id: data.id })
    return true
  }

  /** As a click on the link, so that a host hears of it. */
  private step(to: 'previous' | 'next') {
    const link = this.renderRoot.querySelector<HTMLAnchorElement>(`a.step.${to}`)
    link?.click()
    return link !== null
  }

  /** Operations refer to the version of the job shown here. */
  private readonly ask = (ask: Ask): void => {
    const { data } = this.job
    const ours = operationActions[ask.action].subject === 'job' && ask.id === data?.id
    void this.confirm.open(ours ? { ...ask, seen: data?.version } : ask)
  }
}

/** What is missing; some engines store the errors of earlier attempts, but not their times. */
function missing({ attempts, attemptsKept, attempt }: JobDetail) {
  const note = (words: string) => html`<p class="muted small none">${words}</p>`
  if (attemptsKept === 'all' || attempt === 0) return nothing
  if (attemptsKept === 'none') return note(t`This engine keeps no attempts; the number is how many were started.`)
  if (attempts.length < attempt) return note(t`This engine keeps only the last attempt; what came before is unknown.`)
  return attempts.some(({ startedAt }) => !startedAt) ? note(t`This engine keeps the times of the last attempt only.`) : nothing
}

/** The first plain values of the arguments, which tell one job of a queue from another. */
function inShort(args: unknown): string {
  if (typeof args !== 'object' || args === null) return ''
  const plain = Object.entries(args).filter(([, value]) => typeof value === 'number' || (typeof value === 'string' && value.length <= 40))
  return plain.slice(0, 3).map(([name, value]) => `${name} ${value}`).join(' · ')
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-job': OpsJob
  }
}
