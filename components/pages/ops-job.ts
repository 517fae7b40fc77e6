import { adoptStyles, html, nothing, type PropertyValues } from 'lit'
import { property, query, state } from 'lit/decorators.js'
import { auditPath, evidencePath, operationActions } from '../../schemas/actions.ts'
import type { JobDetail } from '../../schemas/job.ts'
import type { Problem } from '../../schemas/problem.ts'
import { jobStates } from '../../schemas/vocabulary.ts'
import { OpsElement } from '../core/element.ts'
import type { Key, Keys } from '../core/keys.ts'
import { later, loadFailure } from '../core/later.ts'
import { element } from '../core/register.ts'
import { Resource } from '../core/resource.ts'
import { t, tr, tx } from '../core/words.ts'
import '../parts/confirm.ts'
import type { Ask, OpsConfirm } from '../parts/confirm.ts'
import { jobsHref } from '../parts/job-link.ts'
import { stateChip } from '../parts/job-state.ts'
import { problemPanel, staleNote } from '../parts/problem.ts'
import { skeletonRows } from '../parts/quiet.ts'
import { partStyles } from '../parts/styles.ts'
import '../parts/time.ts'
import { base, pageStyles } from '../theme/base.ts'
import { jobActions, refusalOf } from './job/actions.ts'
import type { Neighbours } from './job/neighbours.ts'
import { jobStyles } from './job/styles.ts'

/** What is shown of the job, loaded while the job itself is on its way. */
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
 * @slot actions - Controls of the host at the end of the head.
 * @slot details - Content of the host below what is shown.
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
  static override styles = [base, pageStyles, partStyles, jobStyles]

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

  override connectedCallback() {
    super.connectedCallback()
    if (!this.rest) void this.loadRest()
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
        <slot name="actions"></slot>
      </header>
      ${data && !gone ? refusalOf(data) : nothing}
      ${this.job.render<unknown>({
        pending: () => skeletonRows(6),
        error: (problem) => this.lost(problem),
        complete: (job, late) => html`${late?.code === 'not_found' ? this.gone() : staleNote(late, this.job.reload)} ${this.content(job, late)}
          ${late?.code === 'not_found' ? nothing : html`<div class="thumb">${this.actions(job)}</div>`}`,
      })}
      <p class="hidden-text" role="status">${this.said}</p>
      <slot name="details"></slot>
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
    if (data) this.nameSubject(`${data.worker ?? data.queue} ${tx(jobStates[data.state] ?? data.state)}`)
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
    const { rest, base, ask } = this
    return html`<div class="columns ${late ? 'stale' : ''}">
      <div class="first">${rest?.jobStory(job, { base, locale: this.language, ask, asList: this.asList, toggleList: this.toggleList }) ?? this.restFailure()}</div>
      <div class="side">${rest?.jobSide(job, { base, forensicsHref: this.forensicsHref, auditHref: this.auditHref, ask }) ?? nothing}</div>
    </div>`
  }

  private restFailure() {
    if (!this.restFailed) return skeletonRows(6)
    return html`<section class="card padded" role="alert"><p class="wrap">${t`The facts of this job could not be loaded.`} ${this.restFailed}</p>
      <button type="button" class="button" @click=${this.loadRest}>${t`Try again`}</button></section>`
  }

  protected keys?: Keys

  /** What may be done with keys; they work once what is shown is loaded. */
  private readonly shortcuts = (): Key[] => [
    { keys: 'R', label: t`Retry…`, group: 'chosen', run: () => this.askFor('retry_job') },
    { keys: 'C', label: t`Cancel…`, group: 'chosen', run: () => this.askFor('cancel_job') },
    { keys: '[', label: t`Previous job of the list`, group: 'list', run: () => this.step('previous') },
    { keys: ']', label: t`Next job of the list`, group: 'list', run: () => this.step('next') },
  ]

  private readonly toggleList = () => {
    this.asList = !this.asList
  }

  private readonly loadRest = async () => {
    this.restFailed = ''
    try {
      const rest = await loadRest()
      adoptStyles(this.renderRoot as ShadowRoot, [...OpsJob.elementStyles, ...rest.restStyles])
      this.keys ??= new rest.Keys(this, this.shortcuts)
      this.rest = rest
    } catch (error) {
      this.restFailed = loadFailure(error)
    }
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
