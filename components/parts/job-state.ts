import { html, svg, type SVGTemplateResult, type TemplateResult } from 'lit'
import { type JobState, jobStates } from '../../schemas/vocabulary.ts'
import { tx } from '../core/words.ts'
import type { Tone } from './chip.ts'

const round = svg`<circle cx="6" cy="6" r="4.4"/>`

/** Only failed and executing states have a colour; waiting and ended jobs are normal. */
const looks: Record<JobState, [Tone, SVGTemplateResult]> = {
  scheduled: ['resolved', svg`${round}<path d="M6 3.4V6l1.9 1.3"/>`],
  available: ['resolved', round],
  executing: ['runnable', svg`<path d="M3 2 10 6 3 10Z" fill="currentColor"/>`],
  retryable: ['blocked', svg`<path d="M10 6a4 4 0 1 1-1.2-2.9M9.4.9V3.4H6.9"/>`],
  completed: ['resolved', svg`<path d="M2 6.5 5 9.5 10.5 3"/>`],
  cancelled: ['resolved', svg`<path d="M2.5 2.5 9.5 9.5M9.5 2.5 2.5 9.5"/>`],
  discarded: ['review', svg`<path d="M6 1.5 11 10.5H1Z"/>`],
}

/** The state of a job as shape, word and colour; an unknown state is shown as is. */
export function stateChip(state: JobState): TemplateResult {
  const [tone, shape] = looks[state] ?? ['resolved', round]
  return html`<span class="chip ${tone}" part="chip"
    ><svg viewBox="0 0 12 12" fill="none" stroke="currentColor" stroke-width="1.5" aria-hidden="true">${shape}</svg>${tx(jobStates[state] ?? state)}</span
  >`
}
