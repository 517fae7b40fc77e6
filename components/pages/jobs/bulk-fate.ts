import { css, html, nothing, type TemplateResult } from 'lit'
import { type BulkFate, bulkFates } from '../../../schemas/bulk-words.ts'
import type { BulkRun } from '../../../schemas/bulk.ts'
import type { Job } from '../../../schemas/job.ts'
import { type JobFilterName, jobFilterTable } from '../../../schemas/job-filters.ts'
import { listText } from '../../core/lists.ts'
import { languageTag, t, tn, tr, tx } from '../../core/words.ts'
import { jobLink, jobsHref } from '../../parts/job-link.ts'
import type { Ask } from '../../parts/operation-fields.ts'
import '../../parts/time.ts'

interface Around {
  base: string
  ask: (ask: Ask) => void
  /** Some of those that failed again. */
  failed: readonly Job[]
}

const order = Object.keys(bulkFates) as BulkFate[]
const ended: readonly BulkFate[] = ['completed', 'failed', 'cancelled', 'gone']

/** What became of the jobs since: read from the engine, and kept apart from what was done and is on record. */
export function bulkFateView(run: BulkRun, around: Around): TemplateResult | typeof nothing {
  const { fate } = run
  if (!fate) return nothing
  const counted = order.flatMap((name) => (fate.counts[name] ? [[name, fate.counts[name]] as const] : []))
  const all = counted.reduce((sum, [, count]) => sum + count, 0)
  if (all === 0) return nothing
  const each = (name: BulkFate, count: number) => `${count.toLocaleString(languageTag())} ${tx(bulkFates[name])}`
  const words = listText(counted.map(([name, count]) => each(name, count)))
  return html`<section class="fate" part="fate" aria-labelledby="fate-title">
    <p class="fate-head"><b id="fate-title">${sentenceOf(fate.counts, all)}</b>
      <span class="muted small">${fate.settledAt ? tr`settled ${html`<ops-time at=${fate.settledAt} show="relative"></ops-time>`}` : tr`as of ${html`<ops-time at=${fate.asOf} show="relative"></ops-time>`}, still followed`}</span></p>
    <div class="then" role="img" aria-label=${words}>${counted.map(([name, count]) => html`<i class=${name} .style=${`flex-grow:${count}`} title=${each(name, count)}></i>`)}</div>
    <ul class="outcomes">${counted.map(([name, count]) => html`<li class=${name}><b class="num">${count.toLocaleString(languageTag())}</b> ${tx(bulkFates[name])}</li>`)}</ul>
    ${fate.counts.failed ? failedAgain(run, fate.counts.failed, around) : nothing}
    ${fate.gone ? html`<p class="small muted">${fate.gone} ${t`How those ended is not known.`}</p>` : nothing}
    <p class="small muted">${t`What was done is on record. What became of the jobs is read from the engine, and is no part of the record.`}</p>
  </section>`
}

function sentenceOf(counts: Partial<Record<BulkFate, number>>, all: number): string {
  const open = order.filter((name) => !ended.includes(name)).reduce((sum, name) => sum + (counts[name] ?? 0), 0)
  const completed = t`${counts.completed ?? 0} of ${all} completed.`
  const failed = counts.failed ? tn(counts.failed, '# failed again.', '# failed again.') : open ? '' : t`None failed again.`
  return [completed, failed, open ? tn(open, '# has not ended yet.', '# have not ended yet.') : ''].filter(Boolean).join(' ')
}

/** More cannot be listed by their ids. */
const maxListed = 10_000

function failedAgain({ id }: BulkRun, count: number, { base, ask, failed }: Around) {
  const filter = { failedAgain: id, state: 'discarded' }
  return html`<div class="again">
    ${failed.length > 0
      ? html`<ul>${failed.map(({ id: job, queue, worker, error }) => html`<li><span class="wrap"><b><bdi>${worker ?? queue}</bdi></b> ${jobLink(base, job)}</span> <bdi class="mono error wrap" dir="ltr">${(error ?? '').split('\n')[0]!.slice(0, 300)}</bdi></li>`)}</ul>`
      : nothing}
    <p class="next"><a class="linked" href=${jobsHref(base, filter)}>${t`Open as a list`}</a>
      <button type="button" class="button" data-action="retry_job" @click=${() => ask({ action: 'retry_job', selection: { filter } })}>${tn(Math.min(count, maxListed), 'Retry the # again…', 'Retry the # again…')}</button>
      ${count > maxListed ? html`<span class="small muted">${t`the first ${maxListed} of ${count}`}</span>` : nothing}</p>
  </div>`
}

/** The filters of the run as they were when its set was frozen. */
export function chosenFilters({ chosen }: BulkRun): TemplateResult | typeof nothing {
  const filter = Object.entries(chosen?.filter ?? {})
  if (filter.length === 0) return nothing
  return html`<p class="small muted wrap">${t`What was chosen`}: ${filter.map(([name, value]) => `${tx(jobFilterTable[name as JobFilterName]?.label ?? name)}: ${value}`).join(' · ')}</p>`
}

export const bulkFateStyles = css`
  .fate {
    display: grid;
    gap: 8px;
    padding-top: 8px;
    border-top: 1px solid var(--_line);
  }
  .fate-head {
    display: flex;
    flex-wrap: wrap;
    justify-content: space-between;
    gap: 4px 12px;
  }
  .then {
    display: flex;
    gap: 1px;
    height: 12px;
    border-radius: 3px;
    overflow: hidden;
    background: var(--_sunken);
  }
  .then i {
    flex: 0 1 0;
    min-width: 3px;
    background: var(--_line-strong);
  }
  .then .completed {
    background: var(--_runnable);
  }
  .then .failed,
  .then .retrying {
    background: var(--_review);
  }
  .then .running {
    background: var(--_accent);
  }
  .then .gone {
    background: repeating-linear-gradient(45deg, var(--_line-strong) 0 3px, var(--_sunken) 3px 6px);
  }
  .fate .completed b {
    color: var(--_runnable);
  }
  .fate .failed b,
  .fate .retrying b,
  .again .error {
    color: var(--_review);
  }
  .again li {
    display: grid;
    grid-template-columns: minmax(0, 2fr) minmax(0, 3fr);
    gap: 8px;
    padding: 3px 0;
    font-size: 13px;
  }
  @media (forced-colors: active) {
    .then i {
      border-inline-end: 2px solid CanvasText;
    }
  }
`
