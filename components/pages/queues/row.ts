import { html, nothing, type TemplateResult } from 'lit'
import { type OperationAction, subjectPath } from '../../../schemas/actions.ts'
import type { Queue } from '../../../schemas/queue.ts'
import { now } from '../../core/clock.ts'
import { t, tn } from '../../core/words.ts'
import { figure } from '../../parts/count.ts'
import { histogram } from '../../parts/histogram.ts'
import { jobsHref } from '../../parts/job-link.ts'
import type { Ask } from '../../parts/operation-fields.ts'
import { queueChip } from './chip.ts'
import { number, perMinute, seconds } from './figures.ts'

export interface QueueContext {
  base: string
  /** The highest waiting of the last hour in all rows: their pictures share one scale. */
  top: number
  ask: (ask: Ask) => void
  /** Opens the sheet of what may be done. */
  more: (name: string) => void
  mayOpen: (href: string) => boolean
  /** The host's own controls. */
  rowActions?: (item: never) => unknown
  locale: string | undefined
}

/** One line of the list. On a phone its cells become a card, so each names its figure for itself. */
export function queueRow(queue: Queue, context: QueueContext): TemplateResult {
  const { base, locale } = context
  const { name, lately, due, status } = queue
  const still = status === 'blocked'
  return html`<tr role="row" part="row" class=${queue.age === 'fresh' ? '' : 'late'}>
    <th scope="row" role="rowheader" class="name"><a class="wrap" href=${base + subjectPath('queue', name)}><bdi>${name}</bdi></a></th>
    <td role="cell" class="status"><span class="chip-slot">${queueChip(status)}</span> <span class="cause wrap">${cause(queue, context)}</span></td>
    ${cell('oldest', t`oldest`, oldest(queue), still ? 'still' : '')}
    <td role="cell" class="waiting num">
      <span class="label">${t`waiting`}</span>
      <a class="plain ${still ? 'strong' : ''}" href=${jobsHref(base, { queue: name, state: 'available' })} aria-label=${due ? t`${figure(due.count, due.how, locale)} waiting in ${name}` : t`not measured waiting in ${name}`}>${due ? zero(figure(due.count, due.how, locale), due.count) : '–'}</a>
      ${waitingPicture(queue, context)}
    </td>
    ${cell('started', t`started/min`, lately.startedPerMinute === null ? '–' : zero(perMinute(lately.startedPerMinute, locale), lately.startedPerMinute), still ? 'still' : '')}
    ${cell('failed', t`failed/min`, lately.failedPerMinute === null ? '–' : zero(perMinute(lately.failedPerMinute, locale), lately.failedPerMinute), lately.failing ? 'bad' : '', usual(queue, locale))}
    ${cell('wait', t`p95 wait`, lately.waitP95Seconds === null ? '–' : seconds(lately.waitP95Seconds, locale), still ? 'strong' : '')}
    ${cell('executors', t`executors`, executors(queue), queue.executors === 0 && (due?.count ?? 0) > 0 ? 'still' : '')}
    <td role="cell" class="do">${actions(queue, context)}</td>
  </tr>`
}

function cell(kind: string, label: string, value: unknown, tone = '', title = '') {
  return html`<td role="cell" class="${kind} num" title=${title || nothing}><span class="label">${label}</span> <span class=${tone}>${value}</span></td>`
}

/** Zeros and what does not apply stand back. */
function zero(text: string, value: number) {
  return value === 0 ? html`<span class="zero">${text}</span>` : text
}

function cause({ cause: said, incident, age, paused }: Queue, { base, mayOpen }: QueueContext) {
  const href = incident ? base + subjectPath('incident', incident.id) : ''
  const words = incident && mayOpen(href) ? html`<a class="plain" href=${href}><bdi>${said}</bdi></a>` : html`<bdi>${said}</bdi>`
  return html`${words}${paused?.reason ? html`: <bdi class="quote" title=${paused.reason}>${paused.reason}</bdi>` : nothing}${age === 'lagging' ? html` <span class="muted">${t`(figures lag)`}</span>` : nothing}`
}

function oldest({ oldestDueAt, due }: Queue) {
  if (!due || due.count === 0 || !oldestDueAt) return html`<span class="zero">–</span>`
  return html`<ops-time show="age" at=${oldestDueAt}></ops-time>`
}

function usual({ lately: { usualFailedPerMinute } }: Queue, locale: string | undefined): string {
  return usualFailedPerMinute === null ? '' : t`usually ${perMinute(usualFailedPerMinute, locale)} a minute`
}

function executors({ executors: seen, attendance }: Queue) {
  if (seen === null && !attendance?.missing) return html`<span class="zero">–</span>`
  const missing = attendance?.missing ? html` <span class="bad" title=${t`${attendance.missing} missing`}>${`−${attendance.missing}`}<span class="hidden-text"> ${t`missing`}</span></span>` : nothing
  return html`${seen === 0 ? t`none` : seen}${missing}`
}

function waitingPicture({ name, series }: Queue, { top, locale }: QueueContext) {
  const values = lastHour(series)
  return histogram({ values, top, label: t`Waiting in ${name}, last hour: ${hourInWords(values, locale)}`, tone: 'level' })
}

function hourInWords(values: (number | null)[], locale: string | undefined): string {
  const measured = values.filter((value) => value !== null)
  if (measured.length === 0) return t`not measured`
  const [first, last] = [measured[0]!, measured.at(-1)!].map((value) => number(value, locale))
  const gaps = values.length - measured.length
  const course = t`from ${first!} to ${last!}, at most ${number(Math.max(...measured), locale)}`
  return gaps ? `${course}; ${tn(gaps, '# minute not measured', '# minutes not measured')}` : course
}

/** One value for each of the last sixty minutes; null: not measured. */
function lastHour(series: Queue['series']): (number | null)[] {
  const minute = 60_000
  const end = Math.floor(now() / minute) * minute
  const at = new Map(series.map((point) => [Math.floor(Date.parse(point.at) / minute) * minute, point.waiting]))
  return Array.from({ length: 60 }, (_, index) => at.get(end - (60 - index) * minute) ?? null)
}

/** The highest bar of all rows. */
export function topOf(queues: readonly Queue[]): number {
  return Math.max(0, ...queues.flatMap(({ series }) => series.map(({ waiting }) => waiting ?? 0)))
}

const pauseIcon = html`<svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true"><path d="M2 1.5h3v9H2zM7 1.5h3v9H7z" fill="currentColor" /></svg>`
const resumeIcon = html`<svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true"><path d="M2.5 1 11 6l-8.5 5z" fill="currentColor" /></svg>`

function actions(queue: Queue, { ask, more, rowActions }: QueueContext) {
  const { name, paused } = queue
  const action: OperationAction = paused ? 'resume_queue' : 'pause_queue'
  const verb = paused ? t`Resume…` : t`Pause…`
  const refused = refusedBecause(queue, action)
  return html`<div class="actions" part="actions">
    <button type="button" class="button icon ${paused ? 'resume' : ''}" data-action=${action} aria-label="${verb} ${name}" title=${refused || verb} aria-describedby=${refused ? `why-${name}` : nothing} ?disabled=${refused !== ''} @click=${() => ask({ action, id: name })}>
      ${paused ? resumeIcon : pauseIcon}
    </button>
    <button type="button" class="button icon" aria-label=${t`More for ${name}`} title=${t`What may be done`} aria-haspopup="dialog" @click=${() => more(name)}>⋯</button>
    ${rowActions?.(queue as never)}
    ${refused ? html`<span class="hidden-text" id="why-${name}">${refused}</span>` : nothing}
  </div>`
}

export function refusedBecause({ operations }: Pick<Queue, 'operations'>, action: OperationAction): string {
  const permission = operations[action]
  return permission?.allowed ? '' : (permission?.reason ?? t`Your account may not do this.`)
}
