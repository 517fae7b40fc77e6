import { html, nothing, type TemplateResult } from 'lit'
import type { Bucket } from '../../../schemas/overview.ts'
import { t, tx } from '../../core/words.ts'
import { completenessChip, statusChip } from '../../parts/chip.ts'
import { ownershipLabel } from '../../parts/ownership.ts'
import { sentence } from '../../parts/sentence.ts'
import { errorRows } from './errors.ts'
import type { RestContext } from './rest.ts'

type Exemplar = Bucket['exemplars'][number]

/** Needs Review has its own card, because a person has to decide something there; nothing if it contains only incidents, which have their own list. */
export function reviewCard(buckets: Bucket[], context: RestContext): TemplateResult | typeof nothing {
  const { locale, errors = [] } = context
  const bucket = buckets.find(({ status }) => status === 'needs_review')
  if (!bucket || bucket.count === 0) return nothing
  // Incidents have their own list, with more detail; failed jobs are shown by their errors if those are known.
  const cases = bucket.exemplars.filter(({ kind }) => kind !== 'incident' && (kind !== 'job' || errors.length === 0))
  return html`<section class="card bucket-card" part="bucket" aria-labelledby="bucket-needs_review">
    <div class="card-head">
      ${counted(bucket, locale)} <span class="small wrap">${sentence(bucket.diagnosis, { seconds: false, locale })}</span>
      <span class="end">${ownershipLabel(bucket.ownership, bucket.ownershipLabel, bucket.posture)}</span>
    </div>
    ${errors.length + cases.length ? html`<ul class="cases">${errorRows(errors, context)} ${cases.map((exemplar) => caseRow(exemplar, locale))}</ul>` : nothing}
    ${bucket.nextStep ? html`<p class="card-foot"><a class="next-step way" href=${bucket.nextStep.href}>${tx(bucket.nextStep.label)}</a></p>` : nothing}
  </section>`
}

/** The other five in order; empty ones share a line at the bottom. */
export function bucketsView(buckets: Bucket[], { locale }: RestContext): TemplateResult {
  const others = buckets.filter((bucket) => bucket.status !== 'needs_review' || bucket.count === 0)
  const filled = others.filter(({ count }) => count !== 0)
  const empty = others.filter(({ count }) => count === 0)
  const [native] = others
  return html`<section class="card buckets" aria-labelledby="buckets-title">
    <div class="card-head">
      <h3 id="buckets-title">${filled.length ? t`Other buckets` : t`All buckets`}</h3>
      ${native ? html`<span class="end">${ownershipLabel('powertools_native', native.ownershipLabel, native.posture)}</span>` : nothing}
    </div>
    ${filled.map((bucket) => bucketRow(bucket, locale))}
    ${empty.length ? html`<ul class="card-foot empties" aria-label=${t`Empty buckets`}>${empty.map((bucket) => emptyBucket(bucket))}</ul>` : nothing}
  </section>`
}

function bucketRow(bucket: Bucket, locale: string | undefined): TemplateResult {
  const { exemplars, nextStep, diagnosis, status, ownership } = bucket
  return html`<section class="bucket" part="bucket" aria-labelledby="bucket-${status}">
    ${counted(bucket, locale)}
    <div class="bucket-cases">
      ${exemplars.length ? html`<ul>${exemplars.map((exemplar) => caseLine(exemplar, locale))}</ul>` : nothing}
      ${exemplars.length === 0 || bucket.count === null || exemplars.length < bucket.count ? html`<p class="detail">${sentence(diagnosis, { seconds: false, locale })}</p>` : nothing}
    </div>
    <div class="bucket-step small">
      ${ownership === 'powertools_native' ? nothing : ownershipLabel(ownership, bucket.ownershipLabel, bucket.posture)}
      ${nextStep ? html`<a class="next-step way" href=${nextStep.href}>${tx(nextStep.label)}</a>` : nothing}
    </div>
  </section>`
}

function emptyBucket({ status, title, ownership, ownershipLabel: owner, posture, nextStep, diagnosis }: Bucket): TemplateResult {
  return html`<li title=${diagnosis}>
    ${statusChip(status, title)} <span class="count num" id="bucket-${status}">0</span>
    ${ownership === 'powertools_native' || !nextStep ? nothing : html`${ownershipLabel(ownership, owner, posture)} <a class="next-step way" href=${nextStep.href}>${tx(nextStep.label)}</a>`}
  </li>`
}

function counted({ status, title, count, capped }: Bucket, locale = 'en-GB'): TemplateResult {
  return html`<h3 class="bucket-head" id="bucket-${status}">
    ${statusChip(status, title)}<span class="hidden-text">: </span
    ><span class="count num">${count === null ? html`<span aria-hidden="true">?</span><span class="hidden-text">${t`unknown`}</span>` : count.toLocaleString(locale)}${capped ? '+' : ''}</span>
  </h3>`
}

function caseRow({ label, attention, href, forensicsHref, completeness, at }: Exemplar, locale: string | undefined): TemplateResult {
  return html`<li class="case" part="exemplar">
    <div class="case-what">
      <div><a class="case-name" href=${href}><bdi>${label}</bdi></a> ${at ? html`<ops-time class="muted small" show="relative" at=${at}></ops-time>` : nothing} ${completeness === 'complete' ? nothing : completenessChip(completeness, false)}</div>
      <div class="detail clamp">${sentence(attention, { seconds: false, locale })}</div>
    </div>
    <div class="row-actions">
      ${forensicsHref && forensicsHref !== href ? html`<a class="button way" href=${forensicsHref} aria-label=${t`Evidence of ${label}`}>${t`Evidence`}</a>` : nothing}
      <a class="button way" href=${href} aria-label=${t`Review ${label}`}>${t`Review`}</a>
    </div>
  </li>`
}

function caseLine({ label, attention, href, completeness, at, forensicsHref }: Exemplar, locale: string | undefined): TemplateResult {
  return html`<li class="case-line" part="exemplar">
    <a class="wrap" href=${href}><bdi>${label}</bdi></a> <span class="detail">${sentence(attention, { seconds: false, locale })}</span>
    ${at ? html`<ops-time class="detail" show="relative" at=${at}></ops-time>` : nothing} ${completeness === 'complete' ? nothing : completenessChip(completeness, false)}
    ${forensicsHref && forensicsHref !== href ? html`<a class="way detail evidence" href=${forensicsHref} aria-label=${t`Evidence of ${label}`}>${t`Evidence`}</a>` : nothing}
  </li>`
}
