import { html, nothing, type TemplateResult } from 'lit'
import type { JobDetail } from '../../../schemas/job.ts'
import { jobLink, jobsHref } from '../../parts/job-link.ts'
import { stateChip } from '../../parts/job-state.ts'
import '../../parts/time.ts'

type Ref = JobDetail['dependencies'][number]

/** The facts on the job's card. */
export function jobFacts(job: JobDetail, base: string): TemplateResult {
  const { queue, worker, tags, priority, executor, createdAt, dueAt, startedAt, finishedAt } = job
  return html`<section class="card padded" aria-label="Facts">
    <dl>
      ${fact('Queue', html`<a class="wrap" href=${jobsHref(base, { queue })}>${queue}</a>`)}
      ${worker ? fact('Worker', html`<a class="wrap" href=${jobsHref(base, { worker })}>${worker}</a>`) : nothing}
      ${tags.length > 0 ? fact('Tags', tags.map((tag) => html`<a class="wrap" href=${jobsHref(base, { tag })}>${tag}</a> `)) : nothing}
      ${priority === undefined ? nothing : fact('Priority', html`<span class="num">${priority}</span>`)} ${time('Created', createdAt)} ${time('Due', dueAt)}
      ${time('Started', startedAt)} ${time('Ended', finishedAt)} ${executor ? fact('Executor', html`<span class="wrap">${executor}</span>`) : nothing}
    </dl>
  </section>`
}

/** The job's origin and dependencies; nothing if it has none. */
export function jobOrigin({ origin, dependencies }: JobDetail, base: string): TemplateResult | typeof nothing {
  const { cronEntry, slotAt, parent, retryOf } = origin
  if (!cronEntry && !parent && !retryOf && dependencies.length === 0) return nothing
  return html`<section class="card padded" aria-labelledby="origin-title">
    <h3 id="origin-title" class="section-title">Where it came from</h3>
    <dl>
      ${cronEntry ? fact('Cron entry', html`<a class="wrap" href="${base}/cron?entry=${encodeURIComponent(cronEntry)}">${cronEntry}</a>`) : nothing}
      ${slotAt ? fact('Slot', html`<ops-time at=${slotAt} show="exact"></ops-time>`) : nothing} ${parent ? fact('Parent', ref(parent, base)) : nothing}
      ${retryOf ? fact('Retry of', ref(retryOf, base)) : nothing}
      ${dependencies.length > 0 ? fact('Waits for', html`<ul>${dependencies.map((each) => html`<li>${ref(each, base)}</li>`)}</ul>`) : nothing}
    </dl>
  </section>`
}

function ref({ id, queue, state }: Ref, base: string) {
  return html`${jobLink(base, id)} <span class="muted small wrap">${queue}</span> ${state ? stateChip(state) : nothing}`
}

function time(name: string, at: string | undefined) {
  return at ? fact(name, html`<ops-time at=${at}></ops-time>`) : nothing
}

function fact(name: string, value: unknown) {
  return html`<dt>${name}</dt>
    <dd>${value}</dd>`
}
