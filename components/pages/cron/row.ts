import { html, nothing, type TemplateResult } from 'lit'
import type { CronEntry } from '../../../schemas/cron.ts'
import { catchUpPolicies, overlapPolicies } from '../../../schemas/vocabulary.ts'
import { countOf } from '../../../schemas/plural.ts'
import { duration, exactTime, sameClock, viewerZone } from '../../core/time.ts'
import { statusChip } from '../../parts/chip.ts'
import type { Ask } from '../../parts/confirm.ts'
import { sentence } from '../../parts/sentence.ts'
import { jobHref } from '../../parts/job-link.ts'
import { markOf, slotStrip } from '../../parts/strip.ts'
import { entryActions } from './actions.ts'

export interface RowContext {
  base: string
  /** Why this actor may change nothing at all; shown at the top of the page. */
  readOnly: string
  selected: boolean
  ask: (ask: Ask) => void
  mayOpen: (href: string) => boolean
  select: (event: MouseEvent) => void
}

export function entryRow(entry: CronEntry, context: RowContext): TemplateResult {
  const { base, selected, select } = context
  const href = `${base}/cron?entry=${encodeURIComponent(entry.name)}`
  return html`<tr class=${selected ? 'selected' : ''} role="row" part="row">
    <th scope="row" role="rowheader" class="entry">
      <a href=${href} aria-expanded=${selected} @click=${select}>${entry.name}</a>
      ${line(`queue ${entry.queue}${entry.worker ? ` · ${entry.worker}` : ''}`)}
      ${line(`source ${entry.source}`)}
    </th>
    <td role="cell" class="schedule">
      <code class="clamp" title=${entry.expression}>${entry.expression}</code>
      <span class="sub clamp" title=${entry.description}>${entry.description}</span>
      <span class="sub wrap">${entry.timezone}</span>
    </td>
    <td role="cell" class="runs"><span class="caption">Next run</span>${nextRun(entry)}</td>
    <td role="cell" class="slots">${slotStrip(entry)} ${lastRun(entry, base)} ${line(`${overlapPolicies[entry.overlap]} · catch up ${catchUpWords(entry)}`)}</td>
    <td role="cell" class="status">${statusChip(entry.status)} ${statusDetail(entry)}</td>
    <td role="cell" class="do">${entryActions(entry, context)}</td>
  </tr>`
}

/** Limited to one line in a narrow column; the details show it in full. */
function line(words: string) {
  return html`<span class="sub clamp line" title=${words}>${words}</span>`
}

export function catchUpWords({ catchUp, maxCatchUp }: CronEntry): string {
  return catchUp === 'all' ? `all, max ${maxCatchUp}` : `${catchUpPolicies[catchUp]}`
}

function nextRun({ nextRuns, timezone, pause, retiredAt }: CronEntry) {
  const [next] = nextRuns
  if (!next) return html`<span class="muted">none: ${retiredAt ? 'retired' : pause ? 'paused' : 'no time matches'}</span>`
  const at = Date.parse(next)
  return html`<ops-time at=${next} zone=${timezone} show="relative" coarse></ops-time>
    <span class="sub num">${exactTime(at, { zone: timezone, seconds: false })}</span>
    ${sameClock(at, timezone, viewerZone) ? nothing : html`<span class="sub"><span class="num">${exactTime(at, { seconds: false })}</span> your clock</span>`}`
}

function lastRun({ lastRun, timezone }: CronEntry, base: string) {
  if (!lastRun) return html`<span class="sub">No run yet.</span>`
  const ended = lastRun.jobState ?? (lastRun.jobId ? 'open job' : 'end not seen')
  const late = lastRun.lateSeconds && lastRun.lateSeconds > 30 ? `, ${duration(lastRun.lateSeconds * 1000)} late` : ''
  return html`<span class="sub"
    >Last run <ops-time at=${lastRun.at} zone=${timezone} show="relative" coarse></ops-time> ${markOf(lastRun.outcome)}
    ${lastRun.jobId ? html`<a class="linked" href=${jobHref(base, lastRun.jobId)}>${ended}</a>` : ended}${late}</span
  >`
}

function statusDetail({ pause, status, detail, timezone, unfinishedJobs }: CronEntry) {
  const unfinished = unfinishedJobs > 0 ? html`<span class="sub">${countOf(unfinishedJobs, 'unfinished job')}</span>` : nothing
  if (!pause) return html`${status === 'runnable' ? nothing : html`<span class="sub clamp" title=${detail}>${sentence(detail, { zone: timezone, seconds: false })}</span>`} ${unfinished}`
  return html`<span class="sub">paused by ${pause.by?.label ?? 'someone'}, <ops-time at=${pause.at} show="relative"></ops-time></span>
    ${pause.reason ? html`<span class="sub quote clamp" title=${pause.reason}>${pause.reason}</span>` : nothing}
    <span class="sub">${pause.resumeAt ? html`resumes <ops-time at=${pause.resumeAt} show="both" coarse></ops-time>` : 'until someone resumes it'}</span>
    ${unfinished}`
}
