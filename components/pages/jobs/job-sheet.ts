import { css, html, LitElement, nothing } from 'lit'
import { property } from 'lit/decorators.js'
import type { Session } from '../../../schemas/actor.ts'
import type { JobDetail } from '../../../schemas/job.ts'
import type { Connection } from '../../core/connection.ts'
import { PageLinks } from '../../core/links.ts'
import { element } from '../../core/register.ts'
import { Resource } from '../../core/resource.ts'
import { t } from '../../core/words.ts'
import { diffStyles, json } from '../../parts/diff.ts'
import { histogramStyles } from '../../parts/histogram.ts'
import { jobHref } from '../../parts/job-link.ts'
import { stateChip } from '../../parts/job-state.ts'
import type { Ask } from '../../parts/operation-fields.ts'
import { problemPanel } from '../../parts/problem.ts'
import { skeletonRows } from '../../parts/quiet.ts'
import '../../parts/sheet.ts'
import { partStyles } from '../../parts/styles.ts'
import { base } from '../../theme/base.ts'
import { jobActions, refusalOf } from '../job/actions.ts'
import { jobFacts } from '../job/facts.ts'
import { fateStyles, jobFate } from '../job/fate.ts'
import { lifeBar, lifeStyles } from '../job/life-bar.ts'
import { jobMenu } from '../job/menu.ts'
import { jobStyles } from '../job/styles.ts'

/**
 * One job of the list in a sheet beside it: its error, life, arguments and facts, and what may be done.
 *
 * @tag ops-job-sheet
 * @fires ops-close - The sheet was closed.
 * @fires ops-step - The previous (-1) or next (1) job should be shown.
 */
@element('ops-job-sheet')
export class OpsJobSheet extends LitElement {
  static override styles = [
    base,
    partStyles,
    diffStyles,
    histogramStyles,
    fateStyles,
    lifeStyles,
    jobStyles,
    css`
      :host {
        display: contents;
      }
      .who,
      .what {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 8px;
      }
      .what {
        display: grid;
        gap: 12px;
      }
      .acts {
        display: flex;
        gap: 6px;
        margin-inline-start: auto;
      }
      .keys {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 14px;
        font-size: 12px;
        color: var(--_muted);
      }
      kbd {
        padding: 0 5px;
        border: 1px solid var(--_line-strong);
        border-radius: 4px;
        font: 12px / 18px var(--_mono);
      }
      @media (max-width: 699px) {
        .keys {
          display: none;
        }
      }
    `,
  ]

  protected readonly pageLinks = new PageLinks(this)

  @property({ attribute: false }) connection?: Connection
  @property({ attribute: false }) session?: Session
  @property({ attribute: false }) base = ''
  @property() locale?: string
  /** Id of the job; empty while the sheet is closed. */
  @property() job = ''
  /** Query of the list. */
  @property() list = ''
  @property({ attribute: false }) steps?: { previous: boolean; next: boolean }
  /** Where the job is in the list, e.g. `5 / 140`. */
  @property() place = ''
  @property({ attribute: false }) ask: (ask: Ask) => void = () => undefined
  @property({ attribute: false }) returnTo?: () => HTMLElement | null | undefined

  private readonly detail = new Resource<JobDetail>(this, {
    connection: () => (this.job ? this.connection : undefined),
    load: ({ client }, signal) => client.getJob({ params: { id: this.job }, signal }),
    key: () => this.job,
    of: () => this.job,
    topics: ['jobs', 'bulk'],
  })

  /** What is loaded, if the server may do something to it now. */
  get shown(): JobDetail | undefined {
    return this.detail.data?.id === this.job ? this.detail.data : undefined
  }

  override render() {
    const { shown } = this
    const href = this.job && jobHref(this.base, this.job) + (this.list ? `?list=${encodeURIComponent(this.list)}` : '')
    return html`<ops-sheet .open=${this.job !== ''} href=${href} .steps=${this.steps} .returnTo=${this.returnTo} exportparts="sheet"
      @ops-close=${() => this.dispatchEvent(new CustomEvent('ops-close'))}
      @ops-step=${({ detail }: CustomEvent<number>) => this.dispatchEvent(new CustomEvent('ops-step', { detail }))}>
      <span slot="actions" class="small"><span class="muted num">${this.place}</span> ${href ? html`<a class="way" href=${href}>${t`Open page`}</a>` : nothing}</span>
      <div slot="heading" class="who">
        <h2><bdi>${shown?.worker ?? shown?.queue ?? t`Job`}</bdi></h2>
        ${shown ? html`${stateChip(shown.state)}<span class="acts">${this.actions(shown)}</span>` : nothing}
      </div>
      <div class="what">${this.job ? this.detail.render({ pending: () => skeletonRows(5), error: (problem) => problemPanel(problem, this.detail.reload), complete: (job) => this.content(job) }) : nothing}</div>
      <div slot="foot" class="keys">
        <span><kbd>j</kbd> <kbd>k</kbd> ${t`next, previous`}</span><span><kbd>x</kbd> ${t`choose`}</span><span><kbd>Esc</kbd> ${t`close`}</span>
      </div>
    </ops-sheet>`
  }

  private actions(job: JobDetail) {
    const address = new URL(`${this.connection?.api ?? ''}/jobs/${encodeURIComponent(job.id)}`, location.href).href
    const ask = (ask: Ask) => this.ask(ask.id === job.id ? { ...ask, seen: job.version } : ask)
    const doing = { job, address, ask, say: () => undefined }
    return jobActions(doing, jobMenu(doing))
  }

  private content(job: JobDetail) {
    return html`${refusalOf(job)} ${jobFate(job, { base: this.base, locale: this.locale, ask: this.ask })}
      <section class="card" aria-label=${t`Its life in time`}>${lifeBar(job, this.locale)}</section>
      ${job.args === undefined || job.args === null ? nothing : html`<section aria-label=${t`Arguments`}><h3 class="section-title">${t`Arguments`}</h3>${json(job.args)}</section>`}
      ${jobFacts(job, this.base)}`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-job-sheet': OpsJobSheet
  }
}
