import { css } from 'lit'
import { ownershipStyles } from '../../parts/ownership.ts'

/** Of what is unfolded; loaded with it. */
export const detailStyles = [
  ownershipStyles,
  css`
    .detail {
      display: grid;
      grid-template-columns: minmax(0, 1fr) 280px;
      gap: 24px;
    }
    .facts,
    .aside {
      display: grid;
      align-content: start;
      gap: 10px;
      min-inline-size: 0;
    }
    .rates .bad {
      color: var(--_review);
    }
    .examples td {
      padding-block: 6px;
      padding-inline: 0 8px;
      font-size: var(--_medium);
    }
    .stack {
      display: grid;
      gap: 2px;
      padding: 12px;
      border-radius: var(--_control-radius);
      background: var(--_review-soft);
      overflow-wrap: anywhere;
      white-space: pre-wrap;
    }
    .stack b {
      color: var(--_review);
    }
    .frame {
      display: block;
      padding-inline-start: 12px;
    }
    .stack summary {
      padding-inline-start: 12px;
      color: var(--_muted);
      cursor: pointer;
    }
    .aside section + section,
    .aside .links {
      padding-top: 10px;
      border-top: 1px solid var(--_line);
    }
    .shares {
      display: grid;
      grid-template-columns: minmax(0, 84px) minmax(0, 1fr);
      gap: 5px 10px;
      margin-block: 6px;
    }
    .shares dd {
      display: flex;
      gap: 8px;
      align-items: center;
    }
    .shares .bar {
      flex: 1;
      block-size: 6px;
      border-radius: 3px;
      background: var(--_sunken);
      overflow: hidden;
    }
    .shares i {
      display: block;
      block-size: 100%;
      background: var(--_review);
      forced-color-adjust: none;
    }
    .shares .num {
      min-inline-size: 72px;
      text-align: end;
    }
    .caution {
      margin-block: 6px 8px;
      padding: 4px 10px;
      border-inline-start: 3px solid var(--_waiting);
    }
    .button.wide {
      inline-size: 100%;
      white-space: normal;
    }
    .pair {
      display: grid;
      grid-template-columns: 1fr 1fr;
      gap: 6px;
      margin-block: 6px;
    }
    .links {
      display: flex;
      flex-wrap: wrap;
      gap: 4px 12px;
      align-items: center;
    }
    @container ops-page (max-width: 900px) {
      .detail {
        grid-template-columns: minmax(0, 1fr);
      }
    }
    @container ops-page (max-width: 700px) {
      .examples,
      .examples tbody {
        display: block;
      }
      .examples tr {
        display: flex;
        flex-wrap: wrap;
        gap: 2px 12px;
        border-top: 1px solid var(--_line);
      }
      .examples td {
        padding: 3px 0;
        border: 0;
      }
    }
  `,
]
