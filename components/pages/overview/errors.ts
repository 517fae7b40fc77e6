import { html, nothing, type TemplateResult } from 'lit'
import type { ErrorGroup } from '../../../schemas/error-group.ts'
import { now } from '../../core/clock.ts'
import { clockTime } from '../../core/time.ts'
import { t, tn, tr } from '../../core/words.ts'
import { histogram } from '../../parts/histogram.ts'
import { errorStateTag } from '../../parts/tag.ts'
import type { RestContext } from './rest.ts'

/** A group last seen within this time counts as failing now. */
const currentMs = 120_000

/** The errors that failed most often within the last hour, on one scale. */
export function errorRows(groups: ErrorGroup[], context: RestContext): TemplateResult[] {
  const top = Math.max(1, ...groups.flatMap(({ histogram: { counts } }) => counts.map((count) => count ?? 0)))
  return groups.map((group) => errorRow(group, top, context))
}

function errorRow(group: ErrorGroup, top: number, { base, locale, ask, retry }: RestContext): TemplateResult {
  const { fingerprint, worker, state, count, final, title, errorClass, versions } = group
  const href = `${base}/errors?${new URLSearchParams({ group: fingerprint }).toString()}`
  const number = (value: number) => value.toLocaleString(locale ?? 'en-GB')
  return html`<li class="case error" part="exemplar">
    <div class="case-what">
      <div>
        <a class="case-name" href=${href}><bdi>${worker}</bdi></a> ${errorStateTag(state)}
        <span class="detail num">${tr`${html`<b>${number(count)}</b>`} failed`} · ${spanOf(group, locale)}${versions.length === 1 ? ` · ${t`${versions[0]!} only`}` : nothing}</span>
      </div>
      <div class="message mono" title=${title}><bdi>${title || errorClass}</bdi></div>
    </div>
    ${histogram({ values: group.histogram.counts, top, label: tn(count, '# failure of {0} in the last hour, {1} of them for good', '# failures of {0} in the last hour, {1} of them for good', worker, final) })}
    <div class="row-actions">
      <a class="button" href=${href} aria-label=${t`Review ${title}`}>${t`Review`}</a>
      ${final > 0
        ? html`<button type="button" class="button" data-action="retry_job" ?disabled=${!retry?.allowed} title=${retry?.reason ?? nothing} aria-label=${t`Retry all… ${title}`}
            @click=${() => ask({ action: 'retry_job', selection: { filter: { errorGroup: fingerprint, state: 'discarded' } } })}>
            ${t`Retry all…`}
          </button>`
        : nothing}
    </div>
  </li>`
}

/** `12:54 – now` */
function spanOf({ firstSeenAt, lastSeenAt, histogram: { from } }: ErrorGroup, locale: string | undefined): string {
  const began = Date.parse(firstSeenAt)
  const last = Date.parse(lastSeenAt)
  const start = began < Date.parse(from) ? t`before` : clockTime(began, locale)
  return `${start} – ${now() - last < currentMs ? t`now` : clockTime(last, locale)}`
}
