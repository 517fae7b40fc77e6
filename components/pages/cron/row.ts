import { html, nothing, type TemplateResult } from 'lit'
import type { CronEntry } from '../../../schemas/cron.ts'
import { now } from '../../core/clock.ts'
import { clockTime, dayOf, duration, exactTime, relativeTime } from '../../core/time.ts'
import { t, tr } from '../../core/words.ts'
import { statusChip } from '../../parts/chip.ts'
import type { Ask } from '../../parts/confirm.ts'
import { sentence } from '../../parts/sentence.ts'
import { healthOf, slotStrip } from '../../parts/strip.ts'
import { entryActions } from './actions.ts'

export interface RowContext {
  base: string
  /** The address of a job's page. */
  jobLink: (jobId: string) => string
  /** Why this actor may change nothing at all; shown at the top of the page. */
  readOnly: string
  selected: boolean
  ask: (ask: Ask) => void
  /** Once it is loaded. */
  menu?: (entry: CronEntry) => TemplateResult
  loadMenu: (event: Event) => void
  select: (event: MouseEvent) => void
  /** A mark of the strip was clicked. */
  follow: (entry: CronEntry, event: MouseEvent) => void
}

export function entryRow(entry: CronEntry, context: RowContext): TemplateResult {
  const { base, jobLink, selected, select, follow } = context
  const href = `${base}/cron?entry=${encodeURIComponent(entry.name)}`
  return html`<tr class="entry-row ${selected ? 'selected' : ''} ${entry.pause ? 'held' : ''}" role="row" part="row">
    <th scope="row" role="rowheader" class="entry">
      <a href=${href} aria-expanded=${selected} @click=${select}><bdi>${entry.name}</bdi></a>
      <span class="sub one" dir="auto" title="${entry.expression} · ${entry.timezone}"
        ><span class="words">${entry.description}</span> <span class="exact"><code dir="ltr">${entry.expression}</code> ${entry.timezone} · ${tr`queue ${html`<bdi>${entry.queue}</bdi>`}`}</span></span
      >
    </th>
    <td role="cell" class="runs">${nextRun(entry)}</td>
    <td role="cell" class="slots" @click=${(event: MouseEvent) => follow(entry, event)}>${slotStrip(entry)}</td>
    <td role="cell" class="status">${status(entry, jobLink)}</td>
    <td role="cell" class="do">${entryActions(entry, context)}</td>
  </tr>`
}

/** The reader's clock; the entry's own on hover and for screen readers. */
function nextRun({ nextRuns, coming, timezone, pause, retiredAt }: CronEntry) {
  const [next] = nextRuns
  if (next) return html`<ops-time at=${next} zone=${timezone} show="relative" coarse></ops-time> <span class="sub num" title=${exactTime(Date.parse(next), { zone: timezone, seconds: false })}>${shortTime(Date.parse(next))}</span>`
  const none = retiredAt ? t`none: retired` : pause ? t`none: paused` : t`none: no time matches`
  return html`<span class="muted">${none}</span>${pause && coming[0] ? html`<span class="sub num">${t`was ${shortTime(Date.parse(coming[0].at))}`}</span>` : nothing}`
}

/** `13:25` today, `22 Nov 02:00` on another day. */
function shortTime(at: number): string {
  return dayOf(at) === dayOf(now()) ? clockTime(at) : `${dayOf(at)} ${clockTime(at)}`
}

function status(entry: CronEntry, jobLink: RowContext['jobLink']) {
  const { pause, detail, timezone } = entry
  const troubled = entry.status === 'needs_review'
  const said = entry.status !== 'runnable'
  const why = html`<span class="sub one ${troubled ? 'bad' : ''}" title=${said ? detail : nothing}>${healthLine(entry, jobLink)}${said ? html` · ${sentence(detail, { zone: timezone, seconds: false })}` : nothing}</span>`
  if (!pause) return html`${statusChip(entry.status)} ${why}`
  const who = pause.by?.label ?? t`someone`
  return html`${statusChip(entry.status)} <span class="small num"><ops-time at=${pause.at} show="age"></ops-time></span>
    <span class="sub one" title=${pause.reason ?? nothing}
      >${tr`paused by ${html`<bdi>${who}</bdi>`}`}${pause.resumeAt ? html`, ${tr`resumes ${html`<ops-time at=${pause.resumeAt} show="relative" coarse></ops-time>`}`}` : nothing}
      ${pause.reason ? html`<bdi class="quote">${pause.reason}</bdi>` : nothing}</span
    >`
}

/** `27/33 · skips every 5th · last run`, which leads to its job. */
function healthLine({ recent, coming, lastRun }: CronEntry, jobLink: RowContext['jobLink']) {
  const { onTime, known, note, alarming } = healthOf(recent, coming)
  const ran = lastRun && t`ran ${relativeTime(Date.parse(lastRun.at), now())}${lastRun.lateSeconds && lastRun.lateSeconds > 30 ? `, ${t`${duration(lastRun.lateSeconds * 1000)} late`}` : ''}`
  const last = lastRun?.jobId ? html`<a class="linked" href=${jobLink(lastRun.jobId)} title=${ran!}>${alarming ? note : t`last run`}</a>` : alarming ? note : nothing
  return html`${known > 0 ? html`<span class="num" title=${t`${onTime} of the last ${known} known slots ran on time`}><span aria-hidden="true" dir="ltr">${onTime}/${known}</span><span class="hidden-text">${t`${onTime} of ${known} on time`}</span></span>` : t`No run yet.`}${note && !alarming ? html` · ${note}` : nothing}${last === nothing ? nothing : html` · ${last}`}`
}
