import { html, nothing, type PropertyValues } from 'lit'
import { property, query, state } from 'lit/decorators.js'
import type { AuditEvent } from '../../schemas/audit.ts'
import type { CronEntry } from '../../schemas/cron.ts'
import type { CreatedPreview } from '../../schemas/operation.ts'
import type { Problem } from '../../schemas/problem.ts'
import type { ProblemCode } from '../../schemas/problem-codes.ts'
import { numberAskedBy, type OperationAction, operationActions, type PreviewStatus, risks } from '../../schemas/vocabulary.ts'
import { Clock, now } from '../core/clock.ts'
import { OpsElement } from '../core/element.ts'
import { deepFocus, returnFocus } from '../core/focus.ts'
import { problemOf } from '../core/problem.ts'
import { element } from '../core/register.ts'
import { duration } from '../core/time.ts'
import { base } from '../theme/base.ts'
import { chipStyles } from './chip.ts'
import { confirmStyles } from './confirm-styles.ts'
import { driftView, planView, problemView } from './confirm-views.ts'
import { countOf } from '../../schemas/plural.ts'
import { diffStyles } from './diff.ts'
import { doneWords, undoneBy } from './done-words.ts'
import { type FieldErrors, fieldErrorsOf, InvalidFields } from './field-errors.ts'
import { jobHref, shortId } from './job-link.ts'
import { numberField } from './number-field.ts'
import { type Ask, type Draft, type FieldsByAction, nothingToAsk, type OperationFields } from './operation-fields.ts'
import { previewChip } from './outcome-chip.ts'
import { ownershipLabel, ownershipStyles } from './ownership.ts'
import { problemStyles } from './problem.ts'
import { selectionStyles } from './selection-view.ts'
import { tableStyles } from './table.ts'
import './toast.ts'
import type { OpsToast } from './toast.ts'

export type { Ask } from './operation-fields.ts'

/** Where the progress and the outcome of many jobs at once can be read. */
export interface BulkDetail {
  id: string
  action: OperationAction
}

/** After these a preview is worth nothing; the state it was made for is gone. */
const spent: Partial<Record<ProblemCode, PreviewStatus>> = {
  illegal_transition: 'drifted',
  mutation_conflict: 'drifted',
  preview_drifted: 'drifted',
  preview_expired: 'expired',
  preview_consumed: 'consumed',
}

/** Whatever is tried again, these stay as they are: the account, the engine or the subject does not allow it. */
const final = new Set<ProblemCode>(['forbidden', 'unattributable_actor', 'not_found', 'unsupported_by_engine', 'code_managed_entry', 'illegal_transition'])

/** A date is typed field by field; only the whole of it is worth a preview. */
const typingMs = 300

/**
 * The dialog every change of state goes through: what will happen, before and after, why, what will be recorded, and then two
 * buttons. It takes the preview, executes it once, and closes; a toast says what was recorded. What was typed into a dialog that
 * was closed without confirming is there again when the same one is opened.
 *
 * @tag ops-confirm
 * @fires ops-operation - An operation was recorded; the detail is its audit event.
 * @fires ops-bulk - A selection was taken on; the detail is `{ id, action }` of its run.
 */
@element('ops-confirm')
export class OpsConfirm extends OpsElement {
  static override styles = [base, tableStyles, chipStyles, ownershipStyles, problemStyles, diffStyles, selectionStyles, confirmStyles]

  @query('dialog') private dialog!: HTMLDialogElement
  @query('#reason') private reasonField?: HTMLTextAreaElement
  @query('ops-toast') private toast!: OpsToast

  @state() private ask?: Ask
  @state() private entry?: CronEntry
  @state() private draft: Draft = {}
  @state() private reason = ''
  @state() private preview?: CreatedPreview
  @state() private status: PreviewStatus = 'ready'
  @state() private problem?: Problem
  @state() private complaint = ''
  @state() private busy: '' | 'preview' | 'execute' = ''
  @state() private errors: FieldErrors = {}
  @state() private restored = false

  /** What the operations of this page ask besides the reason. */
  @property({ attribute: false }) fields: FieldsByAction = {}
  /** Whether the dialog stands open. */
  @property({ type: Boolean, reflect: true }) opened = false

  private opener?: HTMLElement
  /** Closings whose event is still to come: it may come when the dialog is open again. */
  private announced = 0
  private kept?: { key: string; draft: Draft; reason: string }
  private run?: AbortController
  private typing?: ReturnType<typeof setTimeout>
  private readonly left = new Clock(this, (now) => this.timeLeft(now))

  /** Opens the dialog and takes the first preview. */
  async open(ask: Ask): Promise<void> {
    this.opener = deepFocus()
    const reason = this.kept?.key === keyOf(ask) ? this.kept.reason : ''
    Object.assign(this, { ask, entry: undefined, draft: {}, reason, restored: reason !== '', opened: true })
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
    if (changed.has('problem') || changed.has('preview')) this.renderRoot.querySelector('.body')?.scrollTo(0, 0)
    if (changed.has('preview') && this.nothingToDo) this.renderRoot.querySelector<HTMLElement>('.buttons .button')?.focus()
    if (this.preview && this.status === 'ready' && Date.parse(this.preview.expiresAt) <= now()) this.status = 'expired'
  }

  override render() {
    const ask = this.opened ? this.ask : undefined
    return html`<dialog aria-labelledby="title" @close=${this.handleClose} @cancel=${this.handleCancel}>
      <form method="dialog" novalidate @submit=${this.handleSubmit} @keydown=${this.handleKey}>
        <div class="head">
          <h2 id="title">${ask ? this.title_(ask) : nothing}</h2>
          ${this.preview && !this.nothingToDo ? previewChip(this.status) : nothing}
        </div>
        <div class="body">${ask ? this.content(ask) : nothing}</div>
        <div class="foot">${ask ? this.foot(ask) : nothing}</div>
        <p class="hidden-text" role="status">${this.announcement()}</p>
      </form>
    </dialog>
    <ops-toast></ops-toast>`
  }

  private content(ask: Ask) {
    if (this.nothingToDo) return html`${planView(this.preview!.plan)}<p>There is nothing to confirm. Go back and choose other jobs.</p>`
    const fields = this.fieldsOf(ask)
    const typed = fields.needsEntry && !this.entry ? nothing : fields.render(this.draft, this.change, { entry: this.entry, errors: this.errors })
    return html`
      ${this.problem && !this.saidAtFields(this.problem) ? problemView(this.problem, this.base, this.preview?.plan.subject) : nothing}
      ${this.status === 'drifted' && this.preview && this.problem?.plan ? driftView(this.preview.plan, this.problem.plan) : nothing}
      ${this.preview && this.status !== 'drifted' ? planView(this.preview.plan) : nothing}
      ${this.busy === 'preview' && !this.preview ? html`<div class="waiting-plan" aria-hidden="true"><i></i><i></i><i></i></div>` : nothing}
      ${fields.eager ? nothing : html`<div class="fields">${typed}</div>`}
      <div class="fields">${this.reasonInput(ask)} ${fields.eager ? typed : nothing}</div>
      ${this.complaint ? html`<p class="complaint" role="alert">${this.complaint}</p>` : nothing}
      ${this.preview ? this.record(this.preview) : nothing}
    `
  }

  /** A set of which nothing is eligible needs no reason and leaves no record. */
  private get nothingToDo(): boolean {
    return this.status === 'ready' && !this.problem && this.preview?.plan.selection?.eligible === 0
  }

  private reasonInput(ask: Ask) {
    const { required, minLength } = this.reasonRule(ask)
    return html`<div class="field">
      <label for="reason">Reason <span class="muted">${required ? `(required, at least ${minLength} characters)` : '(optional)'}</span></label>
      <textarea id="reason" rows="2" maxlength="2000" ?required=${required} .value=${this.reason} @input=${this.handleReason}></textarea>
      ${this.restored ? html`<p class="muted small">Kept from when this was last open.</p>` : nothing}
    </div>`
  }

  private record({ plan }: CreatedPreview) {
    return html`<p class="record">
      <b>This will be recorded</b>: <code>${plan.record.eventType}</code> on <code>${plan.record.subject}</code> by <b>${plan.record.actor}</b>, with
      reason, before and after. It cannot be edited or removed.
    </p>`
  }

  private foot(ask: Ask) {
    return html`<span>${this.preview ? this.terms(this.preview) : nothing}</span>
      <div class="buttons">
        <button type="button" class="button" @click=${this.close}>Go back</button>
        ${this.primary(ask)}
      </div>`
  }

  private terms({ plan }: CreatedPreview) {
    return html`${ownershipLabel(plan.ownership)} <span class="muted small">· ${risks[plan.risk]}${this.left.value && ` · ${this.left.value}`}</span>`
  }

  private primary(ask: Ask) {
    if (this.preview && this.status === 'ready') {
      const { risk, selection } = this.preview.plan
      const { label } = operationActions[ask.action]
      const verb = selection ? `${label} ${countOf(selection.eligible, 'job', undefined, this.language)}` : label
      const danger = risk === 'high' ? 'danger' : 'primary'
      return html`<button type="submit" class="button ${danger}" title="Ctrl+Enter" ?disabled=${this.busy !== '' || selection?.eligible === 0}>${this.busy === 'execute' ? `${verb}…` : verb}</button>`
    }
    if (this.problem && !this.preview && final.has(this.problem.code)) return nothing
    const again = this.preview || this.problem?.code === 'mutation_conflict'
    const words = again ? 'Review again' : this.problem && !this.saidAtFields(this.problem) ? 'Try again' : 'Review'
    return html`<button type="submit" class="button primary" ?disabled=${this.busy !== ''}>${words}</button>`
  }

  private title_(ask: Ask): string {
    const what = ask.selection ? 'the selected jobs' : ask.id
    return this.preview?.plan.title ?? `${operationActions[ask.action].label}${what ? `: ${what}` : ''}`
  }

  private announcement(): string {
    if (this.busy === 'preview') return 'Preparing the preview'
    if (this.busy === 'execute') return 'Working'
    if (!this.preview) return ''
    if (this.nothingToDo) return `None of these jobs can be ${doneWords[this.preview.plan.action].toLowerCase()}`
    return { ready: 'Preview ready', drifted: 'The preview drifted', expired: 'The preview expired', consumed: 'The preview was already used' }[this.status]
  }

  private timeLeft(now: number): string {
    if (!this.preview || this.status !== 'ready') return ''
    const left = Date.parse(this.preview.expiresAt) - now
    return left > 0 ? `expires in ${duration(left)}` : 'expired'
  }

  private fieldsOf({ action }: Ask): OperationFields {
    const asked = numberAskedBy(action)
    return this.fields[action] ?? (asked ? numberField(asked) : nothingToAsk)
  }

  private reasonRule({ action }: Ask) {
    const rule = this.session?.reasons[action]
    return { required: this.preview?.reasonRequired ?? rule?.required ?? false, minLength: rule?.minLength ?? 8 }
  }

  private async begin() {
    const { id } = this.ask!
    const fields = this.fieldsOf(this.ask!)
    if (fields.needsEntry) {
      try {
        this.entry = await this.connection!.client.getCronEntry({ params: { name: id! } })
      } catch (error) {
        this.problem = problemOf(error)
        return
      }
    }
    const kept = this.kept?.key === keyOf(this.ask!) ? this.kept.draft : undefined
    this.draft = kept ?? fields.start(this.ask!, this.entry)
    if (fields.eager) return this.takePreview()
    await this.updateComplete
    if (!this.reason) this.renderRoot.querySelector<HTMLElement>('.fields :is(input, select)')?.focus()
  }

  private async takePreview() {
    this.run?.abort()
    const body = this.request()
    if (!body) return
    const run = (this.run = new AbortController())
    this.busy = 'preview'
    try {
      const preview = await this.connection!.client.createPreview({ body, signal: run.signal })
      if (this.run === run) Object.assign(this, { preview, status: preview.status, problem: undefined, busy: '' })
    } catch (error) {
      if (this.run === run) this.refusePreview(error)
    }
  }

  private refusePreview(error: unknown) {
    const problem = this.refused(error)
    Object.assign(this, { preview: undefined, problem, busy: '', errors: fieldErrorsOf(problem) })
    if (this.saidAtFields(problem)) this.focusFirstError()
  }

  /** Whether each thing that is wrong stands beside the field it is about. */
  private saidAtFields({ errors = [] }: Problem): boolean {
    return errors.length > 0 && Object.keys(this.errors).length === errors.length && Object.keys(this.errors).every((name) => this.renderRoot.querySelector(`#${name}`))
  }

  private focusFirstError() {
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>('[aria-invalid=true]')?.focus())
  }

  /** What was typed, as a request; nothing when it makes no sense, and then nothing older can be confirmed either. */
  private request() {
    const ask = this.ask!
    Object.assign(this, { complaint: '', errors: {} })
    try {
      return this.fieldsOf(ask).request(this.draft, ask, this.entry)
    } catch (error) {
      const errors = error instanceof InvalidFields ? error.fields : {}
      Object.assign(this, { preview: undefined, problem: undefined, busy: '', errors, complaint: (error as Error).message })
      this.focusFirstError()
      return undefined
    }
  }

  private async execute({ id, token, plan }: CreatedPreview) {
    if (this.busy) return
    const ask = this.ask!
    const { required, minLength } = this.reasonRule(ask)
    const reason = this.reason.trim()
    if (required && reason.length < minLength) {
      this.complaint = `Give a reason of at least ${minLength} characters; it stays beside the record.`
      this.reasonField?.focus()
      return
    }
    Object.assign(this, { busy: 'execute', complaint: '', problem: undefined })
    try {
      const done = await this.connection!.client.executePreview({ params: { id }, body: { token, ...(reason ? { reason } : {}) } })
      this.kept = undefined
      if ('event' in done) this.finish(done.event, done.result, plan.selection === undefined)
      const bulkId = 'bulk' in done ? done.bulk.id : plan.selection?.bulkId
      if (bulkId) this.follow({ id: bulkId, action: ask.action })
    } catch (error) {
      this.problem = this.refused(error)
      this.status = spent[this.problem.code] ?? this.status
    }
    this.busy = ''
  }

  /** A refusal may tell that what is shown is not how it is; then everybody on the page reads again. */
  private refused(error: unknown): Problem {
    const problem = problemOf(error)
    if (problem.code === 'not_found' || spent[problem.code] === 'drifted') this.connection!.live.publish()
    return problem
  }

  /** The dialog has done its work and goes; the toast says what is on record now, and leads there and back. */
  private finish(event: AuditEvent, result: Record<string, unknown>, one: boolean) {
    this.dispatchEvent(new CustomEvent<AuditEvent>('ops-operation', { detail: event, bubbles: true, composed: true }))
    Object.assign(this, { busy: '', draft: {}, reason: '' })
    this.close()
    if (!one) return
    const { action, subject } = event
    const reverse = undoneBy[action as OperationAction]
    const undoable = reverse && this.session?.permissions[reverse]?.allowed && !this.session.engine.lacks[reverse]
    void this.toast.show({
      words: `${doneWords[action as OperationAction] ?? action} ${shortId(subject.id)}`,
      record: event.eventType,
      links: [
        ...(typeof result.jobId === 'string' && this.mayView('view_jobs') ? [{ label: 'Open job', href: jobHref(this.base, result.jobId) }] : []),
        ...(this.mayView('view_audit') ? [{ label: 'Audit', href: `${this.base}/audit?event=${event.id}` }] : []),
      ],
      ...(undoable ? { undo: () => void this.open({ action: reverse, id: subject.id }) } : {}),
    })
  }

  /** What became of the jobs of a selection is said on the page, also after the dialog has closed. */
  private follow(detail: BulkDetail) {
    this.busy = ''
    this.close()
    this.dispatchEvent(new CustomEvent<BulkDetail>('ops-bulk', { detail, bubbles: true, composed: true }))
  }

  private forgetPreview() {
    clearTimeout(this.typing)
    this.run?.abort()
    this.run = undefined
    Object.assign(this, { preview: undefined, status: 'ready', problem: undefined, complaint: '', errors: {}, busy: '' })
  }

  private readonly change = (field: string, value: string) => {
    this.draft = { ...this.draft, [field]: value }
    clearTimeout(this.typing)
    if (!this.fieldsOf(this.ask!).eager) return this.forgetPreview()
    this.busy = 'preview'
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
    if (this.busy) return
    // Whoever hears of another change and asks to look again means the subject as it is now, not as it was on the page.
    if (this.problem?.code === 'mutation_conflict') this.ask = { ...this.ask!, seen: undefined }
    if (this.preview && this.status === 'ready') void this.execute(this.preview)
    else void (this.ask && this.fieldsOf(this.ask).needsEntry && !this.entry ? this.begin() : this.takePreview())
  }

  private handleCancel(event: Event) {
    if (this.busy === 'execute') event.preventDefault()
  }

  /** Closed by the browser, as with Escape. */
  private handleClose() {
    if (this.announced > 0) this.announced -= 1
    else this.leave()
  }

  private leave() {
    const { ask, draft, reason } = this
    const typed = reason.trim() !== '' || Object.keys(draft).length > 0
    if (ask && typed) this.kept = { key: keyOf(ask), draft, reason }
    this.opened = false
    this.forgetPreview()
    this.reason = ''
    returnFocus(this.opener, () => (this.getRootNode() as ShadowRoot).querySelector('.page-title'))
  }
}

/** What makes two openings the same one. */
function keyOf({ action, id, selection }: Ask): string {
  return JSON.stringify([action, id, selection])
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-confirm': OpsConfirm
  }
}
