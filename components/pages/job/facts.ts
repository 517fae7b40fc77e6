import { html, nothing, type TemplateResult } from 'lit'
import type { JobDetail } from '../../../schemas/job.ts'
import { duration } from '../../core/time.ts'
import { t, tr } from '../../core/words.ts'
import '../../parts/copy.ts'
import { jobLink, jobsHref } from '../../parts/job-link.ts'
import { stateChip } from '../../parts/job-state.ts'
import '../../parts/time.ts'

type Ref = JobDetail['dependencies'][number]

/** The facts on the job's card. */
export function jobFacts(job: JobDetail, base: string): TemplateResult {
  const { queue, worker, tags, priority, executor, createdAt, dueAt, keptUntil, engineState, state, id } = job
  return html`<section class="card padded" aria-label=${t`Facts`}>
    <dl>
      ${fact(t`Queue`, html`<a class="wrap" href=${jobsHref(base, { queue })}><bdi>${queue}</bdi></a>`)}
      ${worker ? fact(t`Worker`, html`<a class="wrap" href=${jobsHref(base, { worker })}><bdi>${worker}</bdi></a>`) : nothing}
      ${tags.length > 0 ? fact(t`Tags`, tags.map((tag) => html`<a class="wrap" href=${jobsHref(base, { tag })}><bdi>${tag}</bdi></a> `)) : nothing}
      ${executor ? fact(t`Executor`, html`<bdi class="wrap">${executor}</bdi>`) : nothing} ${time(t`Created`, createdAt)}
      ${dueAt && Math.abs(Date.parse(dueAt) - Date.parse(createdAt)) < 1000 ? fact(t`Due`, html`<span class="muted">${t`at once`}</span>`) : time(t`Due`, dueAt)}
      ${retries(job)} ${keptUntil ? fact(t`Kept until`, html`<ops-time at=${keptUntil} show="exact" coarse></ops-time>`) : nothing}
      ${priority === undefined ? nothing : fact(t`Priority`, html`<span class="num">${priority}</span>`)}
      ${engineState === state ? nothing : fact(t`Engine says`, html`<code>${engineState}</code>`)} ${fact(t`Id`, html`<ops-copy label=${t`job id`} value=${id}></ops-copy>`)}
    </dl>
  </section>`
}

function retries({ retries: plan, maxAttempts }: JobDetail) {
  if (maxAttempts === 1) return fact(t`Retries`, t`none`)
  if (!plan) return nothing
  const after = span(plan.afterSeconds)
  if (!plan.grows) return fact(t`Retries`, plan.afterSeconds === 0 ? t`at once` : t`after ${after} each`)
  return fact(t`Retries`, plan.maxSeconds === undefined ? t`after ${after}, then longer each time` : t`after ${after}, then longer each time, ${span(plan.maxSeconds)} at most`)
}

function span(seconds: number): string {
  return duration(Math.round(seconds) * 1000)
}

/** The job's origin and dependencies, and who retried it. `events` is left out if the actor may not see the audit log. */
export function jobOrigin({ origin, dependencies, events }: JobDetail, base: string): TemplateResult {
  const { cronEntry, slotAt, parent, retryOf } = origin
  const retried = events?.find(({ eventType, outcome }) => eventType === 'job.retried' && outcome === 'succeeded')
  const none = !cronEntry && !parent && !retryOf && dependencies.length === 0 && !retried
  return html`<section class="card padded" aria-labelledby="origin-title">
    <h3 id="origin-title" class="section-title">${t`Where it comes from`}</h3>
    ${none ? html`<p class="muted small">${events ? t`No cron entry or other job is known to have made it, and nobody has retried it here.` : t`No cron entry or other job is known to have made it.`}</p>` : nothing}
    <dl>
      ${cronEntry ? fact(t`Cron entry`, html`<a class="wrap" href="${base}/cron?entry=${encodeURIComponent(cronEntry)}"><bdi>${cronEntry}</bdi></a>`) : nothing}
      ${slotAt ? fact(t`Slot`, html`<ops-time at=${slotAt} show="exact"></ops-time>`) : nothing} ${parent ? fact(t`Parent`, ref(parent, base)) : nothing}
      ${retryOf ? fact(t`Retry of`, ref(retryOf, base)) : nothing}
      ${retried ? fact(t`Retried`, html`${tr`by ${html`<b>${retried.actor.label}</b>`}, ${html`<ops-time at=${retried.occurredAt} show="relative"></ops-time>`}`} ${retried.bulkId ? html`<a class="linked" href="${base}/list?bulk=${retried.bulkId}">${t`with others`}</a>` : nothing}`) : nothing}
      ${dependencies.length > 0 ? fact(t`Waits for`, html`<ul>${dependencies.map((each) => html`<li>${ref(each, base)}</li>`)}</ul>`) : nothing}
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
