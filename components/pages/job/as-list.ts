import { html, nothing, type TemplateResult } from 'lit'
import type { JobDetail } from '../../../schemas/job.ts'
import { t } from '../../core/words.ts'
import { sentence } from '../../parts/sentence.ts'
import '../../parts/time.ts'
import { lasted } from './lasted.ts'
import { outcomeWords } from './life.ts'

type Attempt = JobDetail['attempts'][number]

/** What the bar shows, as text: every stored attempt with its error, newest first, and the moments of its life. */
export function lifeAsList(job: JobDetail): TemplateResult {
  const { attempts, timeline } = job
  return html`<ol reversed class="attempts">
      ${attempts.toReversed().map(item)}
    </ol>
    <ol class="moments" aria-label=${t`Timeline`}>
      ${timeline.map(({ at, label }) => html`<li><span class="mono"><ops-time at=${at} show="exact" precise></ops-time></span> <span class="wrap">${sentence(label)}</span></li>`)}
    </ol>`
}

function item({ number, outcome, startedAt, endedAt, executor, error }: Attempt) {
  const took = startedAt && endedAt ? Date.parse(endedAt) - Date.parse(startedAt) : -1
  const [first = '', ...rest] = error?.trimEnd().split('\n') ?? []
  return html`<li class="attempt" part="attempt">
    <p><b class="num">${number}</b> ${outcomeWords(outcome)} ${took < 0 ? nothing : html`<span class="muted num">${t`after ${lasted(took)}`}</span>`}
      ${startedAt ? html`<ops-time class="muted" at=${startedAt} show="exact"></ops-time>` : nothing} ${executor ? html`<bdi class="muted wrap">${executor}</bdi>` : nothing}</p>
    ${error === undefined ? nothing : html`<p class="error mono wrap"><bdi dir="ltr">${first.slice(0, 2000)}</bdi></p>`}
    ${rest.length > 0 ? html`<details><summary>${t`Whole text`}</summary><pre class="json" tabindex="0" role="region" aria-label=${t`Whole text`}>${rest.join('\n')}</pre></details>` : nothing}
  </li>`
}
