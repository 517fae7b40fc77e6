import { html, nothing, type PropertyValues } from 'lit'
import { property, query, state } from 'lit/decorators.js'
import type { Bundle, ChronologyItem } from '../../schemas/forensics.ts'
import { type ForensicRange, forensicRanges } from '../../schemas/forensics-words.ts'
import type { Problem } from '../../schemas/problem.ts'
import { provenances } from '../../schemas/vocabulary.ts'
import { OpsElement } from '../core/element.ts'
import { navigate } from '../core/navigate.ts'
import { problemOf } from '../core/problem.ts'
import { element } from '../core/register.ts'
import { Resource } from '../core/resource.ts'
import { chip, completenessChip, statusChip } from '../parts/chip.ts'
import '../parts/chronology.ts'
import { chronologyStyles } from '../parts/chronology.ts'
import '../parts/confirm.ts'
import type { Ask, OpsConfirm } from '../parts/confirm.ts'
import '../parts/export.ts'
import { boundaryStyles, evidenceBoundary } from '../parts/evidence-boundary.ts'
import { forensicsStyles } from '../parts/forensics-styles.ts'
import { nextPathList, nextPathStyles } from '../parts/next-paths.ts'
import { problemPanel, staleNote } from '../parts/problem.ts'
import { skeletonRows } from '../parts/quiet.ts'
import { runbookEntry, runbookStyles } from '../parts/runbook.ts'
import { sentence } from '../parts/sentence.ts'
import { stripStyles } from '../parts/strip.ts'
import { partStyles } from '../parts/styles.ts'
import { timelineStyles, timelineView } from '../parts/timeline.ts'
import '../parts/subject-chooser.ts'
import type { ChosenSubject } from '../parts/subject-chooser.ts'
import { forensicsHref, subjectTypeLabel } from '../parts/subject-link.ts'
import '../parts/time.ts'
import { base, pageStyles } from '../theme/base.ts'


/**
 * Everything that is known of one subject, where that knowledge ends, and where to go from here. Without a subject it
 * asks for one.
 *
 * @tag ops-forensics
 * @attr {string} api - Where the API is, e.g. `/ops/jobs/api/v1`; not needed inside `ops-provider`.
 * @attr {'light' | 'dark'} theme - Forces a theme.
 * @attr {string} locale - Language of dates, e.g. `de-DE`.
 * @attr {string} subject-type - Kind of the subject: `cron_entry`, `job`, `queue`, `bulk`, `incident`, `executor` or `audit_event`.
 * @attr {string} subject-id - Name or id of the subject.
 * @attr {'1h' | '24h' | '21d' | '90d'} range - The window; each subject has its own default.
 * @fires ops-navigate - A link was clicked, or a subject chosen; prevent it to go there yourself. The detail is `{ href }`.
 * @fires ops-operation - An operation was recorded; the detail is its audit event.
 * @slot empty - Shown above the chooser while no subject is given.
 * @csspart heading - The heading.
 * @csspart diagnosis - What is the matter.
 * @csspart evidence - The error, or how it was before and is now.
 * @csspart next-paths - What may be done, and where to go from here.
 * @csspart timeline - The window as a picture.
 * @csspart chronology - What happened.
 * @csspart runbook - What to do.
 * @csspart boundary - How far the evidence reaches.
 * @csspart chip - A status.
 * @csspart ownership - Who owns a path.
 * @cssproperty --ops-page-padding - Space around the element, 16px unless set.
 */
@element('ops-forensics')
export class OpsForensics extends OpsElement {
  static override styles = [
    base,
    pageStyles,
    partStyles,
    stripStyles,
    timelineStyles,
    boundaryStyles,
    runbookStyles,
    nextPathStyles,
    chronologyStyles,
    forensicsStyles,
  ]

  @query('ops-confirm') private confirm!: OpsConfirm

  @property({ attribute: 'subject-type' }) subjectType = ''
  @property({ attribute: 'subject-id' }) subjectId = ''

  @property() range = ''
  @state() private older: Older = nothingOlder

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

  protected override willUpdate(changed: PropertyValues) {
    super.willUpdate(changed)
    if (changed.has('subjectType') || changed.has('subjectId')) this.older = nothingOlder
  }

  override render() {
    if (!this.subjectType || !this.subjectId) return this.asking()
    return html`
      <header class="page-head">
        <div>${this.breadcrumb()} ${this.heading(this.bundle.data?.subject.label ?? this.subjectId)}</div>
        ${this.tools()}
      </header>
      ${this.bundle.render({
        pending: () => skeletonRows(6),
        error: (problem) => problemPanel(problem, this.bundle.reload),
        complete: (bundle, late) => this.content(bundle, late),
      })}
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
      <header class="page-head">${this.heading('Forensics')}</header>
      ${this.sessionProblem ? problemPanel(this.sessionProblem, () => this.connection?.session.reload()) : nothing}
      ${permission && !permission.allowed
        ? html`<p class="card padded" role="note">${permission.reason ?? 'Your account may not see forensics.'}</p>`
        : html`<slot name="empty"><p class="lead muted">See everything that is known about one entry, job, queue, incident or event. Which one?</p></slot>
            <ops-subject-chooser .choose=${this.choose}></ops-subject-chooser>`}
    `
  }

  private breadcrumb() {
    return html`<nav class="breadcrumb small" aria-label="Breadcrumb">
      <a class="linked" href="${this.base}/forensics">Forensics</a> <span class="muted" aria-hidden="true">/</span>
      <span class="muted">${subjectTypeLabel(this.subjectType)}</span>
    </nav>`
  }

  private tools() {
    const { data } = this.bundle
    if (!data) return nothing
    return html`<div class="tools">
      <span class="muted num">as of <ops-time show="relative" at=${data.asOf}></ops-time></span>
      ${data.subject.href ? html`<a class="way" href=${data.subject.href}>Open ${subjectTypeLabel(data.subject.type)}</a>` : nothing}
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

  private content(bundle: Bundle, late?: Problem) {
    const unknown = bundle.completeness.state === 'unknown'
    return html`${staleNote(late, this.bundle.reload)}
      <div class="columns ${late ? 'stale' : ''}">
        <div class="first">
          ${lead(bundle)} ${unknown ? html`<ops-subject-chooser .choose=${this.choose}></ops-subject-chooser>` : nothing}
        </div>
        <div class="side">
          ${nextPathList(bundle.nextPaths, bundle.followUp, this.ask)} ${linked(bundle)} ${evidenceBoundary(bundle)} ${runbookEntry(bundle.runbook)}
        </div>
        <div class="second">
          ${bundle.timeline?.lanes.length ? timelineView(bundle.timeline, { choose: this.chooseRange, ranges: rangesFor(bundle), locale: this.locale }) : nothing}
          ${unknown && !bundle.chronology.length
            ? nothing
            : html`<ops-chronology
                .items=${unite(bundle.chronology, this.older.items)}
                ?more=${(this.older.cursor ?? bundle.nextCursor) !== undefined && !this.older.ended}
                ?loading=${this.older.loading}
                .failure=${this.older.failure}
                @ops-older=${() => void this.loadOlder(bundle)}
              ></ops-chronology>`}
        </div>
      </div>`
  }

  private get wantedRange(): ForensicRange | undefined {
    return Object.hasOwn(forensicRanges, this.range) ? (this.range as ForensicRange) : undefined
  }

  private readonly chooseRange = (range: ForensicRange): void => {
    this.range = range
  }

  /** The page that follows. Lines that a reload pushes out of the bundle stay. */
  private async loadOlder({ nextCursor }: Bundle) {
    const { connection, subjectType, subjectId } = this
    const cursor = this.older.cursor ?? nextCursor
    if (!connection || cursor === undefined || this.older.loading) return
    this.older = { ...this.older, loading: true, failure: '' }
    try {
      const page = await connection.client.listChronology({ params: { subjectType, subjectId }, query: { cursor, limit: 200 } })
      if (subjectType !== this.subjectType || subjectId !== this.subjectId) return
      const known = unite(this.bundle.data?.chronology ?? [], this.older.items)
      this.older = { items: unite(known, page.items), cursor: page.nextCursor, ended: page.nextCursor === undefined, loading: false, failure: '' }
    } catch (error) {
      this.older = { ...this.older, loading: false, failure: problemOf(error).detail }
    }
  }

  private readonly ask = (ask: Ask): void => void this.confirm.open(ask)

  /** A listener may navigate to the subject's URL; otherwise this element shows the subject in place. */
  private readonly choose = (subject: ChosenSubject): void => {
    if (!navigate(this, forensicsHref(this.base, subject))) return
    this.subjectType = subject.type
    this.subjectId = subject.id
  }
}

interface Older {
  items: ChronologyItem[]
  cursor?: string
  ended: boolean
  loading: boolean
  failure: string
}

const nothingOlder: Older = { items: [], ended: false, loading: false, failure: '' }

/** Newest first, as both lists are: what the first does not have follows. */
function unite(items: readonly ChronologyItem[], more: readonly ChronologyItem[]): ChronologyItem[] {
  const known = new Set(items.map(({ source, id }) => `${source} ${id}`))
  return [...items, ...more.filter(({ source, id }) => !known.has(`${source} ${id}`))]
}

/** What is the matter: who, when, how much, and what that changed. */
function lead({ diagnosis, completeness, evidence }: Bundle) {
  const { state } = completeness
  const { status, title, detail, provenance } = diagnosis
  return html`<section class="card lead-card ${state === 'unknown' ? '' : status}" part="diagnosis" aria-labelledby="diagnosis-title">
    <p class="chips">
      ${state === 'unknown' ? nothing : statusChip(status)}
      ${state === 'complete' ? chip('resolved', 'complete evidence') : completenessChip(state)}
    </p>
    <h3 id="diagnosis-title" class="wrap">${sentence(title, { seconds: false })}</h3>
    <p class="small muted wrap" title="Provenance: ${provenances[provenance] ?? provenances.unknown}">${sentence(detail)}<span class="hidden-text"> Provenance: ${provenances[provenance] ?? provenances.unknown}</span></p>
    ${evidence ? evidenceBelow(evidence) : nothing}
  </section>`
}

function evidenceBelow({ error, before, after }: NonNullable<Bundle['evidence']>) {
  return html`<div part="evidence">
    ${error === undefined ? nothing : html`<pre class="error" tabindex="0" aria-label="Error">${error}</pre>`}
    ${before || after ? html`<div class="beside">${before ? facts('Before', before) : nothing} ${after ? facts('After', after) : nothing}</div>` : nothing}
  </div>`
}

function facts(title: string, values: { label: string; value: string }[]) {
  return html`<div>
    <h4>${title}</h4>
    <dl>${values.map(({ label, value }) => html`<dt>${label}</dt><dd class="wrap num">${sentence(value, { seconds: false })}</dd>`)}</dl>
  </div>`
}

/** A queue is measured by the minute, a schedule by the day. */
function rangesFor({ subject }: Bundle): ForensicRange[] {
  return subject.type === 'queue' || subject.type === 'executor' ? ['1h', '24h', '21d'] : ['24h', '21d', '90d']
}

function linked({ linkedResources }: Bundle) {
  if (linkedResources.length === 0) return nothing
  return html`<ul class="card ways" part="linked" aria-label="Linked">
    ${linkedResources.map(({ type, label, href }) => html`<li><a class="wrap" href=${href}>${label}</a> ${label.startsWith(subjectTypeLabel(type)) ? nothing : html`<span class="small muted">${subjectTypeLabel(type)}</span>`}</li>`)}
  </ul>`
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-forensics': OpsForensics
  }
}
