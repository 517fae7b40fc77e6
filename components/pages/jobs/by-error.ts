import { css, html, LitElement, nothing } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { ErrorGroup } from '../../../schemas/error-group.ts'
import type { Job, JobFilters } from '../../../schemas/job.ts'
import type { Connection } from '../../core/connection.ts'
import { now } from '../../core/clock.ts'
import { PageLinks } from '../../core/links.ts'
import { element } from '../../core/register.ts'
import { Resource } from '../../core/resource.ts'
import { t, tr } from '../../core/words.ts'
import { histogram, histogramStyles } from '../../parts/histogram.ts'
import { jobHref, shortId } from '../../parts/job-link.ts'
import type { Ask } from '../../parts/operation-fields.ts'
import { problemPanel } from '../../parts/problem.ts'
import { emptyState, skeletonRows } from '../../parts/quiet.ts'
import { partStyles } from '../../parts/styles.ts'
import { tableStyles } from '../../parts/table.ts'
import '../../parts/time.ts'
import { base } from '../../theme/base.ts'

const dayMs = 86_400_000
const maxGroups = 50
const maxJobs = 11

/**
 * The jobs of the list by what their errors have in common. Each group unfolds into its newest jobs.
 *
 * @tag ops-jobs-by-error
 * @fires ops-group - All jobs of a group should be listed; the detail is `{ fingerprint, title }`.
 */
@element('ops-jobs-by-error')
export class OpsJobsByError extends LitElement {
  static override styles = [
    base,
    tableStyles,
    partStyles,
    histogramStyles,
    css`
      :host {
        background: none;
      }
      .card {
        overflow-x: auto;
      }
      tr.group > * {
        padding: 6px 8px;
        border-bottom: 1px solid var(--_line);
        vertical-align: middle;
        font-weight: 400;
        font-size: var(--_size);
        color: inherit;
      }
      tr.open > * {
        background: var(--_accent-soft);
      }
      tr.inner > * {
        height: 30px;
        padding: 2px 8px;
        font-size: 13px;
        font-weight: 400;
      }
      .fold {
        padding: 2px 4px;
        border: 0;
        background: none;
        color: var(--_review);
        font: 12.5px / 1.5 var(--_mono);
        text-align: start;
        overflow-wrap: anywhere;
        cursor: pointer;
      }
      .fold::before {
        content: '▸ ';
        display: inline-block;
        width: 1.4em;
        color: var(--_muted);
      }
      :dir(rtl) .fold[aria-expanded='false']::before {
        transform: scaleX(-1);
      }
      .fold[aria-expanded='true']::before {
        content: '▾ ';
      }
      .inner .args {
        display: block;
        max-width: 300px;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .inner th {
        padding-inline-start: 34px;
      }
      .end {
        text-align: end;
      }
      .histogram {
        width: 120px;
      }
      .link {
        border: 0;
        background: none;
        color: var(--_accent);
        white-space: nowrap;
        cursor: pointer;
      }
      .link[disabled] {
        color: var(--_muted);
        cursor: not-allowed;
      }
      .note {
        padding: 8px 2px;
      }
      @container ops-page (max-width: 700px) {
        .optional {
          display: none;
        }
      }
    `,
  ]

  protected readonly pageLinks = new PageLinks(this)
  @state() private open = ''
  @property({ attribute: false }) connection?: Connection
  @property({ attribute: false }) base = ''
  /** The filters of the list; `text`, queue, worker and times narrow the groups, all of them the jobs of a group. */
  @property({ attribute: false }) filters: JobFilters = {}
  /** Why this actor may retry nothing; empty if they may. */
  @property() refused = ''
  @property({ attribute: false }) ask: (ask: Ask) => void = () => undefined

  private readonly groups = new Resource(this, {
    connection: () => this.connection,
    load: ({ client }, signal) => {
      const { queue, worker, error, words, from, to } = this.filters
      const since = from ?? new Date(now() - dayMs).toISOString()
      return client.listErrorGroups({ query: { queue, worker, text: error ?? words, from: since, to, limit: maxGroups }, signal })
    },
    key: () => [this.filters.queue, this.filters.worker, this.filters.error, this.filters.words, this.filters.to],
    topics: ['jobs'],
  })

  private readonly jobs = new Resource<{ of: string; items: Job[]; more: boolean }>(this, {
    connection: () => (this.open ? this.connection : undefined),
    load: async ({ client }, signal) => {
      const of = this.open
      const { items, nextCursor } = await client.listJobs({ query: { ...this.filters, error: undefined, words: undefined, errorGroup: of, limit: maxJobs }, signal })
      return { of, items, more: nextCursor !== undefined }
    },
    key: () => [this.open, this.filters],
    of: () => this.open,
    topics: [],
  })

  override render() {
    return this.groups.render({
      pending: () => skeletonRows(4),
      error: (problem) => problemPanel(problem, this.groups.reload),
      complete: ({ items, summary, nextCursor }) => {
        if (summary.lacks) return emptyState(t`Errors are not grouped with this engine`, summary.lacks)
        if (items.length === 0) return emptyState(t`No errors in this range`, this.filters.from ? t`Look at a longer range.` : t`Nothing failed within the last 24 hours.`)
        const top = Math.max(1, ...items.flatMap(({ histogram: { counts } }) => counts.map((count) => count ?? 0)))
        return html`<div class="card">
            <table aria-label=${t`Errors`}>
              <thead>
                <tr>
                  <th scope="col">${t`Error`}</th>
                  <th scope="col" class="optional">${t`Queue`}</th>
                  <th scope="col" class="optional">${this.filters.from ? t`In this range` : t`Last 24 h`}</th>
                  <th scope="col" class="end">${t`Failures`}</th>
                  <th scope="col" class="end optional">${t`Last`}</th>
                  <th scope="col"><span class="hidden-text">${t`Actions`}</span></th>
                </tr>
              </thead>
              <tbody>
                ${items.map((group) => this.group(group, top))}
              </tbody>
            </table>
          </div>
          <p class="note muted small">${nextCursor ? t`These are the most frequent ones.` : nothing} ${t`Numbers, ids and addresses in an error count as equal; a job that failed twice counts twice.`}</p>`
      },
    })
  }

  private group(group: ErrorGroup, top: number) {
    const { fingerprint, title, queue, count, lastSeenAt } = group
    const open = this.open === fingerprint
    const { refused } = this
    const retry = () => this.ask({ action: 'retry_job', selection: { filter: { ...this.filters, error: undefined, words: undefined, errorGroup: fingerprint } } })
    return html`<tr class="group ${open ? 'open' : ''}">
        <th scope="row"><button type="button" class="fold" aria-expanded=${open ? 'true' : 'false'} @click=${() => (this.open = open ? '' : fingerprint)}><bdi>${title}</bdi></button></th>
        <td class="optional"><bdi class="wrap">${queue}</bdi></td>
        <td class="optional">${histogram({ values: group.histogram.counts, top, label: t`${count} failures of this kind` })}</td>
        <td class="num end"><b>${count.toLocaleString()}</b></td>
        <td class="num end optional"><ops-time at=${lastSeenAt} show="relative"></ops-time></td>
        <td class="end"><button type="button" class="link" ?disabled=${refused !== ''} title=${refused || nothing} aria-label=${t`Retry the jobs with ${title}`} @click=${retry}>${t`Retry…`}</button></td>
      </tr>
      ${open ? this.members(group) : nothing}`
  }

  private members({ fingerprint, title }: ErrorGroup) {
    const row = (content: unknown) => html`<tr class="inner"><td colspan="6">${content}</td></tr>`
    const { data } = this.jobs
    if (!data || data.of !== fingerprint) return row(this.jobs.problem ? problemPanel(this.jobs.problem, this.jobs.reload) : html`<span class="muted">${t`Loading…`}</span>`)
    if (data.items.length === 0) return row(html`<span class="muted">${t`None of its jobs matches the other filters now.`}</span>`)
    const list = () => this.dispatchEvent(new CustomEvent('ops-group', { detail: { fingerprint, title } }))
    return html`${data.items.map(
        ({ id, worker, queue, args, attempt, maxAttempts, finishedAt, createdAt }) => html`<tr class="inner">
          <th scope="row"><a href=${jobHref(this.base, id)}><bdi>${worker ?? queue}</bdi></a> <span class="mono muted">${shortId(id)}</span></th>
          <td colspan="2" class="optional"><bdi class="mono args">${JSON.stringify(args)?.slice(0, 200)}</bdi></td>
          <td class="num end">${attempt}${maxAttempts ? html`<span class="muted">/${maxAttempts}</span>` : nothing}</td>
          <td class="num end optional"><ops-time at=${finishedAt ?? createdAt} show="relative"></ops-time></td>
          <td></td>
        </tr>`,
      )}
      ${row(tr`${html`<button type="button" class="link" @click=${list}>${data.more ? t`Show all of them` : t`Show them`}</button>`} as a list`)}`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-jobs-by-error': OpsJobsByError
  }
}
