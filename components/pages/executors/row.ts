import { html, nothing, type TemplateResult } from 'lit'
import type { Executor } from '../../../schemas/executor.ts'
import { executorHealths } from '../../../schemas/executor-words.ts'
import { listText } from '../../core/lists.ts'
import { t, tn } from '../../core/words.ts'
import { chip } from '../../parts/chip.ts'
import '../../parts/time.ts'
import { healthTones, usedSlots } from './words.ts'

/** More slots than this are drawn as one bar. */
const maxCells = 16
const shownQueues = 3
/** The age of a job is shown once it has been in hand for longer than this. */
const longMs = 10 * 60_000

export interface RowContext {
  open: boolean
  newest: boolean
  now: number
  locale: string | undefined
  toggle: (id: string) => void
  /** The host's own controls. */
  rowActions?: (item: never) => unknown
}

export function executorRow(executor: Executor, { open, newest, now, locale, toggle, rowActions }: RowContext): TemplateResult {
  const { id, name, health, version, beatAt, endedAt, donePerMinute, failedPerMinute } = executor
  return html`<tr role="row" part="row" class=${health}>
    <th scope="row" role="rowheader" class="name">
      <button type="button" class="fold" aria-expanded=${open} @click=${() => toggle(id)}><span class="mark ${open ? '' : 'shut'}" aria-hidden="true">${open ? '▾' : '▸'}</span><bdi>${name}</bdi></button>
    </th>
    <td role="cell" class="health">${chip(healthTones[health], executorHealths[health])}</td>
    <td role="cell" class="version ${newest ? 'newest' : ''}" data-label=${t`Version`}>${version ? html`<bdi>${version}</bdi>` : unknown()}</td>
    <td role="cell" class="queues small" data-label=${t`Queues`}>${queuesOf(executor)}</td>
    <td role="cell" class="slots" data-label=${t`Slots used`}>${slotsOf(executor)}</td>
    <td role="cell" class="held num small ${health === 'missing' && executor.held ? 'bad' : ''}" data-label=${t`In hand`}>${heldOf(executor, now)}</td>
    <td role="cell" class="rate num small" data-label=${t`Done/min`}>${rateOf(donePerMinute, locale)}</td>
    <td role="cell" class="rate num small ${failedPerMinute ? 'bad' : ''}" data-label=${t`Failed/min`}>${rateOf(failedPerMinute, locale)}</td>
    <td role="cell" class="beat num small ${health === 'missing' ? 'bad' : ''}" data-label=${endedAt ? t`Ended` : t`Last beat`}>
      ${endedAt ?? beatAt ? html`<ops-time show="relative" at=${endedAt ?? beatAt!}></ops-time>` : unknown()} ${rowActions?.(executor as never)}
    </td>
  </tr>`
}

/** Not known is never 0. */
export const unknown = () => html`<span class="muted" title=${t`not known`}>?<span class="hidden-text"> ${t`not known`}</span></span>`

/** Queues that an operator paused or limited come first, so that they are noticed. */
function queuesOf({ queues: all }: Executor) {
  const changed = ({ paused, limit }: Executor['queues'][number]) => Number(paused || limit !== null)
  const queues = all.toSorted((a, b) => changed(b) - changed(a))
  const more = queues.length - shownQueues
  return html`<span title=${listText(queues.map(({ name }) => name))}>${queues.slice(0, more === 1 ? queues.length : shownQueues).map(
    ({ name, paused, limit }, index) => html`${index ? t`, ` : ''}<bdi>${name}</bdi>${paused ? html` <span class="muted">${t`paused`}</span>` : limit === null ? nothing : html` <span class="muted">${t`at most ${limit}`}</span>`}`,
  )}${more > 1 ? html`, <span class="muted">+${more}<span class="hidden-text"> ${t`more`}</span></span>` : nothing}</span>`
}

function slotsOf(executor: Executor) {
  const { slots, held, health } = executor
  const lost = health === 'missing'
  const used = lost ? held : usedSlots(executor)
  if (health === 'ended') return html`<span class="muted">–</span>`
  const words = lost ? t`${held ?? 0} held` : used === null ? undefined : slots === null ? t`${used} in use` : t`${used} of ${slots}`
  return html`<span class="slot-line">${slots === null || used === null ? nothing : cells(used, slots)}<span class="num small ${lost ? 'muted' : ''}">${words ?? unknown()}</span></span>`
}

/** One cell per slot. The words beside it say the same. */
function cells(used: number, slots: number) {
  if (slots > maxCells) return html`<span class="bar" aria-hidden="true"><i style="inline-size: ${Math.round((Math.min(used, slots) / slots) * 100)}%"></i></span>`
  return html`<span class="cells" aria-hidden="true">${Array.from({ length: Math.max(slots, used) }, (_, index) => html`<i class=${index < used ? 'on' : ''}></i>`)}</span>`
}

function heldOf({ held, oldestHeldAt }: Executor, now: number) {
  if (held === null) return unknown()
  if (!held) return html`<span class="muted">${t`none`}</span>`
  const long = oldestHeldAt !== null && now - Date.parse(oldestHeldAt) > longMs
  return html`${tn(held, '# job', '# jobs')}${long ? html`, <ops-time show="age" at=${oldestHeldAt}></ops-time>` : nothing}`
}

function rateOf(perMinute: number | null, locale: string | undefined) {
  if (perMinute === null) return unknown()
  if (perMinute === 0) return html`<span class="muted">0</span>`
  if (perMinute < 0.05) return t`under 0.1`
  return perMinute.toLocaleString(locale ?? 'en-GB', { maximumFractionDigits: perMinute < 100 ? 1 : 0 })
}
