import { html, nothing, type TemplateResult } from 'lit'
import { evidencePath } from '../../../schemas/actions.ts'
import type { Executor, ExecutorDetail } from '../../../schemas/executor.ts'
import type { Permission } from '../../../schemas/actor.ts'
import { countOf } from '../../../schemas/plural.ts'
import { duration, timeOfDay } from '../../core/time.ts'
import '../../parts/confirm.ts'
import { jobLink } from '../../parts/job-link.ts'
import type { Ask } from '../../parts/operation-fields.ts'
import { ownershipLabel } from '../../parts/ownership.ts'
import { refusal } from '../../parts/refusal.ts'
import '../../parts/time.ts'

export interface DetailContext {
  base: string
  locale: string | undefined
  /** Is it the only executor known on its host? */
  alone: boolean
  /** Whether this actor may rescue jobs at all, and if not, why. */
  rescue: Permission | undefined
  ask: (ask: Ask) => void
  mayOpen: (href: string) => boolean
}

/** The details below an expanded row. `detail` is missing while it loads. */
export function executorDetails(executor: Executor, detail: ExecutorDetail | undefined, context: DetailContext): TemplateResult {
  return html`<tr role="row" class="unfolded">
    <td role="cell" colspan="9">
      <div class="detail ${executor.health}" part="details">
        <div class="facts">
          <p class="small">${story(executor, context)} ${gaps(detail)}</p>
          ${detail ? jobs(detail, context) : html`<p class="small muted" role="status">Loading its jobs…</p>`}
        </div>
        ${aside(executor, detail, context)}
      </div>
    </td>
  </tr>`
}

const clock = (at: string) => timeOfDay(Math.floor(Date.parse(at) / 1000) * 1000)
const time = (at: string) => html`<ops-time show="exact" at=${at}></ops-time>`

function story({ health, beatAt, lateAt, missingAt, endedAt, startedAt, pid, host, source, version }: Executor, { alone }: DetailContext) {
  const started = startedAt ? html`Started ${time(startedAt)}${pid ? `, process ${pid}` : ''}${version ? html`, version <b class="wrap">${version}</b>` : ''}.` : nothing
  if (source === 'engine') return html`It appears only in the engine's own list, which shows neither slots nor health.`
  if (endedAt) return html`${started} It signed off ${time(endedAt)}.`
  if (health !== 'missing') return html`${started} ${lateAt && beatAt ? html`Last heartbeat ${time(beatAt)}, late since ${clock(lateAt)}. It may just be busy, so nothing is repaired.` : nothing}`
  return html`Last heartbeat <b>${time(beatAt!)}</b>, late since ${clock(lateAt!)}, missing since ${clock(missingAt!)}. It did not sign off.
    ${alone ? html`<span class="muted">No other executor on host ${host} is known, so the host itself may be down.</span>` : nothing}`
}

function gaps(detail: ExecutorDetail | undefined) {
  const [last] = detail?.gaps ?? []
  if (!last) return nothing
  const why = last.cause === 'database' ? 'it could not reach the database' : 'the process was not running'
  return html`<span class="muted">It was silent from ${time(last.from)} to ${clock(last.to)}, because ${why}${detail!.gaps.length > 1 ? `; ${detail!.gaps.length} such gaps in seven days` : ''}.</span>`
}

function jobs({ jobs: held, health, held: total, source }: ExecutorDetail, { base }: DetailContext) {
  if (source === 'engine') return nothing
  if (held === null) return html`<p class="small muted">Its jobs cannot be shown: the engine does not answer.</p>`
  if (!held.length) return html`<p class="small muted">${total ? 'Its jobs are gone from the engine, or your account may not see them.' : 'It has no jobs in hand.'}</p>`
  const verb = health === 'missing' ? 'taken' : 'in hand'
  return html`<table role="table" class="held-jobs" aria-label="Jobs in hand">
    <tbody role="rowgroup">
      ${held.map(
        ({ id, queue, startedAt, usualSeconds, attempt, maxAttempts, state }) => html`<tr role="row">
          <td role="cell">${jobLink(base, id)}</td>
          <td role="cell" class="wrap"><b>${queue}</b></td>
          <td role="cell" class="num">${verb === 'taken' ? html`taken <ops-time show="relative" at=${startedAt}></ops-time>` : html`in hand <ops-time show="age" at=${startedAt}></ops-time>`}</td>
          <td role="cell" class="muted">${[
            state === 'executing' ? '' : `now ${state}`,
            usualSeconds === null ? '' : `usually ${usual(usualSeconds)}`,
            attempt === undefined ? '' : `attempt ${attempt}${maxAttempts === undefined ? '' : ` of ${maxAttempts}`}`,
          ].filter(Boolean).join(' · ')}</td>
        </tr>`,
      )}
    </tbody>
  </table>`
}

function usual(seconds: number): string {
  return seconds < 10 ? `${seconds < 1 ? seconds.toFixed(1) : Math.round(seconds)} s` : duration(seconds * 1000)
}

function aside(executor: Executor, detail: ExecutorDetail | undefined, { base, rescue, ask, mayOpen, locale }: DetailContext) {
  const evidence = base + evidencePath('executor', executor.id)
  const ids = (detail?.jobs ?? []).filter(({ state }) => state === 'executing').map(({ id }) => id)
  const rescuable = executor.health === 'missing' && ids.length > 0
  const link = mayOpen(evidence) ? html`<a class="button way" href=${evidence}>Evidence</a>` : nothing
  if (!rescuable) return html`<div class="aside"><div class="actions">${link}</div></div>`
  return html`<div class="aside">
    ${ownershipLabel('powertools_native')}
    <div class="actions" part="actions">
      <button type="button" class="button primary" data-action="rescue_job" ?disabled=${!rescue?.allowed} aria-describedby="why-${executor.id}" @click=${() => ask({ action: 'rescue_job', selection: { ids } })}>
        ${`Rescue ${countOf(ids.length, 'job', undefined, locale)}…`}
      </button>
      ${link}
    </div>
    <p class="small muted" id="why-${executor.id}">
      ${rescue?.allowed
        ? html`Puts them back so that another executor takes them. If ${executor.name} is still running them, they run twice. The preview shows which can be rescued.`
        : refusal(rescue ?? { allowed: false })}
    </p>
  </div>`
}
