import { html, nothing, type PropertyValues } from 'lit'
import { property, query, state } from 'lit/decorators.js'
import { operationsOn } from '../../schemas/actions.ts'
import type { Bundle } from '../../schemas/forensics.ts'
import { incidentClasses } from '../../schemas/incident-words.ts'
import type { IncidentDetail, Repair } from '../../schemas/incident.ts'
import type { Problem } from '../../schemas/problem.ts'
import { OpsElement } from '../core/element.ts'
import type { OperationDetail } from '../core/events.ts'
import { later, loadFailure } from '../core/later.ts'
import { problemOf } from '../core/problem.ts'
import { element } from '../core/register.ts'
import { Resource } from '../core/resource.ts'
import { t, tr, tx } from '../core/words.ts'
import '../parts/confirm.ts'
import type { Ask, BulkDetail, OpsConfirm } from '../parts/confirm.ts'
import { LatePart } from '../parts/late-part.ts'
import { missingPart } from '../parts/missing.ts'
import { problemPanel, staleNote } from '../parts/problem.ts'
import { skeletonRows } from '../parts/quiet.ts'
import { readOnlyBanner } from '../parts/refusal.ts'
import { partStyles } from '../parts/styles.ts'
import { base, pageStyles } from '../theme/base.ts'
import type { Outlook } from './incident/repair.ts'
import { incidentStyles } from './incident/styles.ts'

/** The file that the list of jobs loads as well: a part of it that were a file of its own could not be tried again after a failure. */
const loadRun = later(() => import('./jobs/later.ts'))
type Story = typeof import('./incident/story.ts')

/** A repair that was sent, and when the incident had been looked at last. */
interface Sent {
  id: string
  key: string
  action: string
  lastSeenAt: string
}

/** Kept while the page lives, also when one comes back to an incident. */
const sent: Sent[] = []
const maxSent = 50

const loadStory = later(() => import('./incident/story.ts'))
const loadRest = later(() => import('./incident/later.ts'))

/**
 * One incident: what is wrong and since when, what was measured and what that rules out, its history, its repairs,
 * and who is handling it.
 *
 * @tag ops-incident
 * @attr {string} api - Where the API is, e.g. `/ops/jobs/api/v1`; not needed inside `ops-provider`.
 * @attr {'light' | 'dark'} theme - Forces a theme.
 * @attr {string} locale - Language of dates and numbers, e.g. `de-DE`.
 * @attr {string} incident-id - Id of the incident.
 * @fires ops-navigate - A link was clicked; prevent it to go there yourself. The detail is `{ href }`.
 * @fires ops-operation - An operation was recorded; the detail is its audit event.
 * @fires ops-bulk - A repair of many jobs was accepted; the detail is `{ id, action }` of its run.
 * @slot empty - Shown while no incident is given.
 * @slot actions - Controls of the host at the end of the head.
 * @slot details - Content of the host below what is shown.
 * @csspart heading - The heading.
 * @csspart lead - What is wrong, with the chart and the facts.
 * @csspart evidence - What was measured, and what is ruled out.
 * @csspart chronology - The history.
 * @csspart repair - The operations that may repair it.
 * @csspart attend - Who is handling it.
 * @csspart links - Related pages.
 * @csspart bulk-run - The progress of a repair of many jobs.
 * @csspart chip - A status.
 * @cssproperty --ops-page-padding - Space around the element, 16px unless set.
 */
@element('ops-incident')
export class OpsIncident extends OpsElement {
  static override styles = [base, pageStyles, partStyles, ...incidentStyles]

  @query('ops-confirm') private confirm!: OpsConfirm
  private readonly story = new LatePart(this, loadStory)
  @state() private outlook?: Outlook
  @state() private looking = ''
  @state() private missing = ''
  /** The repair whose dialog was opened last. */
  private asked?: Sent
  /** The repair that was started here. */
  @state() private run = ''

  @property({ attribute: 'incident-id' }) incidentId = ''

  private readonly incident = new Resource(this, {
    connection: () => (this.incidentId ? this.connection : undefined),
    load: ({ client }, signal) => client.getIncident({ params: { id: this.incidentId }, signal }),
    key: () => this.incidentId,
    of: () => this.incidentId,
    topics: ['incidents'],
  })

  /** The history, for actors who may see evidence. */
  private readonly bundle = new Resource(this, {
    connection: () => (this.incidentId && this.session?.permissions.view_forensics?.allowed ? this.connection : undefined),
    load: ({ client }, signal) => client.getForensics({ params: { subjectType: 'incident', subjectId: this.incidentId }, signal }),
    key: () => this.incidentId,
    of: () => this.incidentId,
    topics: ['incidents', 'audit'],
  })

  protected override willUpdate(changed: PropertyValues) {
    super.willUpdate(changed)
    if (changed.has('incidentId')) Object.assign(this, { outlook: undefined, looking: '', run: '' })
  }

  /** Parts that are not needed to see what is wrong are loaded right after it. */
  protected override firstUpdated() {
    void this.loadRest()
  }

  override render() {
    if (!this.incidentId) return html`<header class="page-head">${this.heading(t`Incident`)}</header><slot name="empty"><p class="muted">${t`No incident is given.`}</p></slot>`
    const { data } = this.incident
    return html`
      <header class="page-head">
        <div>${this.breadcrumb(data)} ${this.heading(data?.title ?? t`Incident`)}</div>
        ${data && this.story.loaded ? this.tools(data) : nothing}
        <slot name="actions"></slot>
      </header>
      ${this.incident.render<unknown>({
        pending: () => skeletonRows(6),
        error: (problem) => problemPanel(problem, this.incident.reload),
        complete: (incident, late) => html`${this.readOnly ? readOnlyBanner(this.readOnly) : nothing} ${staleNote(late, this.incident.reload)} ${this.story.render((story) => html`${incident.state === 'open' ? story.watchNote(incident.watch) : nothing} ${this.repairRun()} ${this.content(incident, story, late)}`, () => skeletonRows(6))}`,
      })}
      <slot name="details"></slot>
      <ops-confirm @ops-operation=${this.handleOperation} @ops-bulk=${this.handleRun}></ops-confirm>
    `
  }

  protected override updated(changed: PropertyValues) {
    super.updated(changed)
    this.nameSubject(this.incident.data?.title ?? '')
  }

  private breadcrumb(incident: IncidentDetail | undefined) {
    return html`<nav class="small" aria-label=${t`Breadcrumb`}>
      <a class="linked" href="${this.base}/incidents">${t`Incidents`}</a>
      ${incident ? html`<span class="muted" aria-hidden="true">/</span> <span class="muted">${tx(incidentClasses[incident.class]?.label ?? incident.class)}</span>` : nothing}
    </nav>`
  }

  private tools({ asOf }: IncidentDetail) {
    return html`<div class="state">
      <span class="muted num">${tr`measured ${html`<ops-time show="relative" live at=${asOf}></ops-time>`}`}</span>
      ${this.bundle.data
        ? html`<ops-export
            .connection=${this.connection}
            .session=${this.session}
            endpoint="exportForensics"
            .formats=${['json', 'markdown']}
            .params=${{ subjectType: 'incident', subjectId: this.incidentId }}
            name="incident"
          ></ops-export>`
        : nothing}
    </div>`
  }

  private content(incident: IncidentDetail, { lead, evidence, repairs }: Story, late?: Problem) {
    const { data: bundle } = this.bundle
    return html`<div class="columns ${late ? 'stale' : ''}">
      <div class="first">
        ${lead(incident, this.base, this.language)} ${evidence(incident, this.base)} ${this.chronology(bundle)}
      </div>
      <div class="may">
        ${repairs(incident, { ask: this.askRepair, sent: (repair) => this.isSent(incident, repair), look: this.look, outlook: this.outlook, looking: this.looking, locale: this.language })}
        <ops-incident-attend exportparts="attend" .incident=${incident} .refused=${this.readOnly} .ask=${this.ask}></ops-incident-attend>
      </div>
      <div class="side">
        <ops-incident-advice exportparts="links" .incident=${incident} .bundle=${bundle}></ops-incident-advice>
      </div>
    </div>`
  }

  /** The progress of the jobs; the run continues even if the page is closed. */
  private repairRun() {
    if (!this.run) return nothing
    return html`<ops-bulk-run part="bulk-run" class="run" run-id=${this.run} closable begun .ask=${this.ask} @ops-close=${() => (this.run = '')} @ops-ended=${this.readAnew}></ops-bulk-run>`
  }

  private chronology(bundle: Bundle | undefined) {
    if (bundle && this.missing) return missingPart(this.missing, this.loadRest)
    if (bundle) return html`<ops-incident-history exportparts="chronology" .bundle=${bundle}></ops-incident-history>`
    const { problem } = this.bundle
    if (problem) return problemPanel(problem, this.bundle.reload)
    return this.mayView('view_forensics') ? skeletonRows(3) : html`<p class="card padded muted" role="note">${t`The history is withheld, because your account may not see forensics.`}</p>`
  }

  /** Why this actor may not change any incident; shown once at the top. */
  private get readOnly(): string {
    const permissions = operationsOn('incident').flatMap((action) => this.session?.permissions[action] ?? [])
    if (permissions.length === 0 || permissions.some(({ allowed }) => allowed)) return ''
    return permissions[0]!.reason ?? t`Your account may not do this.`
  }

  private readonly loadRest = async () => {
    try {
      await loadRest()
      this.missing = ''
    } catch (error) {
      this.missing = loadFailure(error)
    }
  }

  private readonly look = (repair: Repair): void => void this.takeOutlook(repair)

  /** The dialog shows the same preview again. */
  private async takeOutlook(repair: Repair) {
    const { keyOf, requestOf } = this.story.loaded!
    const [key, id] = [keyOf(repair), this.incidentId]
    this.looking = key
    const outlook = await this.connection!.client.createPreview({ body: requestOf(repair) }).then(
      ({ plan }): Outlook => ({ key, plan }),
      (error: unknown): Outlook => ({ key, problem: problemOf(error) }),
    )
    if (this.looking !== key || this.incidentId !== id) return
    Object.assign(this, { outlook, looking: '' })
  }

  private readonly ask = (ask: Ask): void => void this.confirm.open(ask)

  private readonly askRepair = (ask: Ask, repair: Repair): void => {
    this.asked = { id: this.incidentId, key: this.story.loaded!.keyOf(repair), action: ask.action, lastSeenAt: this.incident.data!.lastSeenAt }
    this.ask(ask)
  }

  /** Until the detector has looked again, an incident is still open although its repair was sent. */
  private isSent({ id, lastSeenAt }: IncidentDetail, repair: Repair): boolean {
    return sent.some((each) => each.id === id && each.key === this.story.loaded!.keyOf(repair) && each.lastSeenAt === lastSeenAt)
  }

  private rememberRepair(action: string) {
    const { asked } = this
    if (asked?.action !== action || asked.id !== this.incidentId) return
    sent.splice(0, sent.length, ...sent.slice(-maxSent), asked)
    this.asked = undefined
  }

  private readonly handleRun = ({ detail }: CustomEvent<BulkDetail>) => {
    this.run = detail.id
    this.rememberRepair(detail.action)
    this.readAnew()
    void loadRun().catch((error: unknown) => (this.missing = loadFailure(error)))
  }

  private readonly handleOperation = ({ detail }: CustomEvent<OperationDetail>) => {
    if (detail.outcome !== 'failed') this.rememberRepair(detail.action)
    this.readAnew()
  }

  private readonly readAnew = () => {
    this.outlook = undefined
    this.incident.reload()
    this.bundle.reload()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-incident': OpsIncident
  }
}
