import { html, nothing, type TemplateResult } from 'lit'
import { auditPath } from '../../../schemas/actions.ts'
import type { Permission } from '../../../schemas/actor.ts'
import type { ErrorGroup, ErrorGroupDetail } from '../../../schemas/error-group.ts'
import type { Incident } from '../../../schemas/incident.ts'
import { formatCount } from '../../../schemas/plural.ts'
import { t, tn, tr } from '../../core/words.ts'
import '../../parts/chart.ts'
import { now } from '../../core/clock.ts'
import { clockTime } from '../../core/time.ts'
import '../../parts/copy.ts'
import { jobLink, jobsHref } from '../../parts/job-link.ts'
import type { Ask } from '../../parts/operation-fields.ts'
import { ownershipLabel } from '../../parts/ownership.ts'
import { refusal } from '../../parts/refusal.ts'
import '../../parts/time.ts'

export { detailStyles } from './detail-styles.ts'

export interface DetailContext {
  base: string
  locale: string | undefined
  /** Whether this actor may retry jobs at all, and if not, why. */
  retry: Permission | undefined
  incident: Incident | undefined
  ask: (ask: Ask) => void
  mayOpen: (href: string) => boolean
}

/** The details below an expanded row. `detail` is missing while it loads. */
export function errorDetails(group: ErrorGroup, detail: ErrorGroupDetail | undefined, context: DetailContext): TemplateResult {
  return html`<tr role="row" class="unfolded">
    <td role="cell" colspan="6">
      <div class="detail" part="details">
        <div class="facts">
          ${rates(group, context)} ${chart(group, context)}
          ${detail ? html`${examples(detail, context)} ${stack(detail)}` : html`<p class="small muted" role="status">${t`Loading its latest jobs…`}</p>`}
        </div>
        <div class="aside">${detail ? shares(detail, context) : nothing} ${actions(group, context)} ${links(group, context)}</div>
      </div>
    </td>
  </tr>`
}

function rates({ perMinute, burst, total, firstSeenAt }: ErrorGroup, { base, incident }: DetailContext) {
  const usual = burst?.usualPerMinute
  return html`<p class="small muted rates">
    ${tr`Failed per minute ${html`<b class=${burst?.active ? 'bad' : ''}>${decimal(perMinute)}</b>`}`} · ${usual === undefined || usual === null ? t`the usual rate is not known yet` : t`usual ${decimal(usual)}`}
    ${burst?.active && burst.probability !== null ? html` · ${odds(burst.probability)}` : nothing} · ${tr`${total} in all since ${html`<ops-time show="exact" coarse at=${firstSeenAt}></ops-time>`}`}
    ${incident ? html` · ${tr`incident ${html`<a class="linked wrap" href="${base}/incident/${incident.id}"><bdi>${incident.title}</bdi></a>`}`}${incident.acknowledged ? html`, ${tr`${html`<bdi>${incident.acknowledged.by.label}</bdi>`} is on it`}` : nothing}` : nothing}
  </p>`
}

const decimal = (value: number): string => (value >= 10 ? String(Math.round(value)) : value.toFixed(1))

/** In words, which are easier to read than powers of ten. */
function odds(probability: number): string {
  if (probability < 1e-9) return t`by chance this happens less than once in a billion`
  if (probability < 1e-6) return t`by chance this happens less than once in a million`
  return t`by chance this happens less than once in ${Math.max(1, Math.round(1 / probability))}`
}

function chart({ histogram: { from, stepSeconds, counts }, fingerprint }: ErrorGroup, { base, mayOpen }: DetailContext) {
  const start = Date.parse(from)
  const at = (step: number) => new Date(start + step * stepSeconds * 1000).toISOString()
  const href = (since: string, until: string) => jobsHref(base, { errorGroup: fingerprint, time: 'finished', from: since, to: until })
  return html`<ops-chart
    label=${stepSeconds === 60 ? t`Failed per minute` : tn(stepSeconds / 60, 'Failed in # minute', 'Failed in # minutes')}
    unit=${t`failed`}
    kind="bars"
    .from=${at(0)}
    .to=${at(counts.length)}
    .step=${stepSeconds * 1000}
    .series=${counts.map((count, step) => ({ at: at(step), value: count, failed: count }))}
    .hrefOf=${mayOpen(href('', '')) ? href : undefined}
  ></ops-chart>`
}

function examples({ examples: jobs, total }: ErrorGroupDetail, { base }: DetailContext) {
  if (!jobs.length) return nothing
  return html`<h3>${tn(total, 'Last {0} of # failure', 'Last {0} of # failures', jobs.length)}</h3>
    <table class="examples" role="table" aria-label=${t`Last failures`}>
      <tbody role="rowgroup">
        ${jobs.map(
          ({ jobId, at, attempt, final, executor, version }) => html`<tr role="row">
            <td role="cell">${jobLink(base, jobId)}</td>
            <td role="cell" class="num"><ops-time show="relative" at=${at}></ops-time>, <ops-time show="exact" at=${at}></ops-time></td>
            <td role="cell" class="wrap">${executor ? html`<bdi>${executor}</bdi>` : html`<span class="muted">${t`executor not known`}</span>`}${version ? html` <bdi class="muted">${version}</bdi>` : nothing}</td>
            <td role="cell" class="num">${final ? t`attempt ${attempt}, the last` : t`attempt ${attempt}`}</td>
          </tr>`,
        )}
      </tbody>
    </table>`
}

function stack({ sample, stack: lines }: ErrorGroupDetail) {
  const own = lines.filter(({ ofHost }) => ofHost)
  const others = lines.filter(({ ofHost }) => !ofHost)
  const message = (sample ?? '').split('\n').filter((line) => !lines.some(({ text }) => text === line.trim())).join('\n').trim()
  const frames = (of: typeof lines) => of.map(({ text }) => html`<span class="frame">${text}</span>`)
  return html`<div class="stack mono" part="stack">
    <b>${message ? html`<bdi>${message}</bdi>` : t`No message`}</b>
    ${frames(own)}
    ${others.length ? html`<details><summary>${tn(others.length, '# frame of the runtime and of libraries', '# frames of the runtime and of libraries')}</summary>${frames(others)}</details>` : nothing}
  </div>`
}

function shares({ shares: { versions, executors }, histogram: { from } }: ErrorGroupDetail, { locale }: DetailContext) {
  if (!versions.length && !executors.length) return html`<section><h3>${t`Where it happens`}</h3><p class="small muted">${t`Not known: no executor reports failures.`}</p></section>`
  const bars = (shares: typeof versions) => {
    const sum = shares.reduce((total, { count }) => total + count, 0)
    return html`<dl class="shares small">
      ${shares.map(({ name, count }) => html`<dt class="wrap"><bdi>${name}</bdi></dt><dd><span class="bar" aria-hidden="true"><i .style=${`inline-size:${sum ? (count / sum) * 100 : 0}%`}></i></span><span class="num">${formatCount(count, locale)}${count === 0 ? nothing : html` <span class="muted">${t`of ${sum}`}</span>`}</span></dd>`)}
    </dl>`
  }
  return html`<section part="shares">
    <h3>${t`Where it happens`}</h3>
    ${versions.length ? bars(versions) : nothing} ${executors.length ? bars(executors) : nothing}
    <p class="small muted">${t`Failures since ${clockTime(Math.floor(Date.parse(from) / 3_600_000) * 3_600_000, locale)} with a known executor; 0 was measured. A correlation does not prove a cause.`}</p>
  </section>`
}

/** A group that failed this recently is assumed to be still failing. */
const stillMs = 300_000

function actions(group: ErrorGroup, { retry, ask }: DetailContext) {
  const { fingerprint, operations, lastSeenAt } = group
  const control = (action: 'silence_error_group' | 'unsilence_error_group' | 'resolve_error_group' | 'reopen_error_group', label: string) => {
    const permission = operations[action]
    const why = `${action}-${fingerprint.slice(3)}`
    return html`<button type="button" class="button" data-action=${action} ?disabled=${!permission?.allowed} aria-describedby=${permission?.allowed ? nothing : why} @click=${() => ask({ action, id: fingerprint })}>${label}</button>
      ${permission?.allowed ? nothing : html`<span class="hidden-text">${refusal(permission ?? { allowed: false }, why)}</span>`}`
  }
  const [silence, resolve] = [group.status === 'silenced', group.status === 'resolved']
  const why = `why-${fingerprint.slice(3)}`
  return html`<section part="actions">
    ${ownershipLabel('powertools_native')}
    ${now() - Date.parse(lastSeenAt) < stillMs ? html`<p class="caution small" role="note">${t`Still failing: a retry now fails again.`}</p>` : nothing}
    <button type="button" class="button primary wide" data-action="retry_job" ?disabled=${!retry?.allowed} aria-describedby=${retry?.allowed ? nothing : why}
      @click=${() => ask({ action: 'retry_job', selection: { filter: { errorGroup: fingerprint, state: 'discarded' } } })}>
      ${t`Retry all of this group…`}
    </button>
    ${retry?.allowed ? nothing : html`<p>${refusal(retry ?? { allowed: false }, why)}</p>`}
    <div class="pair">
      ${silence ? control('unsilence_error_group', t`End silence…`) : control('silence_error_group', t`Silence…`)}
      ${resolve ? control('reopen_error_group', t`Reopen…`) : control('resolve_error_group', t`Resolve…`)}
    </div>
    ${marks(group)}
  </section>`
}

function marks({ silenced, resolved, regressedAt }: ErrorGroup) {
  const until = silenced && [silenced.until && tr`until ${html`<ops-time show="exact" coarse at=${silenced.until}></ops-time>`}`, silenced.untilRate && t`more than ${silenced.untilRate} per minute`, silenced.untilCount && t`more than ${silenced.untilCount} further failures`].filter(Boolean)
  return html`${silenced
    ? html`<p class="small muted">${tr`Silenced by ${html`<bdi>${silenced.by.label}</bdi>`} ${html`<ops-time show="relative" at=${silenced.at}></ops-time>`}`}${silenced.ended ? html`; ${t`ended, because ${silenced.ended.why}`}` : html` ${until!.map((each, index) => html`${index ? t` or ` : ''}${each}`)}`}${silenced.reason ? html`: <bdi class="quote">${silenced.reason}</bdi>` : nothing}</p>`
    : nothing}
  ${resolved ? html`<p class="small muted">${tr`Resolved by ${html`<bdi>${resolved.by.label}</bdi>`} ${html`<ops-time show="relative" at=${resolved.at}></ops-time>`}`}${regressedAt ? html`; ${tr`came back ${html`<ops-time show="relative" at=${regressedAt}></ops-time>`}`}` : nothing}</p>` : nothing}`
}

function links({ fingerprint, ...group }: ErrorGroup, { base, mayOpen }: DetailContext) {
  const jobs = jobsHref(base, { errorGroup: fingerprint, state: 'discarded' })
  const audit = base + auditPath('error_group', fingerprint)
  return html`<p class="links small">
    ${mayOpen(jobs) ? html`<a href=${jobs}>${t`Its discarded jobs`}</a>` : nothing} ${mayOpen(audit) ? html`<a href=${audit}>${t`Its audit events`}</a>` : nothing}
    <button type="button" class="text" @click=${() => void navigator.clipboard?.writeText(JSON.stringify({ fingerprint, ...group }, null, 2))}>${t`Copy as JSON`}</button>
    <ops-copy whole label=${t`fingerprint`} .value=${fingerprint}></ops-copy>
  </p>`
}
