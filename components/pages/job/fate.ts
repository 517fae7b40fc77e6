import { css, html, nothing, type TemplateResult } from 'lit'
import type { Alike, JobDetail } from '../../../schemas/job.ts'
import { now } from '../../core/clock.ts'
import { clockTime, duration, timeOfDay } from '../../core/time.ts'
import { t, tn, tr } from '../../core/words.ts'
import '../../parts/copy.ts'
import { histogram } from '../../parts/histogram.ts'
import { jobsHref } from '../../parts/job-link.ts'
import type { Ask } from '../../parts/operation-fields.ts'
import '../../parts/time.ts'
import { lasted } from './lasted.ts'

interface Around {
  base: string
  locale?: string
  ask: (ask: Ask) => void
}

/** What has become of the job, and if it failed, with which error and how many others did. The first thing on its page. */
export function jobFate(job: JobDetail, around: Around): TemplateResult {
  return html`<section class="card padded fate" part="fate" aria-labelledby="fate-title">
    <p class="headline"><b id="fate-title">${headline(job)}</b> <span class="muted num">${facts(job, around.locale)}</span></p>
    ${overdue(job)} ${failure(job)} ${job.alike ? othersAlike(job, job.alike, around) : nothing}
  </section>`
}

function headline(job: JobDetail): string {
  const { state, error, attempt } = job
  switch (state) {
    case 'discarded':
      return error === undefined ? t`Discarded` : t`Failed for good`
    case 'completed':
      return t`Completed`
    case 'cancelled':
      return t`Cancelled`
    case 'executing':
      return attempt > 1 ? t`Running again` : t`Running`
    case 'retryable':
      return t`Failed, and will be tried again`
    case 'scheduled':
      return t`Not due yet`
    default:
      return attempt > 0 ? t`Waiting to run again` : t`Waiting to run`
  }
}

function facts({ state, attempt, maxAttempts, attempts, startedAt, finishedAt, dueAt, createdAt }: JobDetail, locale: string | undefined) {
  const last = attempts.at(-1)
  const ran = last?.startedAt && last.endedAt ? Date.parse(last.endedAt) - Date.parse(last.startedAt) : -1
  const count = maxAttempts === undefined ? tn(attempt, '# attempt', '# attempts') : t`${attempt} of ${maxAttempts} attempts`
  const when = (words: (time: TemplateResult) => unknown, at: string | undefined) => (at ? html` · ${words(html`<ops-time at=${at} show="relative"></ops-time>, ${timeOfDay(Math.floor(Date.parse(at) / 1000) * 1000, { locale })}`)}` : nothing)
  const ended = state === 'discarded' || state === 'completed' || state === 'cancelled'
  return html`${attempt === 0 ? t`no attempt yet` : count}${ran >= 0 ? html` · ${t`ran ${lasted(ran)}`}` : nothing}
  ${ended
    ? when((time) => tr`ended ${time}`, finishedAt)
    : state === 'executing'
      ? when((time) => tr`started ${time}`, startedAt)
      : dueAt && Date.parse(dueAt) > now()
        ? when((time) => tr`due ${time}`, dueAt)
        : when((time) => tr`created ${time}`, createdAt)}`
}

/** Amber, because it may still end by itself. */
function overdue({ usual, startedAt, asOf }: JobDetail) {
  if (!usual?.exceeded || !startedAt) return nothing
  const running = duration(Date.parse(asOf) - Date.parse(startedAt))
  return html`<p class="overdue" part="overdue"><b>${t`${running}, usually ${lasted(usual.p50Seconds * 1000)}`}</b></p>`
}

const maxMessage = 2_000
const framesAtFirst = 4

function failure({ attempts, error: last, state }: JobDetail) {
  if (state === 'completed') return nothing
  const failed = attempts.findLast(({ error }) => error !== undefined)
  const error = failed?.error ?? last
  if (error === undefined) return nothing
  const stack = failed?.stack ?? []
  const [message, trace = ''] = split(error)
  const more = stack.slice(framesAtFirst)
  return html`<div class="failure" part="error">
    <p class="message"><bdi class="wrap" dir="ltr">${message.slice(0, maxMessage)}</bdi> <ops-copy bare label=${t`error`} value=${stack.length && !trace ? `${message}\n${stack.map(({ text }) => `    ${text}`).join('\n')}` : error}></ops-copy></p>
    ${stack.length > 0
      ? html`<ol class="stack" dir="ltr">${stack.slice(0, framesAtFirst).map(frame)}</ol>
          ${more.length > 0 ? html`<details><summary>${tn(more.length, '# more frame', '# more frames')}</summary><ol class="stack" dir="ltr">${more.map(frame)}</ol></details>` : nothing}`
      : nothing}
    ${sameBefore(attempts, failed)}
  </div>`
}

/** The message, up to the first frame of a stack. */
function split(error: string): [message: string, trace?: string] {
  const at = error.search(/\n\s*(?:at |\([\w.@+ -]+\) |File ")/)
  return at < 0 ? [error.trimEnd()] : [error.slice(0, at).trimEnd(), error.slice(at)]
}

/** What an operator can act upon is where in the host's program it happened: its file and line are bold. */
function frame({ text, ofHost }: { text: string; ofHost: boolean }) {
  const [, before = text, place = '', after = ''] = (ofHost && /^(.*?)([\w@.~+-]+\.\w{1,5}:\d+)(.*)$/.exec(text)) || []
  return html`<li class=${ofHost ? 'of-host' : ''}>${before}${place ? html`<b>${place}</b>` : nothing}${after}</li>`
}

function sameBefore(attempts: JobDetail['attempts'], last: JobDetail['attempts'][number] | undefined) {
  const earlier = attempts.filter((each) => each !== last && each.error !== undefined)
  if (!last || earlier.length === 0) return nothing
  const [words] = split(last.error!)
  const same = earlier.every(({ error }) => split(error!)[0] === words)
  const others = earlier.length
  return html`<p class="small muted">${same ? tn(others, '# earlier attempt failed with the same words', '# earlier attempts failed with the same words') : t`Earlier attempts failed with other words; the list has them.`}</p>`
}

function othersAlike({ state }: JobDetail, { failures, final, since, lastSeenAt, fingerprint, histogram: counted }: Alike, { base, locale, ask }: Around) {
  const ended = state === 'discarded'
  const others = (ended ? final : failures) - 1
  if (others < 1) return nothing
  const values = counted.counts
  const label = t`Failures like it since ${clockTime(Date.parse(since), locale)}`
  return html`<p class="alike" part="alike">
    ${histogram({ values, top: Math.max(...values.map((value) => value ?? 0)), label })}
    <span><b>${ended ? tn(others, '# other failed for good alike', '# others failed for good alike') : tn(others, '# other attempt failed alike', '# other attempts failed alike')}</b>
      <span class="muted">${tr`since ${clockTime(Date.parse(since), locale)}, the last ${html`<ops-time at=${lastSeenAt} show="relative"></ops-time>`}`}</span></span>
    <span class="leads"><a class="linked" href=${jobsHref(base, { errorGroup: fingerprint })}>${t`See them`}</a>
      <button type="button" class="button" data-action="retry_job" @click=${() => ask({ action: 'retry_job', selection: { filter: { errorGroup: fingerprint, ...(ended && { state: 'discarded' }) } } })}>${t`Retry all…`}</button></span>
  </p>`
}

export const fateStyles = css`
  .headline b {
    font-size: 16px;
  }
  .fate {
    display: grid;
    gap: 10px;
  }
  .overdue {
    padding: 6px 12px;
    border-radius: 6px;
    background: var(--_waiting-soft);
    color: var(--_waiting);
  }
  .failure {
    display: grid;
    gap: 8px;
    padding: 12px 14px;
    border: 1px solid color-mix(in srgb, var(--_review) 25%, transparent);
    border-radius: 6px;
    background: var(--_review-soft);
  }
  .message {
    display: flex;
    justify-content: space-between;
    align-items: start;
    gap: 8px;
    font-family: var(--_mono);
    font-weight: 700;
    color: var(--_review);
  }
  .message bdi {
    white-space: pre-wrap;
  }
  .stack {
    padding-inline-start: 28px;
    font-family: var(--_mono);
    font-size: var(--_small);
    line-height: 1.6;
    color: var(--_muted);
    overflow-wrap: anywhere;
  }
  .of-host {
    color: var(--_text);
  }
  summary {
    width: max-content;
    font-size: 13px;
    color: var(--_accent);
    cursor: pointer;
  }
  .alike,
  .alike .leads {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px 12px;
  }
  .alike .leads {
    margin-inline-start: auto;
  }
  @container ops-page (max-width: 560px) {
    .stack {
      padding-inline-start: 0;
    }
    .headline b {
      display: block;
    }
  }
`
