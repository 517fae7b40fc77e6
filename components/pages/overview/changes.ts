import { html, nothing, type TemplateResult } from 'lit'
import type { Change, Overview } from '../../../schemas/overview.ts'
import { now } from '../../core/clock.ts'
import { clockTime, exactTime } from '../../core/time.ts'
import { t } from '../../core/words.ts'
import { sentence } from '../../parts/sentence.ts'
import type { RestContext } from './rest.ts'
import { deployTag } from '../../parts/tag.ts'

const dayMs = 86_400_000

/** What changed in the last day: operations, incidents, deploys, and times without measurements. */
export function changesCard({ changes, asOf }: Overview, { base, locale }: RestContext): TemplateResult {
  return html`<aside class="card changes" part="changes" aria-labelledby="changes-title">
    <div class="card-head">
      <h3 id="changes-title">${t`What changed`}</h3>
      <a class="small end way" href="${base}/audit">${t`All in Audit`}</a>
    </div>
    ${changes.length
      ? html`<ol>${changes.map((change) => changeRow(change, locale))}</ol>`
      : html`<p class="card-foot">${t`Nothing in the 24 hours before ${clockTime(Date.parse(asOf), locale)}.`}</p>`}
    <p class="card-foot small"><a class="way" href="${base}/audit?last=1h&amp;who=people">${t`By people, last hour`}</a></p>
  </aside>`
}

function changeRow({ at, kind, who, text, detail, href, bad }: Change, locale: string | undefined): TemplateResult {
  const instant = Date.parse(at)
  const told = html`${kind === 'deploy' ? html`${deployTag()} ` : nothing}${who ? html`<b class=${bad ? 'bad' : ''}><bdi>${who}</bdi></b> ` : nothing}<bdi class=${bad && !who ? 'bad' : ''}>${text}</bdi>`
  return html`<li class="change of-${kind}">
    <time class="num" datetime=${at} title=${exactTime(instant, { locale })}>${now() - instant < dayMs * 0.9 ? clockTime(instant, locale) : exactTime(instant, { locale, seconds: false })}</time>
    <div class="wrap">
      ${href ? html`<a class="quiet-link" href=${href}>${told}</a>` : told}
      ${detail ? html`<div class="detail clamp">${sentence(detail, { seconds: false, locale })}</div>` : nothing}
    </div>
  </li>`
}
