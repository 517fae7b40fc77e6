import { css, html, nothing } from 'lit'
import { property, query, state } from 'lit/decorators.js'
import { OpsElement } from '../core/element.ts'
import { element } from '../core/register.ts'
import { Resource } from '../core/resource.ts'
import type { Connection } from '../core/connection.ts'
import { t, texts, tx } from '../core/words.ts'
import { chipStyles, statusChip } from './chip.ts'
import { problemPanel, problemStyles } from './problem.ts'
import { quietStyles, skeletonRows } from './quiet.ts'
import { sentence } from './sentence.ts'
import { forensicsHref, subjectTypeLabel } from './subject-link.ts'
import { base } from '../theme/base.ts'

export interface ChosenSubject {
  type: string
  id: string
}

interface Recent {
  /** Subjects that need attention. */
  attention: (ChosenSubject & { status: string; detail: string })[]
  /** Subjects of recent events. */
  touched: ChosenSubject[]
}

/** Subject types with evidence, and what identifies a subject of each. */
const kinds: Record<string, string> = texts({ cron_entry: 'Name of the entry', job: 'Id of the job', queue: 'Name of the queue', incident: 'Id of the incident', executor: 'Id of the executor', error_group: 'Fingerprint of the errors', bulk: 'Id of the bulk run', audit_event: 'Id of the event' })

/**
 * Asks whose evidence to open, and offers what the actor may see of late.
 *
 * @tag ops-subject-chooser
 */
@element('ops-subject-chooser')
export class OpsSubjectChooser extends OpsElement {
  static override styles = [
    base,
    chipStyles,
    problemStyles,
    quietStyles,
    css`
      :host {
        display: grid;
        gap: 14px;
        background: none;
      }
      form {
        display: flex;
        flex-wrap: wrap;
        align-items: end;
        gap: 12px;
      }
      .field {
        display: grid;
        gap: 2px;
      }
      .field.id {
        flex: 1 1 220px;
        max-width: 420px;
      }
      label {
        font-size: var(--_tiny);
        color: var(--_muted);
      }
      .recent {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 280px), 1fr));
        gap: 14px;
        align-items: start;
      }
      h3 {
        margin-bottom: 8px;
      }
      li {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 2px 10px;
        padding: 7px 0;
        border-top: 1px solid var(--_line);
      }
      li p {
        flex-basis: 100%;
      }
    `,
  ]

  @query('#id') private idField!: HTMLInputElement
  @state() private kind = 'cron_entry'

  @property({ attribute: false }) choose: (subject: ChosenSubject) => void = () => undefined

  private readonly recent = new Resource(this, {
    connection: () => (this.session ? this.connection : undefined),
    load: (connection, signal) => this.findRecent(connection, signal),
    key: () => [this.may('view_cron'), this.may('view_audit')],
    topics: [],
  })

  override render() {
    return html`${this.form()}
    ${this.session
      ? this.recent.render({
          pending: () => skeletonRows(3),
          error: (problem) => problemPanel(problem, this.recent.reload),
          complete: (recent) => this.lists(recent),
        })
      : nothing}`
  }

  private form() {
    return html`<form class="card padded" @submit=${this.submitted}>
      <div class="field">
        <label for="type">${t`What`}</label>
        <select id="type" @change=${(event: Event) => (this.kind = (event.target as HTMLSelectElement).value)}>
          ${Object.keys(kinds).map((kind) => html`<option value=${kind} ?selected=${kind === this.kind}>${subjectTypeLabel(kind)}</option>`)}
        </select>
      </div>
      <div class="field id">
        <label for="id">${tx(kinds[this.kind] ?? '')}</label>
        <input id="id" required maxlength="300" autocomplete="off" spellcheck="false" list="known" />
        <datalist id="known">${this.offers().map((id) => html`<option value=${id}></option>`)}</datalist>
      </div>
      <button type="submit" class="button primary">${t`Open evidence`}</button>
    </form>`
  }

  private lists({ attention, touched }: Recent) {
    return html`<div class="recent">
      ${this.list(
        t`Needs attention`,
        attention.map(({ status, detail, ...subject }) => html`<li>${this.link(subject)} ${statusChip(status)}<p class="small muted wrap">${sentence(detail, { seconds: false })}</p></li>`),
        this.may('view_cron') ? t`No cron entry needs attention.` : undefined,
      )}
      ${this.list(
        t`Recently changed`,
        touched.map((subject) => html`<li>${this.link(subject)} <span class="small muted">${subjectTypeLabel(subject.type)}</span></li>`),
        this.may('view_audit') ? t`No operation is recorded yet.` : undefined,
      )}
    </div>`
  }

  /** Omits a list that the actor may not see. */
  private list(title: string, items: unknown[], quiet: string | undefined) {
    if (quiet === undefined) return nothing
    return html`<section class="card padded">
      <h3>${title}</h3>
      ${items.length === 0 ? html`<p class="muted">${quiet}</p>` : html`<ul>${items}</ul>`}
    </section>`
  }

  private link(subject: ChosenSubject) {
    return html`<a class="wrap" href=${forensicsHref(this.base, subject)}><bdi>${subject.id}</bdi></a>`
  }

  private offers(): string[] {
    const { attention = [], touched = [] } = this.recent.data ?? {}
    return [...new Set([...attention, ...touched].filter(({ type }) => type === this.kind).map(({ id }) => id))]
  }

  private may(view: string): boolean {
    return this.session?.permissions[view]?.allowed ?? false
  }

  private async findRecent({ client }: Connection, signal: AbortSignal): Promise<Recent> {
    const [entries, events] = await Promise.all([
      this.may('view_cron') ? client.listCronEntries({ query: { limit: 200 }, signal }) : undefined,
      this.may('view_audit') ? client.listAuditEvents({ query: { limit: 50 }, signal }) : undefined,
    ])
    const attention = (entries?.items ?? [])
      .filter(({ status }) => status !== 'runnable')
      .map(({ name, status, detail }) => ({ type: 'cron_entry', id: name, status, detail }))
    const subjects = (events?.items ?? []).map(({ subject }) => subject).filter(({ type }) => type in kinds)
    const touched = [...new Map(subjects.map((subject) => [`${subject.type}:${subject.id}`, subject])).values()]
    return { attention: attention.slice(0, 8), touched: touched.slice(0, 8) }
  }

  private submitted(event: SubmitEvent) {
    event.preventDefault()
    const id = this.idField.value.trim()
    if (id) this.choose({ type: this.kind, id })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-subject-chooser': OpsSubjectChooser
  }
}
