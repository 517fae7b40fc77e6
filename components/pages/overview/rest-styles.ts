import { css } from 'lit'
import { chipStyles } from '../../parts/chip.ts'
import { histogramStyles } from '../../parts/histogram.ts'
import { ownershipStyles } from '../../parts/ownership.ts'
import { segmentStyles } from '../../parts/segments.ts'
import { tagStyles } from '../../parts/tag.ts'

const cards = css`
  .card-head {
    border-start-start-radius: inherit;
    border-start-end-radius: inherit;
    background: var(--_head);
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 2px 10px;
    padding: 10px 16px;
    border-bottom: 1px solid var(--_line);
  }
  .end {
    margin-inline-start: auto;
  }
  .card-foot {
    padding: 8px 16px;
    border-top: 1px solid var(--_line);
    font-size: var(--_small);
    color: var(--_muted);
  }
  .card-head + .card-foot {
    border-top: 0;
  }
  .detail {
    font-size: var(--_small);
    color: var(--_muted);
  }
  .row-actions {
    display: flex;
    justify-content: flex-end;
    gap: 6px;
  }
  .incidents,
  .bucket-card,
  .buckets {
    margin-bottom: 12px;
  }
  .columns {
    display: grid;
    grid-template-columns: minmax(0, 1fr) 300px;
    gap: 0 12px;
    align-items: start;
  }
`

const incidents = css`
  .incident {
    display: grid;
    grid-template-columns: minmax(122px, max-content) minmax(0, 1fr) 104px 150px minmax(190px, max-content);
    align-items: center;
    gap: 4px 14px;
    padding: 8px 16px;
    border-top: 1px solid var(--_line);
  }
  .incident:first-child {
    border-top: 0;
  }
  .incidents .card-head {
    border-bottom: 0;
    padding-bottom: 4px;
  }
  .incident-title,
  .incident-what .detail {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .incident-title a {
    color: inherit;
    font-weight: var(--_weight-strong);
    text-decoration: underline;
    text-underline-offset: 2px;
    text-decoration-color: var(--_control-line);
  }
  .avatar {
    display: inline-grid;
    place-items: center;
    width: 20px;
    height: 20px;
    margin-inline-end: 6px;
    border-radius: 50%;
    background: var(--_accent-soft);
    color: var(--_accent);
    font-size: 10px;
    font-weight: var(--_weight-strong);
    vertical-align: middle;
  }
  .nobody {
    background: none;
    border: 1px dashed var(--_control-line);
    color: var(--_muted);
  }
  @container ops-page (max-width: 980px) {
    .columns {
      grid-template-columns: minmax(0, 1fr);
    }
  }
  @container ops-page (max-width: 900px) {
    .incident {
      grid-template-columns: minmax(0, 1fr) auto;
    }
    .incident-what {
      grid-column: 1 / -1;
      grid-row: 2;
    }
    .incident-age {
      display: flex;
      align-items: baseline;
      gap: 6px;
      justify-self: end;
    }
    .incident-title,
    .incident-what .detail {
      white-space: normal;
    }
  }
  @container ops-page (max-width: 600px) {
    .incidents .card-head .end,
    .bucket-card .card-head .end,
    .buckets .card-head .end {
      margin-inline-start: 0;
      width: 100%;
    }
  }
`

const buckets = css`
  .bucket-head {
    display: flex;
    align-items: baseline;
    gap: 8px;
  }
  .count {
    font-size: var(--_heading);
    font-weight: var(--_weight-strong);
  }
  .case {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    align-items: center;
    gap: 4px 14px;
    padding: 8px 16px;
    border-top: 1px solid var(--_line);
  }
  .case:first-child,
  .bucket:first-child {
    border-top: 0;
  }
  .error {
    grid-template-columns: minmax(0, 1fr) 84px minmax(178px, max-content);
  }
  .message {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .detail b {
    color: var(--_text);
  }
  .case-name {
    color: inherit;
    font-weight: var(--_weight-strong);
    overflow-wrap: anywhere;
  }
  .bucket {
    display: grid;
    grid-template-columns: 190px minmax(0, 1fr) auto;
    align-items: baseline;
    gap: 4px 14px;
    padding: 9px 16px;
    border-top: 1px solid var(--_line);
  }
  .card-head + .bucket {
    border-top: 0;
  }
  .bucket-step {
    display: grid;
    justify-items: end;
  }
  .empties {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 4px 16px;
  }
  .empties .count {
    font-size: var(--_small);
    font-weight: var(--_weight);
  }
  .case-line a {
    text-decoration: underline;
    text-underline-offset: 2px;
  }
  .case-line + .case-line {
    margin-top: 5px;
  }
  /* Large enough to be hit, also where the word has two characters. */
  .evidence {
    display: inline-block;
    min-inline-size: 24px;
    min-block-size: 24px;
    line-height: 24px;
    color: var(--_accent);
  }
  @container ops-page (max-width: 700px) {
    .bucket {
      grid-template-columns: minmax(0, 1fr);
    }
    .bucket-step {
      justify-items: start;
    }
    .case {
      grid-template-columns: minmax(0, 1fr);
    }
    .row-actions {
      justify-content: stretch;
    }
    .row-actions > * {
      flex: 1;
    }
  }
  @media (pointer: coarse) {
    .next-step,
    .evidence,
    .case-line a {
      padding-block: 8px;
    }
  }
`

const changes = css`
  .change {
    display: grid;
    grid-template-columns: 44px minmax(0, 1fr);
    gap: 8px;
    padding: 7px 16px;
    border-top: 1px solid var(--_line);
    font-size: var(--_small);
  }
  .change:first-child {
    border-top: 0;
  }
  .change time {
    color: var(--_muted);
  }
  .change b {
    font-weight: var(--_weight-strong);
  }
  .of-gap {
    color: var(--_muted);
  }
  .quiet-link {
    color: inherit;
  }
`

export const restStyles = [segmentStyles, chipStyles, ownershipStyles, histogramStyles, tagStyles, cards, incidents, buckets, changes]
