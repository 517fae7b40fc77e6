import { html, nothing, type TemplateResult } from 'lit'
import { evidencePath } from '../../../schemas/actions.ts'
import type { Executor, ExecutorDetail } from '../../../schemas/executor.ts'
import type { Permission } from '../../../schemas/actor.ts'
import { duration, timeOfDay } from '../../core/time.ts'
import { t, tn, tr, tx } from '../../core/words.ts'
import '../../parts/confirm.ts'
import { jobLink } from '../../parts/job-link.ts'
import type { Ask } from '../../parts/operation-fields.ts'
import { ownershipLabel } from '../../parts/ownership.ts'
import { refusal } from '../../parts/refusal.ts'
import '../../parts/time.ts'

export interface DetailContext {
  base: string
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
          ${detail ? jobs(detail, context) : html`<p class="small muted" role="status">${t`Loading its jobs…`}</p>`}
        </div>
        ${aside(executor, detail, context)}
      </div>
    </td>
  </tr>`
}

const clock = (at: string) => timeOfDay(Math.floor(Date.parse(at) / 1000) * 1000)
const time = (at: string) => html`<ops-time show="exact" at=${at}></ops-time>`

function story({ health, beatAt, lateAt, missingAt, endedAt, startedAt, pid, host, source, version }: Executor, { alone }: DetailContext) {
  const started = startedAt ? html`${startedWords(startedAt, pid, version)}` : nothing
  if (source === 'engine') return t`It appears only in the engine's own list, which shows neither slots nor health.`
  if (endedAt) return html`${started} ${tr`It signed off ${time(endedAt)}.`}`
  if (health !== 'missing') return html`${started} ${lateAt && beatAt ? tr`Last heartbeat ${time(beatAt)}, late since ${clock(lateAt)}. It may just be busy, so nothing is repaired.` : nothing}`
  return html`${tr`Last heartbeat ${html`<b>${time(beatAt!)}</b>`}, late since ${clock(lateAt!)}, missing since ${clock(missingAt!)}. It did not sign off.`}
    ${alone ? html`<span class="muted">${tr`No other executor on host ${html`<bdi>${host}</bdi>`} is known, so the host itself may be down.`}</span>` : nothing}`
}

function startedWords(at: string, pid: number | null | undefined, version: string | null | undefined) {
  const named = html`<b class="wrap"><bdi>${version}</bdi></b>`
  if (pid) return version ? tr`Started ${time(at)}, process ${String(pid)}, version ${named}.` : tr`Started ${time(at)}, process ${String(pid)}.`
  return version ? tr`Started ${time(at)}, version ${named}.` : tr`Started ${time(at)}.`
}

function gaps(detail: ExecutorDetail | undefined) {
  const [last] = detail?.gaps ?? []
  if (!last) return nothing
  const [from, to] = [time(last.from), clock(last.to)]
  const silent = last.cause === 'database' ? tr`It was silent from ${from} to ${to}, because it could not reach the database.` : tr`It was silent from ${from} to ${to}, because the process was not running.`
  return html`<span class="muted">${silent}${detail!.gaps.length > 1 ? html` ${tn(detail!.gaps.length, '# such gap in seven days.', '# such gaps in seven days.')}` : nothing}</span>`
}

function jobs({ jobs: held, health, held: total, source }: ExecutorDetail, { base }: DetailContext) {
  if (source === 'engine') return nothing
  if (held === null) return html`<p class="small muted">${t`Its jobs cannot be shown: the engine does not answer.`}</p>`
  if (!held.length) return html`<p class="small muted">${total ? t`Its jobs are gone from the engine, or your account may not see them.` : t`It has no jobs in hand.`}</p>`
  return html`<table role="table" class="held-jobs" aria-label=${t`Jobs in hand`}>
    <tbody role="rowgroup">
      ${held.map(
        ({ id, queue, startedAt, usualSeconds, attempt, maxAttempts, state }) => html`<tr role="row">
          <td role="cell">${jobLink(base, id)}</td>
          <td role="cell" class="wrap"><b><bdi>${queue}</bdi></b></td>
          <td role="cell" class="num">${health === 'missing' ? tr`taken ${html`<ops-time show="relative" at=${startedAt}></ops-time>`}` : tr`in hand ${html`<ops-time show="age" at=${startedAt}></ops-time>`}`}</td>
          <td role="cell" class="muted">${[
            state === 'executing' ? '' : t`now ${tx(state)}`,
            usualSeconds === null ? '' : t`usually ${usual(usualSeconds)}`,
            attempt === undefined ? '' : maxAttempts === undefined ? t`attempt ${attempt}` : t`attempt ${attempt} of ${maxAttempts}`,
          ].filter(Boolean).join(' · ')}</td>
        </tr>`,
      )}
    </tbody>
  </table>`
}

function usual(seconds: number): string {
  return seconds < 10 ? t`${seconds < 1 ? seconds.toFixed(1) : Math.round(seconds)} s` : duration(seconds * 1000)
}

function aside(executor: Executor, detail: ExecutorDetail | undefined, { base, rescue, ask, mayOpen }: DetailContext) {
  const evidence = base + evidencePath('executor', executor.id)
  const ids = (detail?.jobs ?? []).filter(({ state }) => state === 'executing').map(({ id }) => id)
  const rescuable = executor.health === 'missing' && ids.length > 0
  const link = mayOpen(evidence) ? html`<a class="button way" href=${evidence}>${t`Evidence`}</a>` : nothing
  if (!rescuable) return html`<div class="aside"><div class="actions">${link}</div></div>`
  return html`<div class="aside">
    ${ownershipLabel('powertools_native')}
    <div class="actions" part="actions">
      <button type="button" class="button primary" data-action="rescue_job" ?disabled=${!rescue?.allowed} aria-describedby="why-${executor.id}" @click=${() => ask({ action: 'rescue_job', selection: { ids } })}>
        ${tn(ids.length, 'Rescue # job…', 'Rescue # jobs…')}
      </button>
      ${link}
    </div>
    <p class="small muted" id="why-${executor.id}">
      ${rescue?.allowed
        ? tr`Puts them back so that another executor takes them. If ${html`<bdi>${executor.name}</bdi>`} is still running them, they run twice. The preview shows which can be rescued.`
        : refusal(rescue ?? { allowed: false })}
    </p>
  </div>`
}
