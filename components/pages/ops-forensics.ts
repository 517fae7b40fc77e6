import { html, nothing, type PropertyValues } from 'lit'
import { property, query } from 'lit/decorators.js'
import type { Bundle } from '../../schemas/forensics.ts'
import type { Problem } from '../../schemas/problem.ts'
import { provenances } from '../../schemas/vocabulary.ts'
import { OpsElement } from '../core/element.ts'
import { navigate } from '../core/navigate.ts'
import { element } from '../core/register.ts'
import { Resource } from '../core/resource.ts'
import { chip, completenessChip, statusChip } from '../parts/chip.ts'
import { chronology, chronologyStyles } from '../parts/chronology.ts'
import '../parts/confirm.ts'
import type { Ask, OpsConfirm } from '../parts/confirm.ts'
import { saveFile } from '../parts/download.ts'
import { evidenceBoundary, followUpNote } from '../parts/evidence-boundary.ts'
import { forensicsStyles } from '../parts/forensics-styles.ts'
import { nextPathList, nextPathStyles } from '../parts/next-paths.ts'
import { problemPanel, staleNote } from '../parts/problem.ts'
import { skeletonRows } from '../parts/quiet.ts'
import { runbookEntry, runbookStyles } from '../parts/runbook.ts'
import { sentence } from '../parts/sentence.ts'
import { slotWindow, slotWindowStyles } from '../parts/slot-window.ts'
import { stripStyles } from '../parts/strip.ts'
import { partStyles } from '../parts/styles.ts'
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
 * @attr {string} subject-type - Kind of the subject: `cron_entry`, `job`, `queue` or `audit_event`.
 * @attr {string} subject-id - Name or id of the subject.
 * @fires ops-navigate - A link was clicked, or a subject chosen; prevent it to go there yourself. The detail is `{ href }`.
 * @fires ops-operation - An operation was recorded; the detail is its audit event.
 * @slot empty - Shown above the chooser while no subject is given.
 * @csspart heading - The heading.
 * @csspart diagnosis - What is the matter.
 * @csspart slots - The slots of the window.
 * @csspart runbook - What to do.
 * @csspart next-paths - Where to go from here.
 * @csspart chronology - What happened.
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
    slotWindowStyles,
    runbookStyles,
    nextPathStyles,
    chronologyStyles,
    forensicsStyles,
  ]

  @query('ops-confirm') private confirm!: OpsConfirm

  @property({ attribute: 'subject-type' }) subjectType = ''
  @property({ attribute: 'subject-id' }) subjectId = ''

  private readonly bundle = new Resource(this, {
    connection: () => (this.subjectType && this.subjectId ? this.connection : undefined),
    load: ({ client }, signal) => {
      const { subjectType, subjectId } = this
      return client.getForensics({ params: { subjectType, subjectId }, signal })
    },
    key: () => [this.subjectType, this.subjectId],
    of: () => [this.subjectType, this.subjectId],
    topics: ['cron', 'jobs', 'queues', 'bulk', 'audit'],
  })

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
        : html`<slot name="empty"><p class="lead muted">See everything that is known about one entry, job, queue or event. Which one?</p></slot>
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
      <button type="button" class="button" @click=${() => exportBundle(data)}>Export bundle</button>
    </div>`
  }

  private content(bundle: Bundle, late?: Problem) {
    const unknown = bundle.completeness.state === 'unknown'
    return html`${staleNote(late, this.bundle.reload)}
      <div class="columns ${late ? 'stale' : ''}">
        <div class="first">
          ${this.diagnosis(bundle)} ${unknown ? html`<ops-subject-chooser .choose=${this.choose}></ops-subject-chooser>` : nothing}
          ${bundle.slots?.length ? slotWindow(bundle.slots, this.base) : nothing} ${runbookEntry(bundle.runbook)}
        </div>
        <div class="side">
          ${nextPathList(bundle.nextPaths, this.ask)} ${evidenceBoundary(bundle)} ${followUpNote(bundle.followUp)} ${linked(bundle)}
        </div>
        <div class="second">${chronology(bundle.chronology)}</div>
      </div>`
  }

  private diagnosis({ diagnosis, completeness }: Bundle) {
    const { state } = completeness
    return html`<section class="card padded diagnosis" part="diagnosis" aria-labelledby="diagnosis-title">
      <p class="chips">
        ${state === 'unknown' ? nothing : statusChip(diagnosis.status)}
        ${state === 'complete' ? chip('resolved', 'complete evidence') : completenessChip(state)}
      </p>
      <h3 id="diagnosis-title" class="wrap">${sentence(diagnosis.title)}</h3>
      <p class="muted wrap">${sentence(diagnosis.detail)}</p>
      <p class="small muted">Provenance: ${provenances[diagnosis.provenance] ?? provenances.unknown}</p>
    </section>`
  }

  private readonly ask = (ask: Ask): void => void this.confirm.open(ask)

  /** A listener may navigate to the subject's URL; otherwise this element shows the subject in place. */
  private readonly choose = (subject: ChosenSubject): void => {
    if (!navigate(this, forensicsHref(this.base, subject))) return
    this.subjectType = subject.type
    this.subjectId = subject.id
  }
}

function linked({ linkedResources }: Bundle) {
  if (linkedResources.length === 0) return nothing
  return html`<section class="card padded" part="linked" aria-labelledby="linked-title">
    <h3 id="linked-title" class="section-title">Linked</h3>
    <ul class="linked-list">
      ${linkedResources.map(({ type, label, href }) => html`<li><a class="wrap" href=${href}>${label}</a> ${label.startsWith(subjectTypeLabel(type)) ? nothing : html`<span class="small muted">${subjectTypeLabel(type)}</span>`}</li>`)}
    </ul>
  </section>`
}

/** A copy of exactly what is shown, to pass on. */
function exportBundle(bundle: Bundle): void {
  const { subject, asOf } = bundle
  const name = `forensics-${subject.type}-${subject.id}-${asOf}`.replace(/[^\w.-]+/g, '_')
  saveFile(new Blob([JSON.stringify(bundle, null, 2)], { type: 'application/json' }), `${name}.json`)
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-forensics': OpsForensics
  }
}
