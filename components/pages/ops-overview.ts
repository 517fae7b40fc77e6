import { css, html, nothing } from 'lit'
import { state } from 'lit/decorators.js'
import type { Overview } from '../../schemas/overview.ts'
import { OpsElement } from '../core/element.ts'
import { element } from '../core/register.ts'
import { Resource } from '../core/resource.ts'
import { bucketCard, bucketStyles } from '../parts/bucket.ts'
import { chipStyles } from '../parts/chip.ts'
import { overviewSkeleton, overviewSkeletonStyles } from '../parts/overview-skeleton.ts'
import { ownershipStyles } from '../parts/ownership.ts'
import { problemPanel, problemStyles, staleNote } from '../parts/problem.ts'
import { emptyState, quietStyles } from '../parts/quiet.ts'
import '../parts/time.ts'
import { vitalStyles, vitalView } from '../parts/vital.ts'
import { base, pageStyles } from '../theme/base.ts'

/**
 * Diagnosis first: one sentence on whether work is moving, three numbers to watch, and six buckets from what needs a
 * person to what is over, each with its next step.
 *
 * @tag ops-overview
 * @attr {string} api - Where the API is, e.g. `/ops/jobs/api/v1`; not needed inside `ops-provider`.
 * @attr {'light' | 'dark'} theme - Forces a theme.
 * @attr {string} locale - Language of dates and numbers, e.g. `de-DE`.
 * @fires ops-navigate - A link was clicked; prevent it to go there yourself. The detail is `{ href }`.
 * @slot empty - Shown below the sentence while there is nothing to operate at all.
 * @csspart heading - The heading.
 * @csspart headline - The card with the sentence and the numbers.
 * @csspart vital - One number to watch.
 * @csspart sparkline - Its last hour.
 * @csspart bucket - One of the six buckets.
 * @csspart exemplar - One case in a bucket.
 * @csspart chip - A status.
 * @csspart ownership - Who owns the next step.
 * @cssproperty --ops-page-padding - Space around the element, 16px unless set.
 * @cssproperty --ops-accent - Colour of links and lines.
 */
@element('ops-overview')
export class OpsOverview extends OpsElement {
  static override styles = [
    base,
    pageStyles,
    chipStyles,
    ownershipStyles,
    problemStyles,
    quietStyles,
    vitalStyles,
    bucketStyles,
    overviewSkeletonStyles,
    css`
      .headline {
        display: grid;
        gap: 12px;
        margin-bottom: 14px;
        border-inline-start-width: 3px;
      }
      .sentence {
        font-size: 16px;
        font-weight: 650;
        overflow-wrap: anywhere;
      }
      .moving {
        border-inline-start-color: var(--_runnable);
      }
      .halted {
        border-inline-start-color: var(--_review);
      }
      .as-of {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 10px;
      }
      .nothing {
        margin-bottom: 14px;
      }
      .withheld {
        margin-top: 14px;
      }
    `,
  ]

  @state() private held = false

  private readonly overview = new Resource(this, {
    connection: () => this.connection,
    load: ({ client }, signal) => client.getOverview({ signal }),
    key: () => null,
    topics: ['overview', 'cron'],
    paused: () => this.held,
  })

  override render() {
    return html`
      <header class="page-head">${this.heading('Overview')} ${this.asOf()}</header>
      ${this.overview.render({
        pending: overviewSkeleton,
        error: (problem) => problemPanel(problem, this.overview.reload),
        complete: (overview, late) => html`${staleNote(late, this.overview.reload)} ${this.content(overview)}`,
      })}
    `
  }

  private asOf() {
    const { data } = this.overview
    if (!data) return nothing
    return html`<div class="as-of muted num">
      <span>as of <ops-time show="relative" at=${data.asOf}></ops-time></span>
      ${this.held ? html`<b>paused</b>` : nothing}
      <button type="button" class="button" @click=${this.toggleLive}>${this.held ? 'Resume live' : 'Pause live'}</button>
    </div>`
  }

  private content(overview: Overview) {
    const troubled = overview.buckets.some(({ status, count }) => status === 'needs_review' && count !== 0)
    const tone = overview.moving === null ? '' : !overview.moving ? 'halted' : troubled ? '' : 'moving'
    return html`<section class="card padded headline ${tone}" part="headline" aria-label="Is work moving?">
        <p class="sentence">${overview.sentence}</p>
        <ul class="vitals">${overview.vitals.map((vital) => vitalView(vital, this.language))}</ul>
      </section>
      ${overview.buckets.every(({ count }) => count === 0) ? this.nothingThere(overview.withheld) : nothing}
      <div class="buckets">${overview.buckets.map((bucket) => bucketCard(bucket, this.language))}</div>
      ${overview.withheld.length > 0
        ? html`<p class="withheld muted small" role="note">Left out, because your account may not see it: ${overview.withheld.join(', ')}.</p>`
        : nothing}`
  }

  /** Nothing visible to this reader does not mean that nothing exists: something may be withheld. */
  private nothingThere(withheld: string[]) {
    const detail = withheld.length > 0 ? 'What your account may see is quiet.' : 'What the host declares and runs appears here by itself.'
    return html`<div class="nothing">${emptyState('Nothing to operate', detail)}</div>`
  }

  private toggleLive() {
    this.held = !this.held
    if (!this.held) this.overview.reload()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-overview': OpsOverview
  }
}
