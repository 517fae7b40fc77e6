import { html, nothing, type TemplateResult } from 'lit'
import type { JobDetail } from '../../../schemas/job.ts'
import { waitReasons } from '../../../schemas/vocabulary.ts'
import { t, tx } from '../../core/words.ts'
import { json } from '../../parts/diff.ts'
import type { Ask } from '../../parts/operation-fields.ts'
import { sentence } from '../../parts/sentence.ts'
import { lifeAsList } from './as-list.ts'
import { jobFate } from './fate.ts'
import { lasted } from './lasted.ts'
import { lifeBar } from './life-bar.ts'

export interface Story {
  base: string
  locale?: string
  ask: (ask: Ask) => void
  /** Whether its life is shown as a list too. */
  asList: boolean
  toggleList: () => void
}

/** What has become of the job, its life in time, what it was given and what it gave. */
export function jobStory(job: JobDetail, story: Story): TemplateResult {
  return html`${jobFate(job, story)} ${waiting(job)} ${life(job, story)}
    <div class="values">${value(t`Arguments`, job.args)} ${result(job)}</div>
    ${value(t`Meta`, job.meta, true)}`
}

function life(job: JobDetail, { asList, toggleList, locale }: Story) {
  const { createdAt, finishedAt, asOf, state: now } = job
  const whole = lasted(Date.parse(finishedAt ?? asOf) - Date.parse(createdAt))
  return html`<section class="card" aria-labelledby="life-title">
    <div class="section-head head">
      <h3 id="life-title">${t`Its life in time`}</h3>
      <span class="muted small num">${finishedAt && now !== 'retryable' ? t`${whole} from its creation to its end` : t`${whole} so far`}</span>
      <button type="button" class="link" aria-expanded=${asList} @click=${toggleList}>${t`As a list`}</button>
    </div>
    ${lifeBar(job, locale)} ${asList ? lifeAsList(job) : nothing} ${missing(job)}
  </section>`
}

function waiting({ waiting: reasons }: JobDetail) {
  if (reasons.length === 0) return nothing
  return html`<section class="card padded why" part="waiting" aria-labelledby="why-title">
    <h3 id="why-title" class="section-title">${t`Why it is not running`}</h3>
    <ul>
      ${reasons.map(({ reason, detail }) => html`<li><b>${tx(waitReasons[reason] ?? reason)}</b> <span class="wrap muted">${sentence(detail)}</span></li>`)}
    </ul>
  </section>`
}

function value(title: string, given: unknown, folded = false) {
  if (given === undefined || given === null) return nothing
  if (folded) return html`<details class="card padded"><summary>${title}</summary>${json(given)}</details>`
  return html`<section class="card padded" aria-label=${title}>
    <h3 class="section-title">${title}</h3>
    ${json(given)}
  </section>`
}

function result({ output, state: now, operations }: JobDetail) {
  if (output !== undefined && output !== null) return value(t`Result`, output)
  const none = now === 'completed' ? t`None is stored.` : t`None: no attempt has completed.`
  return html`<section class="card padded" aria-label=${t`Result`}>
    <h3 class="section-title">${t`Result`}</h3>
    <p class="muted small">${none} ${operations.retry_job?.allowed ? t`A retry runs it once more with the same arguments. Whatever it did outside, such as sending a mail, is not undone.` : nothing}</p>
  </section>`
}

/** What is missing; some engines store the errors of earlier attempts, but not their times. */
function missing({ attempts, attemptsKept, attempt }: JobDetail) {
  const note = (words: string) => html`<p class="muted small none">${words}</p>`
  if (attemptsKept === 'all' || attempt === 0) return nothing
  if (attemptsKept === 'none') return note(t`This engine keeps no attempts; the number is how many were started.`)
  if (attempts.length < attempt) return note(t`This engine keeps only the last attempt; what came before is unknown.`)
  return attempts.some(({ startedAt }) => !startedAt) ? note(t`This engine keeps the times of the last attempt only.`) : nothing
}
