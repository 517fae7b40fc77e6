import { html, nothing, type PropertyValues } from 'lit'
import { property, query, state } from 'lit/decorators.js'
import type { AuditEvent } from '../../schemas/audit.ts'
import type { CronEntry } from '../../schemas/cron.ts'
import type { CreatedPreview } from '../../schemas/operation.ts'
import type { Problem } from '../../schemas/problem.ts'
import type { ProblemCode } from '../../schemas/problem-codes.ts'
import { jobStates, operationActions, risks } from '../../schemas/vocabulary.ts'
import { Clock } from '../core/clock.ts'
import { OpsElement } from '../core/element.ts'
import { announce, type BulkDetail, type OperationDetail } from '../core/events.ts'
import { deepFocus, returnFocus } from '../core/focus.ts'
import { element } from '../core/register.ts'
import { duration } from '../core/time.ts'
import { t, texts, tn, tr, tx } from '../core/words.ts'
import { base } from '../theme/base.ts'
import { chipStyles } from './chip.ts'
import { doneToast, undoReason } from './confirm-outcome.ts'
import { Review } from './confirm-review.ts'
import { confirmStyles } from './confirm-styles.ts'
import { driftView, planView, problemView } from './confirm-views.ts'
import { diffStyles } from './diff.ts'
import { type FieldErrors, fieldErrorsOf, InvalidFields } from './field-errors.ts'
import { fieldsOf } from './fields.ts'
import type { Ask, Draft } from './operation-fields.ts'
import { previewChip } from './outcome-chip.ts'
import { ownershipLabel, ownershipStyles } from './ownership.ts'
import { problemStyles } from './problem.ts'
import { selectionStyles } from './selection-view.ts'
import { tableStyles } from './table.ts'
import { queueChooserStyles } from './queue-chooser.ts'
import './toast.ts'
import type { OpsToast } from './toast.ts'
import { term } from './term.ts'

/** Of the operations that take many jobs. */
const impossible: Record<string, string> = texts({
  retry_job: 'None of these jobs can be retried',
  cancel_job: 'None of these jobs can be cancelled',
  discard_job: 'None of these jobs can be discarded',
  restore_job: 'None of these jobs can be restored',
  rescue_job: 'None of these jobs can be rescued',
})

/** Whatever is tried again, these stay as they are: the account, the engine or the subject does not allow it. */
const final = new Set<ProblemCode>(['forbidden', 'unattributable_actor', 'not_found', 'unsupported_by_engine', 'code_managed_entry', 'illegal_transition'])

/** A date is typed field by field; only the whole of it is worth a preview. */
const typingMs = 300

/**
 * The dialog that every change of state goes through: what will happen, before and after, why, what will be recorded, and then two
 * buttons. It takes the preview, executes it once, and closes; a toast says what was recorded. What was typed into a dialog that
 * was closed without confirming is there again when the same one is opened.
 *
 * @tag ops-confirm-dialog
 */
@element('ops-confirm-dialog')
export class OpsConfirmDialog extends OpsElement {
  static override styles = [base, tableStyles, chipStyles, ownershipStyles, problemStyles, diffStyles, selectionStyles, confirmStyles, queueChooserStyles]

  @query('dialog') private dialog!: HTMLDialogElement
  @query('#reason') private reasonField?: HTMLTextAreaElement
  @query('ops-toast') private toast!: OpsToast

  @state() private ask?: Ask
  @state() private entry?: CronEntry
  @state() private draft: Draft = {}
  @state() private reason = ''
  @state() private complaint = ''
  @state() private errors: FieldErrors = {}
  @state() private restored = false
  @state() private withCompleted = false
  /** As the page asked for it; `ask` may have been widened since. */
  private asked?: Ask

  /** Whether the dialog is open. */
  @property({ type: Boolean, reflect: true }) opened = false

  private opener?: HTMLElement
  /** Closings whose event is still to come: it may come when the dialog is open again. */
  private announced = 0
  private kept?: { key: string; draft: Draft; reason: string }
  private typing?: ReturnType<typeof setTimeout>
  private readonly review = new Review(this, () => this.connection!)
  /** What was on the page at the last update. */
  private last: { preview?: CreatedPreview; problem?: Problem } = {}
  private readonly left = new Clock(this, (now) => this.timeLeft(now))

  /** Opens the dialog and takes the first preview. */
  async open(ask: Ask, opener?: HTMLElement): Promise<void> {
    this.opener = opener
    const kept = this.kept?.key === keyOf(ask) ? this.kept.reason : ''
    Object.assign(this, { ask, asked: ask, withCompleted: false, entry: undefined, draft: {}, reason: kept || (ask.reason ?? ''), restored: kept !== '', opened: true })
    this.forgetPreview()
    this.toast.hide()
    await this.updateComplete
    this.dialog.showModal()
    await this.begin()
  }

  readonly close = (): void => {
    if (!this.dialog.open) return
    this.announced += 1
    this.dialog.close()
    this.leave()
  }

  protected override updated(changed: PropertyValues) {
    super.updated(changed)
    const { preview, problem, nothingToDo } = this.review
    const news = preview !== this.last.preview
    if (news || problem !== this.last.problem) this.renderRoot.querySelector('.body')?.scrollTo(0, 0)
    if (news && nothingToDo) this.renderRoot.querySelector<HTMLElement>('.buttons .button')?.focus()
    this.last = { preview, problem }
    this.review.expire()
  }

  override render() {
    const ask = this.opened ? this.ask : undefined
    return html`<dialog aria-labelledby="title" @close=${this.handleClose} @cancel=${this.handleCancel}>
      <form method="dialog" novalidate @submit=${this.handleSubmit} @keydown=${this.handleKey}>
        <div class="head">
          <h2 id="title">${ask ? this.title_(ask) : nothing}</h2>
          ${this.review.preview && !this.review.nothingToDo ? previewChip(this.review.status) : nothing}
        </div>
        <div class="body">${ask ? this.content(ask) : nothing}</div>
        <div class="foot">${ask ? this.foot(ask) : nothing}</div>
        <p class="hidden-text" role="status">${this.announcement()}</p>
      </form>
    </dialog>
    <ops-toast></ops-toast>`
  }

  private content(ask: Ask) {
    const { preview, problem, status, busy, nothingToDo } = this.review
    const chosen = { selection: this.asked?.selection, base: this.base }
    if (nothingToDo) return html`${planView(preview!.plan, chosen)}${this.completedToo(preview!)}<p>${t`There is nothing to confirm. Go back and choose other jobs.`}</p>`
    const fields = fieldsOf(ask)
    const typed = fields.needsEntry && !this.entry ? nothing : fields.render(this.draft, this.change, { entry: this.entry, errors: this.errors })
    return html`
      ${problem && !this.isAtFields(problem) ? problemView(problem, this.base, preview?.plan.subject) : nothing}
      ${status === 'drifted' && preview && problem?.plan ? driftView(preview.plan, problem.plan) : nothing}
      ${preview && status !== 'drifted' ? html`${planView(preview.plan, chosen)}${this.completedToo(preview)}` : nothing}
      ${busy === 'preview' && !preview ? html`<div class="waiting-plan" aria-hidden="true"><i></i><i></i><i></i></div>` : nothing}
      ${fields.eager ? nothing : html`<div class="fields">${typed}</div>`}
      <div class="fields">${this.reasonInput(ask)} ${fields.eager ? typed : nothing}</div>
      ${this.complaint ? html`<p class="complaint" role="alert">${this.complaint}</p>` : nothing}
      ${preview ? this.record(preview) : nothing}
    `
  }

  private reasonInput(ask: Ask) {
    const { required, minLength } = this.reasonRule(ask)
    return html`<div class="field">
      <label for="reason">${t`Reason`} <span class="muted">${required ? t`(required, at least ${minLength} characters)` : t`(optional)`}</span></label>
      <textarea id="reason" rows="2" maxlength="2000" ?required=${required} .value=${this.reason} @input=${this.handleReason}></textarea>
      ${this.recentReasons()}
      ${this.restored ? html`<p class="muted small">${t`Kept from when this was last open.`}</p>` : nothing}
    </div>`
  }

  /** What the actor wrote lately, to be taken with one click. */
  private recentReasons() {
    const reasons = this.review.preview?.recentReasons ?? []
    if (reasons.length === 0 || this.reason) return nothing
    return html`<p class="recent small"><span class="muted">${t`Recently used`}</span>
      ${reasons.map((reason) => html`<button type="button" class="button" title=${reason} @click=${() => this.takeReason(reason)}><bdi>${reason}</bdi></button>`)}</p>`
  }

  private takeReason(reason: string) {
    Object.assign(this, { reason, complaint: '', restored: false })
    this.reasonField?.focus()
  }

  /** To run completed jobs again is a decision of its own, and a preview of its own. */
  private completedToo({ plan: { selection } }: CreatedPreview) {
    const count = selection?.completedLeftOut ?? 0
    if (!this.withCompleted && (count === 0 || !this.ask?.selection || !('filter' in this.ask.selection))) return nothing
    return html`<label class="completed-too">
      <input type="checkbox" .checked=${this.withCompleted} ?disabled=${this.review.busy !== ''} @change=${this.handleCompleted} />
      <span><b>${this.withCompleted ? t`Completed jobs as well` : tn(count, 'Retry the # completed job as well', 'Retry the # completed jobs as well')}</b>
        <span class="muted">${t`They got through. Whatever they did, such as sending mails or taking payments, is done a second time.`}</span></span>
    </label>`
  }

  private readonly handleCompleted = (event: Event) => {
    const { selection } = this.asked!
    this.withCompleted = (event.target as HTMLInputElement).checked
    const all = Object.keys(jobStates).join(',')
    const chosen = this.withCompleted && selection && 'filter' in selection ? { filter: { ...selection.filter, state: all } } : selection
    this.ask = { ...this.ask!, selection: chosen }
    void this.takePreview()
  }

  private record({ plan }: CreatedPreview) {
    return html`<p class="record">
      ${tr`${html`<b>${t`This will be recorded`}</b>`}: ${html`<code>${plan.record.eventType}</code>`} on ${html`<code><bdi>${plan.record.subject}</bdi></code>`} by ${html`<b><bdi>${plan.record.actor}</bdi></b>`}, with reason, before and after. It cannot be edited or removed.`}
    </p>`
  }

  private foot(ask: Ask) {
    return html`<span>${this.review.preview ? this.terms(this.review.preview) : nothing}</span>
      <div class="buttons">
        <button type="button" class="button" @click=${this.close}>${t`Go back`}</button>
        ${this.primary(ask)}
      </div>`
  }

  private terms({ plan }: CreatedPreview) {
    return html`${plan.ownership === 'powertools_native' ? term('native', ownershipLabel(plan.ownership)) : ownershipLabel(plan.ownership)} <span class="muted small">· ${tx(risks[plan.risk])}${this.left.value && ` · ${this.left.value}`}</span>`
  }

  private primary(ask: Ask) {
    const { ready, preview, problem, busy } = this.review
    if (ready) {
      const { risk, selection } = ready.plan
      const { label } = operationActions[ask.action]
      const verb = selection ? tn(selection.eligible, '{0} # job', '{0} # jobs', tx(label)) : tx(label)
      const danger = risk === 'high' ? 'danger' : 'primary'
      return html`<button type="submit" class="button ${danger}" title=${t`Ctrl+Enter`} ?disabled=${busy !== '' || selection?.eligible === 0}>${busy === 'execute' ? `${verb}…` : verb}</button>`
    }
    if (problem && !preview && final.has(problem.code)) return nothing
    const again = preview || problem?.code === 'mutation_conflict'
    const words = again ? t`Review again` : problem && !this.isAtFields(problem) ? t`Try again` : t`Review`
    return html`<button type="submit" class="button primary" ?disabled=${busy !== ''}>${words}</button>`
  }

  private title_(ask: Ask): string {
    const what = ask.selection ? t`the selected jobs` : operationActions[ask.action].subject === 'incident' ? t`the incident` : ask.id
    return this.review.preview?.plan.title ?? (what ? t`${tx(operationActions[ask.action].label)}: ${what}` : tx(operationActions[ask.action].label))
  }

  private announcement(): string {
    const { busy, preview, status, nothingToDo } = this.review
    if (busy === 'preview') return t`Preparing the preview`
    if (busy === 'execute') return t`Working`
    if (!preview) return ''
    if (nothingToDo) return tx(impossible[preview.plan.action] ?? t`Nothing can be done`)
    return { ready: t`Preview ready`, drifted: t`The preview drifted`, expired: t`The preview expired`, consumed: t`The preview was already used` }[status]
  }

  private timeLeft(now: number): string {
    // The clock reads while this element is still being made.
    const ready = this.review?.ready
    if (!ready) return ''
    const left = Date.parse(ready.expiresAt) - now
    return left > 0 ? t`expires in ${duration(left)}` : t`expired`
  }

  private reasonRule({ action }: Ask) {
    const rule = this.session?.reasons[action]
    return { required: this.review.preview?.reasonRequired ?? rule?.required ?? false, minLength: rule?.minLength ?? 8 }
  }

  private async begin() {
    const ask = this.ask!
    const fields = fieldsOf(ask)
    if (fields.needsEntry) {
      try {
        this.entry = await this.connection!.client.getCronEntry({ params: { name: ask.id! } })
      } catch (error) {
        this.review.refuse(error)
        return
      }
    }
    const kept = this.kept?.key === keyOf(ask) ? this.kept.draft : undefined
    this.draft = kept ?? fields.start(ask, this.entry)
    if (fields.eager) return this.takePreview()
    await this.updateComplete
    if (!this.reason) this.renderRoot.querySelector<HTMLElement>('.fields :is(input, select)')?.focus()
  }

  private async takePreview() {
    const body = this.request()
    if (!body) return
    const problem = await this.review.take(body)
    if (!problem) return
    this.errors = fieldErrorsOf(problem)
    await this.updateComplete
    if (this.isAtFields(problem)) this.focusFirstError()
  }

  /** Whether each thing that is wrong is shown beside its field. */
  private isAtFields({ errors = [] }: Problem): boolean {
    return errors.length > 0 && Object.keys(this.errors).length === errors.length && Object.keys(this.errors).every((name) => this.renderRoot.querySelector(`#${name}`))
  }

  private focusFirstError() {
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>('[aria-invalid=true]')?.focus())
  }

  /** What was typed, as a request; nothing when it makes no sense, and then no older preview can be confirmed either. */
  private request() {
    const ask = this.ask!
    Object.assign(this, { complaint: '', errors: {} })
    try {
      return fieldsOf(ask).request(this.draft, ask, this.entry)
    } catch (error) {
      this.review.forget()
      const errors = error instanceof InvalidFields ? error.fields : {}
      Object.assign(this, { errors, complaint: (error as Error).message })
      this.focusFirstError()
      return undefined
    }
  }

  private async execute(preview: CreatedPreview) {
    const ask = this.ask!
    const { required, minLength } = this.reasonRule(ask)
    const reason = this.reason.trim()
    if (required && reason.length < minLength) {
      this.complaint = t`Give a reason of at least ${minLength} characters; it stays beside the record.`
      this.reasonField?.focus()
      return
    }
    this.complaint = ''
    const done = await this.review.execute(preview, reason)
    if (!done) return this.announceFailure(preview)
    this.kept = undefined
    const { selection } = preview.plan
    if ('event' in done) this.finish(done.event, done.result, selection === undefined)
    const bulkId = 'bulk' in done ? done.bulk.id : selection?.bulkId
    if (bulkId) this.follow({ id: bulkId, action: ask.action })
  }

  /** The dialog has done its work and goes; the toast says what is on record now, and leads there and back. */
  private finish(event: AuditEvent, result: Record<string, unknown>, one: boolean) {
    const { id, action, eventType, outcome, subject, occurredAt, bulkId } = event
    announce(this, 'ops-operation', { id, action, eventType, outcome: outcome as OperationDetail['outcome'], subject, occurredAt, bulkId })
    Object.assign(this, { draft: {}, reason: '' })
    this.close()
    if (!one) return
    const { base, session } = this
    void this.toast.show(doneToast(event, result, { base, session, offers: (action) => this.offersAction(action), undo: (action) => void this.open({ action, id: event.subject.id, reason: undoReason(event) }, deepFocus()) }))
  }

  /** What became of the jobs of a selection is shown on the page, also after the dialog has closed. */
  private follow(detail: BulkDetail) {
    this.close()
    announce(this, 'ops-bulk', detail)
  }

  private announceFailure({ plan: { action, subject } }: CreatedPreview) {
    announce(this, 'ops-operation', { action, subject: { type: subject.type, id: subject.id }, outcome: 'failed', code: this.review.problem?.code })
  }

  private forgetPreview() {
    clearTimeout(this.typing)
    this.review.forget()
    Object.assign(this, { complaint: '', errors: {} })
  }

  private readonly change = (field: string, value: string) => {
    this.draft = { ...this.draft, [field]: value }
    clearTimeout(this.typing)
    if (!fieldsOf(this.ask!).eager) return this.forgetPreview()
    this.review.wait()
    this.typing = setTimeout(() => void this.takePreview(), typingMs)
  }

  private handleReason(event: Event) {
    this.reason = (event.target as HTMLTextAreaElement).value
    this.complaint = ''
    this.restored = false
  }

  private handleKey(event: KeyboardEvent) {
    if (event.key !== 'Enter' || (!event.ctrlKey && !event.metaKey)) return
    event.preventDefault()
    this.renderRoot.querySelector<HTMLButtonElement>('.buttons [type=submit]')?.click()
  }

  private handleSubmit(event: SubmitEvent) {
    event.preventDefault()
    const { busy, problem, ready } = this.review
    if (busy) return
    // To review again after somebody else's change means the subject as it is now, not as the page still shows it.
    if (problem?.code === 'mutation_conflict') this.ask = { ...this.ask!, seen: undefined }
    if (ready) void this.execute(ready)
    else void (this.ask && fieldsOf(this.ask).needsEntry && !this.entry ? this.begin() : this.takePreview())
  }

  private handleCancel(event: Event) {
    if (this.review.busy === 'execute') event.preventDefault()
  }

  /** Closed by the browser, as with Escape. */
  private handleClose() {
    if (this.announced > 0) this.announced -= 1
    else this.leave()
  }

  private leave() {
    const { asked: ask, draft, reason } = this
    const typed = reason.trim() !== '' || Object.keys(draft).length > 0
    if (ask && typed) this.kept = { key: keyOf(ask), draft, reason }
    this.opened = false
    this.forgetPreview()
    this.reason = ''
    returnFocus(this.opener, () => (this.getRootNode() as ShadowRoot).querySelector('.page-title'))
  }
}

/** What makes two openings the same one. */
function keyOf({ action, id, selection, input }: Ask): string {
  return JSON.stringify([action, id, selection, input])
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-confirm-dialog': OpsConfirmDialog
  }
}
