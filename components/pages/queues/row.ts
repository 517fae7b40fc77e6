import { html, nothing, type TemplateResult } from 'lit'
import type { Queue } from '../../../schemas/queue.ts'
import { auditPath, evidencePath, type OperationAction } from '../../../schemas/actions.ts'
import { type JobState, jobStates, queueDiagnoses } from '../../../schemas/vocabulary.ts'
import { statusChip } from '../../parts/chip.ts'
import { countOf, formatCount } from '../../../schemas/plural.ts'
import { figure } from '../../parts/count.ts'
import { jobsHref } from '../../parts/job-link.ts'
import '../../parts/menu.ts'
import type { MenuItem } from '../../parts/menu.ts'
import type { Ask } from '../../parts/operation-fields.ts'
import { shortRefusal } from '../../parts/refusal.ts'
import '../../parts/time.ts'
import { type Bar, barChart } from './chart.ts'

export interface QueueContext {
  base: string
  /** Reasons that are already shown at the top of the page. */
  said: string[]
  ask: (ask: Ask) => void
  mayOpen: (href: string) => boolean
  locale: string | undefined
}

export function queueRow(queue: Queue, context: QueueContext): TemplateResult {
  const { base, locale } = context
  return html`<tr role="row" part="row">
    <th scope="row" role="rowheader" class="name">
      <a class="wrap" href=${jobsHref(base, { queue: queue.name })}>${queue.name}</a>
      <span class="sub">${workforce(queue, locale)}</span>
    </th>
    <td role="cell" class="depth">${depth(queue, base, locale)}</td>
    <td role="cell" class="hour">${charts(queue, locale)}</td>
    <td role="cell" class="status">${status(queue)}</td>
    <td role="cell" class="do">${actions(queue, context)}</td>
  </tr>`
}

function workforce({ executors, limit }: Queue, locale: string | undefined): string {
  const seen = executors === null ? [] : [executors === 0 ? 'no executor seen' : countOf(executors, 'executor', undefined, locale)]
  return [...seen, ...(limit === null ? [] : [`${formatCount(limit, locale)} at once`])].join(' · ')
}

/** Unfinished states first, then ended ones. */
const order: JobState[] = ['available', 'executing', 'retryable', 'scheduled', 'discarded', 'completed', 'cancelled']

/** The number of jobs in each non-empty state, linked to those jobs. */
function depth({ name, depth, oldestAvailableAt }: Queue, base: string, locale: string | undefined) {
  const some = depth.filter(({ count }) => count > 0).toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state))
  return html`${some.length === 0 ? html`<span class="muted">${depth.length === 0 ? 'not measured yet' : 'empty'}</span>` : nothing}
    <ul>
      ${some.map(
        ({ state, count, how }) =>
          html`<li class=${state === 'available' ? 'first' : ''}><a class="plain" href=${jobsHref(base, { queue: name, state })}><b class="num">${figure(count, how, locale)}</b> ${jobStates[state] ?? state}</a></li>`,
      )}
    </ul>
    ${oldestAvailableAt ? html`<span class="sub">oldest has waited <ops-time show="age" at=${oldestAvailableAt}></ops-time></span>` : nothing}`
}

function charts({ series, finishedPerMinute, failedPerMinute, waitP95Seconds }: Queue, locale: string | undefined) {
  const number = (value: number) => value.toLocaleString(locale ?? 'en-GB', { maximumFractionDigits: value < 10 ? 1 : 0 })
  const seconds = (value: number) => (value < 90 ? `${number(value)} s` : value < 5400 ? `${number(value / 60)} min` : `${number(value / 3600)} h`)
  const bars = (read: (point: Queue['series'][number]) => Omit<Bar, 'at'>) => series.map((point) => ({ at: point.at, ...read(point) }))
  const ended = finishedPerMinute === null ? '–' : `${number(finishedPerMinute)}/min`
  return html`<div class="charts">
    ${barChart({ name: 'Waiting', bars: bars(({ waiting }) => ({ value: waiting })), figure: latest(series, number), format: number })}
    ${barChart({ name: 'Ended', bars: bars(({ finished, failed: bad }) => ({ value: finished, bad })), figure: ended, note: failedPerMinute ? `${failedPerMinute < 0.05 ? 'under 0.1' : number(failedPerMinute)}/min failed` : '', format: number })}
    ${barChart({ name: 'Wait p95', bars: bars(({ waitP95Seconds: wait }) => ({ value: wait })), figure: waitP95Seconds === null ? '–' : seconds(waitP95Seconds), format: seconds })}
  </div>`
}

function latest(series: Queue['series'], format: (value: number) => string): string {
  const last = series.findLast(({ waiting }) => waiting !== null)?.waiting
  return last === undefined || last === null ? '–' : format(last)
}

/** The status from the server, with its diagnosis. */
function status({ paused, status: of, diagnosis, since }: Queue) {
  if (!paused) {
    const quiet = diagnosis === 'idle' || diagnosis === 'working'
    return html`${statusChip(of)} ${quiet ? nothing : html`<span class="sub">${queueDiagnoses[diagnosis] ?? diagnosis}${since ? html`${diagnosis === 'not_looked' ? '' : ','} since <ops-time show="exact" coarse at=${since}></ops-time>` : nothing}</span>`}`
  }
  return html`${statusChip(of)}
    <span class="sub">paused ${paused.by ? `by ${paused.by.label}` : 'in the engine; nobody is on record'}${paused.at ? html`, <ops-time show="relative" at=${paused.at}></ops-time>` : nothing}</span>
    ${paused.reason ? html`<span class="sub quote clamp" title=${paused.reason}>${paused.reason}</span>` : nothing}`
}

function actions(queue: Queue, { base, said, ask, mayOpen }: QueueContext) {
  const { name, paused, operations, limit } = queue
  const main: OperationAction = paused ? 'resume_queue' : 'pause_queue'
  const refused = refusedBecause(queue, main)
  const why = refused ? `why-${name}` : nothing
  const other: OperationAction = paused ? 'pause_queue' : 'resume_queue'
  const more: MenuItem[] = [
    // Both are enabled only if the engine does not report whether the queue is paused.
    ...(operations[main]?.allowed && operations[other]?.allowed ? [{ label: paused ? 'Pause again…' : 'Resume…', choose: () => ask({ action: other, id: name }) }] : []),
    ...(operations.scale_queue
      ? [{ label: 'Change concurrency…', refused: refusedBecause(queue, 'scale_queue'), choose: () => ask({ action: 'scale_queue', id: name, ...(limit === null ? {} : { value: limit }) }) }]
      : []),
    { label: 'Its jobs', href: jobsHref(base, { queue: name }) },
    { label: 'Open forensics', href: base + evidencePath('queue', name) },
    { label: 'Audit events', href: base + auditPath('queue', name) },
  ]
  return html`<div class="actions" part="actions">
      <button
        type="button"
        class="button ${paused ? 'primary' : ''}"
        aria-label="${paused ? 'Resume…' : 'Pause…'} ${name}"
        aria-describedby=${why}
        ?disabled=${refused !== ''}
        @click=${() => ask({ action: main, id: name })}
      >
        ${paused ? 'Resume…' : 'Pause…'}
      </button>
      <ops-menu label="More for ${name}" .items=${more.filter(({ href }) => !href || mayOpen(href))}></ops-menu>
    </div>
    ${refused ? html`<p class="refusal" id=${why}>${said.includes(refused) ? shortRefusal(refused, nothing, said[0] === refused ? 'Read-only' : 'Not on this engine') : refused}</p>` : nothing}`
}

function refusedBecause({ operations }: Queue, action: OperationAction): string {
  const permission = operations[action]
  return permission?.allowed ? '' : (permission?.reason ?? 'Your account may not do this.')
}
