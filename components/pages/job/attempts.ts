import { css, html, nothing, type TemplateResult } from 'lit'
import type { JobDetail } from '../../../schemas/job.ts'
import { countOf } from '../../../schemas/plural.ts'
import { duration } from '../../core/time.ts'
import { chip, type Tone } from '../../parts/chip.ts'
import '../../parts/time.ts'

type Attempt = JobDetail['attempts'][number]

const tones: Record<Attempt['outcome'], Tone> = { completed: 'resolved', failed: 'review', cancelled: 'resolved', executing: 'runnable', unknown: 'bridge' }

/** What is missing; some engines store the errors of earlier attempts, but not their times. */
function missing({ attempts, attemptsKept, attempt }: JobDetail): string {
  if (attemptsKept === 'all' || attempt === 0) return ''
  if (attemptsKept === 'none') return 'This engine keeps no attempts; the number is how many were started.'
  if (attempts.length < attempt) return 'This engine keeps only the last attempt; what came before is unknown.'
  return attempts.some(({ startedAt }) => !startedAt) ? 'This engine keeps the times of the last attempt only.' : ''
}

/** Every stored attempt, newest first, with its error message and a collapsible stack. */
export function attemptList(job: JobDetail): TemplateResult {
  const { attempts, attempt, maxAttempts } = job
  const note = missing(job)
  return html`<section class="card" aria-labelledby="attempts-title">
    <div class="section-head">
      <h3 id="attempts-title">Attempts</h3>
      <span class="muted small num">${attempt}${maxAttempts ? ` of ${maxAttempts}` : ''} started</span>
    </div>
    ${attempts.length === 0 ? html`<p class="muted none">${attempt === 0 ? 'None yet.' : 'None are kept.'}</p>` : nothing}
    <ol reversed class="attempts">
      ${attempts.toReversed().map((each, index) => item(each, index === 0))}
    </ol>
    ${note ? html`<p class="muted small none">${note}</p>` : nothing}
  </section>`
}

function item({ number, outcome, startedAt, endedAt, executor, error }: Attempt, last: boolean) {
  const took = startedAt && endedAt ? Date.parse(endedAt) - Date.parse(startedAt) : undefined
  return html`<li class="attempt" part="attempt">
    <p class="attempt-head">
      <b class="num">${number}</b> ${chip(tones[outcome], outcome)} ${startedAt ? html`<ops-time at=${startedAt}></ops-time>` : nothing}
      ${took === undefined || took < 0 ? nothing : html`<span class="muted num">took ${took < 10_000 ? `${(took / 1000).toFixed(1)} s` : duration(took)}</span>`}
      ${executor ? html`<span class="muted wrap">on ${executor}</span>` : nothing}
    </p>
    ${error ? errorText(error, last) : nothing}
  </li>`
}

/** The first line is for operators; the rest is for the developers of the job. */
function errorText(error: string, open: boolean) {
  const [first = '', ...rest] = error.trimEnd().split('\n')
  const stack = rest.join('\n').trimEnd()
  return html`<p class="error wrap">${first.slice(0, 2000)}</p>
    ${stack
      ? html`<details ?open=${open && rest.length <= 4}>
          <summary>Stack, ${countOf(rest.length, 'line')}</summary>
          <pre class="json" tabindex="0" role="region" aria-label="Stack">${stack}</pre>
        </details>`
      : nothing}`
}

export const attemptStyles = css`
  .attempt {
    display: grid;
    gap: 6px;
    padding: 10px 16px;
    border-top: 1px solid var(--_line);
  }
  .attempt-head {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 2px 10px;
  }
  .error {
    color: var(--_review);
    font-family: var(--_mono);
    font-size: var(--_small);
  }
  summary {
    width: max-content;
    font-size: 13px;
    color: var(--_accent);
    cursor: pointer;
  }
  .attempt .json {
    margin-top: 6px;
  }
`
