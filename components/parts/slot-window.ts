import { css, html, type TemplateResult } from 'lit'
import { countOf, formatCount } from '../../schemas/plural.ts'
import { slotOutcomes } from '../../schemas/vocabulary.ts'
import { exactTime } from '../core/time.ts'
import { jobHref } from './job-link.ts'
import { markOf } from './strip.ts'

export interface WindowSlot {
  at: string
  outcome: string
  note?: string
  /** The job created for it. */
  jobId?: string
}

/** Instants without evidence; never drawn as missed. */
const gaps = new Set(['unknown', 'scheduler_down'])

/** Every slot of the window, oldest first; a dashed frame surrounds marks without evidence. */
export function slotWindow(slots: WindowSlot[], base: string): TemplateResult {
  const counted = countByOutcome(slots)
  const covered = slots.filter(({ outcome }) => !gaps.has(outcome)).length
  return html`<section class="card padded slot-window" part="slots" aria-labelledby="slots-title">
    <div class="section-head">
      <h3 id="slots-title">Last ${countOf(slots.length, 'slot')}</h3>
      <span class="muted small num">evidence covers ${covered} of ${slots.length}</span>
    </div>
    <div class="drawn">
      <div class="marks" role="img" aria-label=${summary(slots, counted)}>${runs(slots).map((run) => drawRun(run, base))}</div>
      <p class="ends muted small num"><span>${timeOf(slots[0]!)}</span><span>${timeOf(slots.at(-1)!)}</span></p>
    </div>
    <ul class="legend">
      ${counted.map(([outcome, count]) => html`<li>${markOf(outcome)} ${formatCount(count)} ${wordOf(outcome)}</li>`)}
    </ul>
  </section>`
}

function drawRun(run: WindowSlot[], base: string) {
  const outcome = run[0]!.outcome
  const words = (slot: WindowSlot) => `${timeOf(slot)}: ${wordOf(slot.outcome)}${slot.note ? `. ${slot.note}` : ''}`
  const marks = run.map((slot) =>
    slot.jobId
      ? html`<a href=${jobHref(base, slot.jobId)} tabindex="-1" aria-hidden="true" title="${words(slot)}. Open its job">${markOf(slot.outcome)}</a>`
      : html`<span title=${words(slot)}>${markOf(slot.outcome)}</span>`,
  )
  return gaps.has(outcome) ? html`<span class="gap">${marks}</span>` : marks
}

function runs(slots: WindowSlot[]): WindowSlot[][] {
  const found: WindowSlot[][] = []
  for (const slot of slots) {
    if (found.at(-1)?.[0]!.outcome === slot.outcome) found.at(-1)!.push(slot)
    else found.push([slot])
  }
  return found
}

function countByOutcome(slots: WindowSlot[]): [string, number][] {
  const counts = new Map<string, number>()
  for (const { outcome } of slots) counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
  return [...counts].toSorted((a, b) => b[1] - a[1])
}

/** A text alternative for the chart that lists each irregular period with its times. */
function summary(slots: WindowSlot[], counted: [string, number][]): string {
  const counts = counted.map(([outcome, count]) => `${count} ${wordOf(outcome)}`).join(', ')
  const odd = runs(slots).filter(([first]) => first!.outcome !== 'on_time')
  const told = odd.slice(-12).map((run) => `${wordOf(run[0]!.outcome)} ${timeOf(run[0]!)}${run.length > 1 ? ` to ${timeOf(run.at(-1)!)}` : ''}`)
  return `${counts}${told.length > 0 ? `. ${told.join('; ')}` : ''}`
}

function wordOf(outcome: string): string {
  return slotOutcomes[outcome as keyof typeof slotOutcomes] ?? 'unknown'
}

function timeOf({ at }: WindowSlot): string {
  return exactTime(Date.parse(at), { seconds: false })
}

export const slotWindowStyles = css`
  .drawn {
    width: fit-content;
    max-width: 100%;
  }
  .marks {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px 3px;
  }
  .marks .mark {
    display: block;
    width: 9px;
    height: 26px;
  }
  .marks .gap {
    display: inline-flex;
    gap: 3px;
    padding: 2px 3px;
    border: 1px dashed var(--_control-line);
    border-radius: 4px;
  }
  .ends {
    display: flex;
    justify-content: space-between;
    gap: 12px;
    margin-top: 4px;
  }
`
