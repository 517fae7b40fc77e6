import { html, nothing, svg } from 'lit'
import { property } from 'lit/decorators.js'
import type { ComingEntry, ComingRuns } from '../../../schemas/cron-runs.ts'
import { now } from '../../core/clock.ts'
import { OpsElement } from '../../core/element.ts'
import { element } from '../../core/register.ts'
import { Resource } from '../../core/resource.ts'
import { clockTime, dayOf, duration, exactTime } from '../../core/time.ts'
import { t, tn, tr } from '../../core/words.ts'
import { chip, chipStyles } from '../../parts/chip.ts'
import type { Ask } from '../../parts/confirm.ts'
import { problemPanel, problemStyles, staleNote } from '../../parts/problem.ts'
import { emptyState, quietStyles, skeletonRows } from '../../parts/quiet.ts'
import { segments, segmentStyles } from '../../parts/segments.ts'
import { tableStyles } from '../../parts/table.ts'
import { ticksOf } from '../../parts/time-axis.ts'
import { base } from '../../theme/base.ts'
import { type Bar, barsIn, barsOf, binned, busiest, concurrency, countIn, happens, isFrequent, nightOf, overlapping, parseBetween, type Span, writeBetween } from './night.ts'
import { tonightStyles } from './tonight-styles.ts'
import './window.ts'

const hour = 3_600_000
const spans: Record<string, number> = { '24h': 24 * hour, '7d': 7 * 24 * hour }
/** Rows of the table; a window with more is better narrowed. */
const maxRows = 200
/** Ticks of a rhythm on the whole axis. More would be a solid line, so a rhythm that is too dense is drawn thinner: denser than others, but not each run. */
const maxTicks = 240

function ticksIn(runs: number, everySeconds: number, share: number): number {
  const most = maxTicks * share * Math.min(1, (60 / everySeconds) ** 0.3)
  return Math.max(1, Math.round(Math.min(runs, most)))
}

interface Coming extends ComingRuns {
  axis: Span
}

/**
 * All coming runs on one time axis, with a window that can be moved: which entries run in it, for how long usually, and what overlaps.
 *
 * @tag ops-cron-tonight
 * @fires ops-window - The window or the axis was changed; the detail is `{ between, span }`.
 */
@element('ops-cron-tonight')
export class OpsCronTonight extends OpsElement {
  static override styles = [base, tableStyles, chipStyles, problemStyles, quietStyles, segmentStyles, tonightStyles]

  @property({ attribute: false }) restriction: { q?: string; queue?: string; names?: string; source?: 'code' | 'runtime' | 'fixture' } = {}
  @property() between = ''
  @property() span = ''
  @property({ attribute: false }) ask?: (ask: Ask) => void

  private readonly coming = new Resource<Coming>(this, {
    connection: () => this.connection,
    load: async ({ client }, signal) => {
      const axis = this.nextAxis()
      return { axis, ...(await client.listComingRuns({ query: { ...this.restriction, to: new Date(axis.to).toISOString() }, signal })) }
    },
    key: () => [this.restriction, this.span],
    topics: ['cron'],
  })

  override render() {
    return this.coming.render<unknown>({
      pending: () => skeletonRows(6),
      error: (problem) => problemPanel(problem, this.coming.reload),
      complete: (data, late) => html`${staleNote(late, this.coming.reload)} ${data.entries.length ? this.night(data) : emptyState(t`Nothing runs`, t`No entry has a run in this time.`)}`,
    })
  }

  private night({ entries, axis, capped }: Coming) {
    const window = parseBetween(this.between, axis)
    return html`<div class="bar">
        <p class="sentence" role="status">${this.sentence(entries, window)}</p>
        <span class="end">${this.spanButtons()} ${this.typedTimes(window, axis)}</span>
      </div>
      <div class="card chart">
        ${this.ticks(axis)} ${this.atOnce(entries, axis)}
        <ul class="lanes">
          ${fold(entries).map((group) => this.lane(group, axis))}
        </ul>
        <div class="over"><ops-cron-window .axis=${axis} .window=${window} .step=${axis.to - axis.from > 24 * hour ? hour / 2 : hour / 12} @ops-move=${(event: CustomEvent<Span>) => this.show(event.detail, axis)}></ops-cron-window></div>
      </div>
      ${capped ? html`<p class="muted small">${t`Only the 500 entries that run soonest are shown.`}</p>` : nothing} ${this.table(entries, window)}`
  }

  private sentence(entries: ComingEntry[], window: Span) {
    const { once, several, paused, frequent, most } = nightOf(entries, window)
    const [from, to] = [this.moment(window.from), this.moment(window.to)]
    const first = once === 0 ? t`Between ${from} and ${to}, no entry runs just once.` : once === 1 ? t`Between ${from} and ${to}, 1 entry runs once.` : t`Between ${from} and ${to}, ${once} entries run once.`
    const more = [
      several > 0 && tn(several, '# runs several times.', '# run several times.'),
      paused > 0 && tn(paused, '# is paused.', '# are paused.'),
      frequent > 0 && tn(frequent, '# runs all the time.', '# run all the time.'),
      most && most.count > 1 && t`${most.count} overlap at ${clockTime(most.at)}.`,
    ]
    return html`<b>${first}</b> <span class="muted">${more.filter(Boolean).join(' ')}</span>`
  }

  private spanButtons() {
    const shown = this.span in spans ? this.span : '24h'
    const words: Record<string, string> = { '24h': t`24 h`, '7d': t`7 d` }
    return segments({ label: t`Axis`, words, current: shown, choose: (span) => this.announce({ between: '', span: span === '24h' ? '' : span }) })
  }

  private typedTimes(window: Span, axis: Span) {
    const field = (which: 'from' | 'to', label: string) => html`<input
      type="time"
      aria-label=${label}
      .value=${clockTime(window[which])}
      @change=${(event: Event) => this.handleTyped(which, (event.target as HTMLInputElement).value, window, axis)}
    />`
    return html`<span class="times">${field('from', t`From`)} – ${field('to', t`Until`)}</span>`
  }

  /** Typed times are those of the day on which the window begins. */
  private handleTyped(which: 'from' | 'to', text: string, window: Span, axis: Span) {
    const [hours, minutes] = text.split(':').map(Number)
    if (hours === undefined || minutes === undefined) return
    const given = new Date(window[which]).setHours(hours, minutes, 0, 0)
    const moved = { ...window, [which]: given }
    if (moved.to <= moved.from) moved.to += 24 * hour
    if (moved.to - moved.from > 24 * hour) moved.to -= 24 * hour
    this.show(axis.to - axis.from > 24 * hour ? { from: Math.max(moved.from, axis.from), to: Math.min(moved.to, axis.to) } : moved, axis)
  }

  private ticks(axis: Span) {
    return html`<div class="ticks" aria-hidden="true">
      ${ticksOf(axis.from, axis.to).map(({ at, label }) => html`<span class="tick num" .style=${`inset-inline-start: ${place(at, axis)}%`}>${label}</span>`)}
      <span class="now" .style=${`inset-inline-start: ${place(now(), axis)}%`}><span>${t`now`}</span></span>
    </div>`
  }

  private atOnce(entries: ComingEntry[], axis: Span) {
    const steps = concurrency(entries.filter((entry) => !isFrequent(entry)).flatMap(barsOf))
    const most = busiest(steps)
    const bins = binned(steps, axis, axis.to - axis.from > 24 * hour ? 336 : 144)
    const frequent = entries.filter(isFrequent).length
    return html`<div class="at-once">
      <div class="name"><b>${t`At once`}</b>
        <span class="muted small">${most ? t`most: ${most.count} at ${this.moment(most.at)}` : t`nothing`}${frequent ? ` · ${tn(frequent, 'without # frequent', 'without # frequent')}` : ''}</span></div>
      <div class="track" aria-hidden="true">
        <svg viewBox="0 0 ${bins.length} 100" preserveAspectRatio="none">${bins.map((count, index) => (count ? svg`<rect class=${count === most?.count && count > 1 ? 'most' : ''} x=${index} width="1.04" y=${100 - (count / most!.count) * 100} height=${(count / most!.count) * 100} />` : nothing))}</svg>
      </div>
    </div>`
  }

  private lane(group: ComingEntry[], axis: Span) {
    const [entry] = group as [ComingEntry]
    const several = group.length > 1
    return html`<li class="lane">
      <div class="name">
        <a href="${this.base}/cron?entry=${encodeURIComponent(entry.name)}" title=${entry.name}><bdi>${several ? stem(entry.name) : entry.name}</bdi></a>
        <span class="muted small num" title="${entry.expression} · ${entry.timezone}">${several ? t`${group.length} from ${this.moment(first(entry))}` : this.laneWords(entry)}</span>
      </div>
      <div class="track" aria-hidden="true">${group.map((each) => this.drawn(each, axis))}</div>
    </li>`
  }

  private laneWords(entry: ComingEntry): string {
    const { description, runs, usual, pause } = entry
    if (isFrequent(entry)) return pause ? t`${description} · paused` : description
    const start = this.moment(Date.parse(runs[0]!.at))
    const times = runs.length > 1 ? tn(runs.length, '# time', '# times') : ''
    const length = runs[0]!.paused ? t`paused` : runs[0]!.skipped && runs.length === 1 ? t`skipped` : usual ? about(usual.seconds) : t`length unknown`
    return [start, times, length].filter(Boolean).join(' · ')
  }

  private drawn(entry: ComingEntry, axis: Span) {
    if (isFrequent(entry)) {
      return entry.rhythms.map(({ from, to, everySeconds, runs }) => {
        const [start, end] = [Date.parse(from), Date.parse(to) + (runs > 1 ? everySeconds * 1000 : 0)]
        const share = (end - start) / (axis.to - axis.from)
        const ticks = ticksIn(runs, everySeconds, share)
        return html`<i class="rhythm ${entry.pause ? 'paused' : ''}" .style=${`inset-inline-start: ${place(start, axis)}%; inline-size: ${Math.max(0.2, place(Math.min(end, axis.to), axis) - place(start, axis))}%; --ticks: ${ticks}`}></i>`
      })
    }
    return barsOf(entry)
      .filter(({ from }) => from < axis.to)
      .map((bar) => html`<i class="run ${bar.known ? '' : 'unknown'} ${bar.paused ? 'paused' : ''} ${bar.skipped ? 'skipped' : ''}" title=${this.timesOf(bar)} .style=${`inset-inline-start: ${place(bar.from, axis)}%; inline-size: ${place(Math.min(bar.to, axis.to), axis) - place(bar.from, axis)}%`}></i>`)
  }

  private table(entries: ComingEntry[], window: Span) {
    const bars = barsIn(entries, window)
    const frequent = entries.filter((entry) => isFrequent(entry) && countIn(entry, window) > 0)
    return html`<div class="card">
      <table aria-label=${t`Runs in the window`}>
        <thead>
          <tr><th scope="col">${t`In the window`}</th><th scope="col">${t`Entry`}</th><th scope="col">${t`Queue, usual length`}</th><th scope="col">${t`Note`}</th><th scope="col"><span class="hidden-text">${t`Actions`}</span></th></tr>
        </thead>
        <tbody>
          ${bars.slice(0, maxRows).map((bar) => this.runRow(bar, bars))} ${frequent.map((entry) => this.frequentRow(entry, window))}
          ${bars.length + frequent.length === 0 ? html`<tr><td colspan="5" class="muted">${t`No entry runs in this window.`}</td></tr>` : nothing}
        </tbody>
      </table>
      ${bars.length > maxRows ? html`<p class="muted small padded">${tn(bars.length - maxRows, '# more run; narrow the window to see it.', '# more runs; narrow the window to see them.')}</p>` : nothing}
    </div>`
  }

  private runRow(bar: Bar, bars: Bar[]) {
    const { entry } = bar
    return html`<tr class=${happens(bar) ? '' : 'off'}>
      <td class="num times-of">${this.timesOf(bar)}</td>
      <td>${this.nameOf(entry)}</td>
      <td><bdi>${entry.queue}</bdi> · ${lengthOf(entry)}</td>
      <td class="wrap">${this.note(bar, bars)}</td>
      <td class="do">${this.runAction(bar)}</td>
    </tr>`
  }

  private frequentRow(entry: ComingEntry, window: Span) {
    return html`<tr class=${entry.pause ? 'off' : ''}>
      <td>${tn(countIn(entry, window), '# run', '# runs')}</td>
      <td>${this.nameOf(entry)}</td>
      <td><bdi>${entry.queue}</bdi> · ${lengthOf(entry)}</td>
      <td>${entry.pause ? this.pausedNote(entry) : entry.description}${entry.computedUntil && Date.parse(entry.computedUntil) < window.to ? html` <span class="muted">${t`worked out until ${this.moment(Date.parse(entry.computedUntil))}`}</span>` : nothing}</td>
      <td class="do">${entry.pause ? this.action(entry, 'resume_cron_entry', t`Resume…`) : nothing}</td>
    </tr>`
  }

  private nameOf({ name }: ComingEntry) {
    return html`<a href="${this.base}/cron?entry=${encodeURIComponent(name)}"><bdi>${name}</bdi></a>`
  }

  private note(bar: Bar, bars: Bar[]) {
    if (bar.skipped) return t`will be skipped`
    if (bar.paused) return this.pausedNote(bar.entry)
    const others = overlapping(bar, bars)
    return others.length ? html`<span class="overlap">${tr`overlaps ${html`<bdi>${others.slice(0, 3).join(', ')}</bdi>`}`}${others.length > 3 ? t` and ${others.length - 3} more` : nothing}</span>` : nothing
  }

  private pausedNote({ pause }: ComingEntry) {
    return html`${chip('waiting', t`Waiting`)} ${t`will not start`}${pause?.reason ? html`: <bdi class="quote">${pause.reason}</bdi>` : nothing}`
  }

  private runAction({ entry, from, skipped, paused }: Bar) {
    if (from <= now()) return nothing
    const input = { slotAt: new Date(from).toISOString() }
    if (skipped) return this.action(entry, 'unskip_cron_slot', t`Run after all…`, input)
    return paused ? this.action(entry, 'resume_cron_entry', t`Resume…`) : this.action(entry, 'skip_cron_slot', t`Skip this run…`, input)
  }

  private action(entry: ComingEntry, action: 'skip_cron_slot' | 'unskip_cron_slot' | 'resume_cron_entry', words: string, input?: Record<string, unknown>) {
    const { allowed, reason } = entry.permissions[action]
    const of = input ? t`${words} ${entry.name}, ${exactTime(Date.parse(input.slotAt as string), { seconds: false })}` : `${words} ${entry.name}`
    return html`<button type="button" class="deed" data-action=${action} aria-label=${of} ?disabled=${!allowed} title=${allowed ? nothing : (reason ?? t`Your account may not do this.`)} @click=${() => this.ask?.({ action, id: entry.name, input })}>${words}</button>`
  }

  private timesOf({ from, to, known }: Bar): string {
    return known ? `${this.moment(from)} – ${clockTime(to)}` : this.moment(from)
  }

  /** With its day where the axis has several. */
  private moment(at: number): string {
    return this.span === '7d' ? `${dayOf(at)} ${clockTime(at)}` : clockTime(at)
  }

  /** From the last full hour of the reader's clock. */
  private nextAxis(): Span {
    const from = new Date(now()).setMinutes(0, 0, 0)
    return { from, to: from + (spans[this.span] ?? spans['24h']!) }
  }

  private show(window: Span, axis: Span) {
    this.announce({ between: writeBetween(window, axis), span: this.span })
  }

  private announce(detail: { between: string; span: string }) {
    this.dispatchEvent(new CustomEvent('ops-window', { detail }))
  }
}

function place(at: number, { from, to }: Span): number {
  return Math.min(100, Math.max(0, ((at - from) / (to - from)) * 100))
}

function about(seconds: number): string {
  return duration(Math.max(1, Math.round(seconds)) * 1000)
}

function lengthOf({ usual }: ComingEntry): string {
  if (!usual) return t`length unknown`
  return usual.basis === 'entry' ? about(usual.seconds) : t`${about(usual.seconds)} (as its queue)`
}

function first({ runs }: ComingEntry): number {
  return Date.parse(runs[0]!.at)
}

function stem(name: string): string {
  return name.replaceAll(/[._:/-]*\d+/g, '')
}

/** Entries that differ only by a number share a lane, unless there is something to say about one of them. */
function fold(entries: ComingEntry[]): ComingEntry[][] {
  const quiet = (entry: ComingEntry) => !isFrequent(entry) && !entry.pause && /\d/.test(entry.name)
  const keyOf = (entry: ComingEntry) => (quiet(entry) ? `# ${stem(entry.name)} ${entry.queue.replaceAll(/\d+/g, '#')}` : entry.name)
  return [...Map.groupBy(entries, keyOf).values()].flatMap((group) => (group.length > 2 ? [group] : group.map((each) => [each])))
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-cron-tonight': OpsCronTonight
  }
}
