import { css, html, type TemplateResult } from 'lit'

const times = <T>(count: number, draw: () => T): T[] => Array.from({ length: count }, draw)

/** The skeleton of the overview: the sentence, three vitals, six buckets. */
export function overviewSkeleton(): TemplateResult {
  return html`<div class="skeleton" role="status" part="skeleton">
    <span class="hidden-text">Loading</span>
    <div class="card padded headline">
      <i class="long"></i>
      <div class="vitals">${times(3, () => html`<div class="bones"><i></i><i class="tall"></i></div>`)}</div>
    </div>
    <div class="buckets">${times(6, () => html`<div class="card bucket bones"><i class="short"></i><i></i><i></i><i class="short"></i></div>`)}</div>
  </div>`
}

export const overviewSkeletonStyles = css`
  .skeleton i {
    display: block;
    height: 12px;
    border-radius: 4px;
    background: var(--_sunken);
    animation: ops-breathe 1.6s ease-in-out infinite alternate;
  }
  .bones {
    display: grid;
    gap: 12px;
  }
  .bucket.bones {
    min-height: 180px;
    align-content: start;
  }
  .skeleton .long {
    width: min(60%, 420px);
    height: 18px;
  }
  .skeleton .tall {
    height: 40px;
  }
  .skeleton .short {
    width: 40%;
  }
`
