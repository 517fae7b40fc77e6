import { html, nothing, type PropertyValues } from 'lit'
import { property, query, state } from 'lit/decorators.js'
import type { Bundle } from '../../schemas/forensics.ts'
import { type ForensicRange, forensicRanges } from '../../schemas/forensics-words.ts'
import type { Problem } from '../../schemas/problem.ts'
import { OpsElement } from '../core/element.ts'
import { later, loadFailure } from '../core/later.ts'
import { element } from '../core/register.ts'
import { Resource } from '../core/resource.ts'
import { t, tr, tx } from '../core/words.ts'
import '../parts/confirm.ts'
import type { Ask, OpsConfirm } from '../parts/confirm.ts'
import { forensicsStyles } from '../parts/forensics-styles.ts'
import { LatePart } from '../parts/late-part.ts'
import { missingPart } from '../parts/missing.ts'
import { problemPanel, staleNote } from '../parts/problem.ts'
import { skeletonRows } from '../parts/quiet.ts'
import { partStyles } from '../parts/styles.ts'
import type { ChosenSubject } from '../parts/subject-chooser.ts'
import { forensicsHref, subjectTypeLabel } from '../parts/subject-link.ts'
import { base, pageStyles } from '../theme/base.ts'

const loadStory = later(() => import('./forensics/story.ts'))
const loadRest = later(() => import('./forensics/later.ts'))

/**
 * Everything that is known about one subject, how far the evidence reaches, and where to go from here. Without a subject it
 * asks for one.
 *
 * @tag ops-forensics
 * @attr {string} api - Where the API is, e.g. `/ops/jobs/api/v1`; not needed inside `ops-provider`.
 * @attr {'light' | 'dark'} theme - Forces a theme.
 * @attr {string} locale - Language of dates, e.g. `de-DE`.
 * @attr {'cron_entry' | 'job' | 'queue' | 'bulk' | 'incident' | 'executor' | 'error_group' | 'audit_event'} subject-type - Kind of the subject.
 * @attr {string} subject-id - Name or id of the subject.
 * @attr {'1h' | '24h' | '21d' | '90d'} range - The window; each subject has its own default.
 * @fires ops-navigate - A link was clicked, or a subject chosen; prevent it to go there yourself. The detail is `{ href }`.
 * @fires ops-operation - An operation was recorded; the detail is its audit event.
 * @slot empty - Shown above the chooser while no subject is given.
 * @slot actions - Controls of the host at the end of the head.
 * @slot details - Content of the host below what is shown.
 * @csspart heading - The heading.
 * @csspart diagnosis - The diagnosis.
 * @csspart evidence - The error, or the state before and after.
 * @csspart next-paths - The available actions, and where to go from here.
 * @csspart timeline - The window drawn over time.
 * @csspart chronology - The history.
 * @csspart chronology-item - One event of the history.
 * @csspart next-path - One of the available actions or ways.
 * @csspart linked - A link to the evidence of something else.
 * @csspart follow-up - What the host does about it.
 * @csspart host-runbook - The host's own runbook.
 * @csspart runbook - What to do.
 * @csspart boundary - How far the evidence reaches.
 * @csspart chip - A status.
 * @csspart ownership - Who owns a path.
 * @cssproperty --ops-page-padding - Space around the element, 16px unless set.
 */
@element('ops-forensics')
export class OpsForensics extends OpsElement {
  static override styles = [base, pageStyles, partStyles, forensicsStyles]

  private readonly story = new LatePart(this, loadStory)
  @query('ops-confirm') private confirm!: OpsConfirm

  @property({ attribute: 'subject-type' }) subjectType = ''
  @property({ attribute: 'subject-id' }) subjectId = ''

  @property() range = ''
  @state() private missing = ''

  private readonly bundle = new Resource(this, {
    connection: () => (this.subjectType && this.subjectId ? this.connection : undefined),
    load: ({ client }, signal) => {
      const { subjectType, subjectId } = this
      return client.getForensics({ params: { subjectType, subjectId }, query: { range: this.wantedRange }, signal })
    },
    key: () => [this.subjectType, this.subjectId, this.range],
    of: () => [this.subjectType, this.subjectId],
    topics: ['cron', 'jobs', 'queues', 'bulk', 'audit', 'incidents'],
  })

  /** Parts that are not needed to see the diagnosis are loaded right after it. */
  protected override firstUpdated() {
    this.loadRest()
  }

  override render() {
    if (!this.subjectType || !this.subjectId) return this.asking()
    return html`
      <header class="page-head">
        <div>${this.breadcrumb()} ${this.heading(this.bundle.data?.subject.label ?? this.subjectId)}</div>
        ${this.tools()}
        <slot name="actions"></slot>
      </header>
      ${this.bundle.render({
        pending: () => skeletonRows(6),
        error: (problem) => problemPanel(problem, this.bundle.reload),
        complete: (bundle, late) => html`${staleNote(late, this.bundle.reload)} ${this.story.render((story) => this.content(bundle, story, late), () => skeletonRows(6))}`,
      })}
      <slot name="details"></slot>
      <ops-confirm @ops-operation=${this.bundle.reload}></ops-confirm>
    `
  }

  protected override updated(changed: PropertyValues) {
    super.updated(changed)
    this.nameSubject(this.bundle.data?.subject.label ?? '')
  }

  private asking() {
    const permission = this.session?.permissions.view_forensics
    return html`
      <header class="page-head">${this.heading(t`Forensics`)}</header>
      ${this.sessionProblem ? problemPanel(this.sessionProblem, () => this.connection?.session.reload()) : nothing}
      ${permission && !permission.allowed
        ? html`<p class="card padded" role="note">${permission.reason ?? t`Your account may not see forensics.`}</p>`
        : html`<slot name="empty"><p class="lead muted">${t`See everything that is known about one entry, job, queue, incident or event. Which one?`}</p></slot>
            <ops-subject-chooser .choose=${this.choose}></ops-subject-chooser>`}
    `
  }

  private breadcrumb() {
    return html`<nav class="breadcrumb small" aria-label=${t`Breadcrumb`}>
      <a class="linked" href="${this.base}/forensics">${t`Forensics`}</a> <span class="muted" aria-hidden="true">/</span>
      <span class="muted">${tx(subjectTypeLabel(this.subjectType))}</span>
    </nav>`
  }

  private tools() {
    const { data } = this.bundle
    if (!data || !this.story.loaded) return nothing
    return html`<div class="tools">
      <span class="muted num">${tr`as of ${html`<ops-time show="relative" live at=${data.asOf}></ops-time>`}`}</span>
      ${data.subject.href ? html`<a class="way" href=${data.subject.href}>${t`Open ${tx(subjectTypeLabel(data.subject.type))}`}</a>` : nothing}
      <ops-export
        .connection=${this.connection}
        .session=${this.session}
        endpoint="exportForensics"
        .formats=${['json', 'markdown']}
        .params=${{ subjectType: this.subjectType, subjectId: this.subjectId }}
        .filters=${{ range: this.wantedRange }}
        name="forensics"
      ></ops-export>
    </div>`
  }

  private content(bundle: Bundle, { lead, nextPathList }: Awaited<ReturnType<typeof loadStory>>, late?: Problem) {
    const unknown = bundle.completeness.state === 'unknown'
    return html`<div class="columns ${late ? 'stale' : ''}">
        <div class="first">
          ${lead(bundle)} ${unknown ? html`<ops-subject-chooser .choose=${this.choose}></ops-subject-chooser>` : nothing}
        </div>
        <div class="side">
          ${nextPathList(bundle.nextPaths, bundle.followUp, this.ask, bundle.linkedResources)}
          <ops-forensics-advice exportparts="boundary, runbook, chip, ownership" .bundle=${bundle}></ops-forensics-advice>
        </div>
        <div class="second">
          ${this.missing
            ? missingPart(this.missing, this.loadRest)
            : unknown && !bundle.chronology.length
              ? nothing
              : html`<ops-forensics-history exportparts="timeline, chronology, chip" .bundle=${bundle} .choose=${this.chooseRange}></ops-forensics-history>`}
        </div>
      </div>`
  }

  private readonly loadRest = (): void => {
    this.missing = ''
    loadRest().catch((error: unknown) => {
      this.missing = loadFailure(error)
    })
  }

  private get wantedRange(): ForensicRange | undefined {
    return Object.hasOwn(forensicRanges, this.range) ? (this.range as ForensicRange) : undefined
  }

  private readonly chooseRange = (range: ForensicRange): void => {
    this.range = range
  }

  private readonly ask = (ask: Ask): void => void this.confirm.open(ask)

  /** A listener may navigate to the subject's URL; otherwise this element shows the subject in place. */
  private readonly choose = (subject: ChosenSubject): void => {
    if (!this.goTo(forensicsHref(this.base, subject))) return
    this.subjectType = subject.type
    this.subjectId = subject.id
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-forensics': OpsForensics
  }
}
