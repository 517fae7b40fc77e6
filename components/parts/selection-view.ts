import { css, html, nothing, type TemplateResult } from 'lit'
import type { JobFilters, JobSelection } from '../../schemas/job.ts'
import { type JobFilterName, jobFilterTable } from '../../schemas/job-filters.ts'
import type { Plan, SelectionBreakdown } from '../../schemas/plan.ts'
import { jobStates } from '../../schemas/vocabulary.ts'
import { formatCount } from '../../schemas/plural.ts'
import { clockTime, exactTime, timeOfDay } from '../core/time.ts'
import { t, tn, tx } from '../core/words.ts'
import { histogram, histogramStyles } from './histogram.ts'
import { jobLink } from './job-link.ts'
import './time.ts'

type Selection = NonNullable<Plan['selection']>

export interface Chosen {
  /** What was chosen, as the page asked for it. */
  selection?: JobSelection
  base: string
}

/** The frozen set: what was chosen, how many jobs the operation changes, how many it leaves alone and why, and what they are. */
export function selectionView({ selection, after }: Plan & { selection: Selection }, { selection: chosen, base }: Chosen = { base: '' }): TemplateResult {
  const { total, eligible, notEligible, byQueue, byState, until, breakdown } = selection
  const left = total - eligible
  return html`<section class="frozen" aria-label=${t`The selection`}>
    ${chosen ? chosenView(chosen) : nothing}
    <p class="taken num">${left > 0 ? t`${eligible} of ${total} will be changed, ${left} left alone:` : tn(eligible, '# job will be changed.', '# jobs will be changed.')}</p>
    ${left > 0 ? html`<ul class="left-alone">${entries(notEligible).map(([why, count]) => html`<li><span class="num">${formatCount(count)}</span> <span class="wrap">${why}</span></li>`)}</ul>` : nothing}
    ${eligible > 0 ? html`<div class="made-of">${share(t`By state`, byState, jobStates)} ${breakdown ? errors(breakdown) : nothing} ${breakdown ? times(breakdown) : nothing} ${share(t`By queue`, byQueue)} ${afterwards(after)}</div>` : nothing}
    ${breakdown ? sample(breakdown, eligible, base) : nothing}
    <p class="small muted">${t`The set is frozen: jobs made later are not in it.`} <ops-time at=${until} show="exact"></ops-time></p>
  </section>`
}

/** The filters as chips, which cannot be changed here. */
function chosenView(chosen: JobSelection) {
  if (!('filter' in chosen)) return nothing
  const filter = Object.entries(chosen.filter as JobFilters).filter(([name, value]) => value !== undefined && name !== 'time')
  return html`<ul class="chosen" aria-label=${t`What was chosen`}>
    ${filter.map(([name, value]) => html`<li>${tx(jobFilterTable[name as JobFilterName]?.label ?? name)}: <b class="wrap"><bdi>${valueOf(name, value)}</bdi></b></li>`)}
    ${chosen.filter.state === undefined ? html`<li>${t`any state`}</li>` : nothing}
  </ul>`
}

function valueOf(name: string, value: string): string {
  if (name === 'state') return value.split(',').map((state) => tx(jobStates[state as keyof typeof jobStates] ?? state)).join(', ')
  return name === 'from' || name === 'to' ? exactTime(Date.parse(value), { seconds: false }) : value
}

function errors({ byError, otherErrors, looked }: SelectionBreakdown) {
  if (byError.length === 0) return nothing
  return html`<dl class="errors">
    <dt>${t`By error`}</dt>
    ${byError.map(({ title, count }) => bar(count, looked, html`<bdi class="mono" dir="ltr">${title}</bdi>`, 'failed'))}
    ${otherErrors > 0 ? bar(otherErrors, looked, t`other errors`, 'failed') : nothing}
  </dl>`
}

function bar(count: number, all: number, name: unknown, kind = '') {
  return html`<dd class="bar ${kind}"><span class="wrap">${name}</span> <span class="num">${formatCount(count)}</span><i .style=${`inline-size:${Math.max(2, Math.round((count / Math.max(1, all)) * 100))}%`}></i></dd>`
}

function times({ times: counted }: SelectionBreakdown) {
  if (!counted || counted.counts.length < 2) return nothing
  const { which, from, stepSeconds, counts } = counted
  const start = Date.parse(from)
  const label = which === 'finished' ? t`When they ended` : t`When they were created`
  return html`<dl>
    <dt>${label}</dt>
    <dd class="when">${histogram({ values: counts, top: Math.max(...counts), label, tone: which === 'finished' ? 'failed' : 'level' })}
      <span class="small muted num">${clockTime(start)} – ${clockTime(start + counts.length * stepSeconds * 1000)}</span></dd>
  </dl>`
}

function sample({ sample: jobs, looked }: SelectionBreakdown, eligible: number, base: string) {
  if (jobs.length === 0) return nothing
  return html`<div class="sample">
    <p class="small"><b>${t`Sample`}</b> <span class="muted">${looked < eligible ? t`${jobs.length} of the ${looked} that were looked at` : t`${jobs.length} of ${eligible}, the newest`}</span></p>
    <ul>
      ${jobs.map(({ id, queue, worker, args, at }) => html`<li><span class="wrap"><b><bdi>${worker ?? queue}</bdi></b> ${jobLink(base, id)}</span> <bdi class="wrap muted">${inShort(args)}</bdi> <time class="num muted" datetime=${at}>${timeOfDay(Math.floor(Date.parse(at) / 1000) * 1000)}</time></li>`)}
    </ul>
  </div>`
}

function inShort(args: unknown): string {
  if (typeof args !== 'object' || args === null) return ''
  const plain = Object.entries(args).filter(([, value]) => typeof value === 'number' || (typeof value === 'string' && value.length <= 60))
  return plain.slice(0, 3).map(([name, value]) => `${name} ${value}`).join(' · ')
}

const most = 6

function share(title: string, counts: Record<string, number>, words: Record<string, string> = {}) {
  const all = entries(counts)
  const sum = all.reduce((whole, [, count]) => whole + count, 0)
  if (all.length === 0) return nothing
  return html`<dl>
    <dt>${title}</dt>
    ${all.slice(0, most).map(([name, count]) => bar(count, sum, words[name] !== undefined ? tx(words[name]) : html`<bdi>${name}</bdi>`))}
    ${all.length > most ? html`<dd class="muted">${t`and ${all.length - most} more`}</dd>` : nothing}
  </dl>`
}

/** The state of each job afterwards. */
function afterwards(after: Plan['after']) {
  const fields = Object.entries(after).filter(([, value]) => typeof value !== 'object')
  if (fields.length === 0) return nothing
  return html`<dl>
    <dt>${t`Afterwards`}</dt>
    ${fields.map(([name, value]) => html`<dd><span class="muted">${name}</span> <b class="wrap">${String(value)}</b></dd>`)}
  </dl>`
}

/** Largest counts first. */
function entries(counts: Record<string, number>): [string, number][] {
  return Object.entries(counts).toSorted(([, a], [, b]) => b - a)
}

export const selectionStyles = [histogramStyles, css`
  .frozen {
    display: grid;
    gap: 10px;
  }
  .taken {
    font-size: var(--_heading);
  }
  .left-alone,
  .made-of {
    padding: 8px 12px;
    border-radius: var(--_control-radius);
    background: var(--_sunken);
  }
  .left-alone li,
  .made-of dd {
    display: grid;
    grid-template-columns: minmax(52px, max-content) minmax(0, 1fr);
    gap: 8px;
  }
  .left-alone .num,
  .made-of .num {
    text-align: end;
    font-weight: var(--_weight-medium);
  }
  .made-of {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(170px, 1fr));
    gap: 8px 12px;
  }
  .made-of dt {
    font-size: var(--_tiny);
    color: var(--_muted);
  }
  .made-of .bar {
    grid-template-columns: minmax(0, 1fr) max-content;
    gap: 0 8px;
    padding-block: 2px;
  }
  .bar i {
    grid-column: 1 / -1;
    height: 4px;
    border-radius: 2px;
    background: var(--_chart-bar);
  }
  .bar.failed i {
    background: var(--_review);
  }
  .made-of .when {
    grid-template-columns: 1fr;
    gap: 2px;
  }
  .when .histogram {
    width: 100%;
  }
  .errors {
    grid-column: span 2;
    min-width: 0;
  }
  .chosen {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
    font-size: 13px;
  }
  .chosen li {
    padding: 1px 8px;
    border-radius: 4px;
    background: var(--_sunken);
    color: var(--_muted);
  }
  .chosen b {
    color: var(--_text);
  }
  .sample li {
    display: grid;
    grid-template-columns: minmax(0, 2fr) minmax(0, 3fr) max-content;
    gap: 8px;
    padding: 3px 8px;
    border-top: 1px solid var(--_line);
    font-size: 13px;
  }
  @media (max-width: 560px) {
    .errors {
      grid-column: auto;
    }
    .sample li {
      grid-template-columns: minmax(0, 1fr) max-content;
    }
    .sample li bdi.muted {
      grid-row: 2;
    }
  }
`]
