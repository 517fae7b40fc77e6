import { css, html, nothing, type TemplateResult } from 'lit'
import type { Bucket } from '../../schemas/overview.ts'
import { completenessChip, statusChip } from './chip.ts'
import { ownershipLabel } from './ownership.ts'
import { sentence } from './sentence.ts'
import './time.ts'

type Exemplar = Bucket['exemplars'][number]

/** One status bucket: count, diagnosis, the most important cases, and the next step with its owner. */
export function bucketCard(bucket: Bucket, locale = 'en-GB'): TemplateResult {
  const heading = `bucket-${bucket.status}`
  return html`<section class="card bucket ${bucket.count === 0 ? 'quiet' : ''}" part="bucket" aria-labelledby=${heading}>
    <h3 class="bucket-head" id=${heading}>
      ${statusChip(bucket.status, bucket.title)}<span class="hidden-text">: </span><span class="count num">${bucket.count === null ? html`<span aria-hidden="true">?</span><span class="hidden-text">unknown</span>` : bucket.count.toLocaleString(locale)}${bucket.capped ? '+' : ''}</span>
    </h3>
    <p>${sentence(bucket.diagnosis, { seconds: false })}</p>
    ${bucket.exemplars.length > 0 ? html`<ul class="exemplars">${bucket.exemplars.map(exemplarItem)}</ul>` : nothing}
    <div class="bucket-foot">
      ${ownershipLabel(bucket.ownership, bucket.ownershipLabel, bucket.posture)}
      ${bucket.nextStep ? html`<a class="next-step way" href=${bucket.nextStep.href}>${bucket.nextStep.label}</a>` : nothing}
    </div>
  </section>`
}

function exemplarItem({ label, attention, href, forensicsHref, completeness, at }: Exemplar) {
  return html`<li class="exemplar" part="exemplar">
    <div class="exemplar-head">
      <a class="clamp" href=${href}>${label}</a>
      ${at ? html`<ops-time class="muted small" show="relative" at=${at}></ops-time>` : nothing}
    </div>
    <div class="exemplar-foot small muted">
      <span class="why clamp">${sentence(attention, { seconds: false })}</span>
      ${completeness === 'complete' ? nothing : completenessChip(completeness)}
      ${forensicsHref ? html`<a class="way" href=${forensicsHref} aria-label="Evidence of ${label}">Evidence</a>` : nothing}
    </div>
  </li>`
}

export const bucketStyles = css`
  .buckets {
    display: grid;
    grid-template-columns: repeat(3, minmax(0, 1fr));
    gap: 14px;
    align-items: start;
  }
  .bucket {
    display: flex;
    flex-direction: column;
    gap: 8px;
    padding: 14px 16px;
    min-width: 0;
  }
  .bucket-head {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 12px;
  }
  .count {
    font-size: 22px;
    font-weight: 650;
    line-height: 1.3;
  }
  .quiet .count {
    color: var(--_muted);
    font-weight: 400;
  }
  .exemplar {
    padding: 8px 0;
    border-top: 1px solid var(--_line);
  }
  .exemplar:last-child {
    padding-bottom: 0;
  }
  .exemplar-head {
    display: flex;
    align-items: baseline;
    justify-content: space-between;
    gap: 4px 12px;
  }
  .exemplar-head ops-time {
    flex: none;
  }
  .exemplar-foot {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 2px 10px;
  }
  .exemplar-foot .why {
    flex: 1 1 60%;
  }
  .bucket-foot {
    display: flex;
    flex-direction: column;
    align-items: flex-start;
    gap: 2px;
    padding-top: 4px;
  }
  @container ops-page (max-width: 900px) {
    .buckets {
      grid-template-columns: repeat(2, minmax(0, 1fr));
    }
  }
  @container ops-page (max-width: 600px) {
    .buckets,
    .vitals {
      grid-template-columns: minmax(0, 1fr);
    }
  }
  @media (pointer: coarse) {
    .next-step,
    .exemplar a {
      padding-block: 8px;
    }
  }
`
