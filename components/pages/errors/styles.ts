import { css } from 'lit'
import { histogramStyles } from '../../parts/histogram.ts'
import { ownershipStyles } from '../../parts/ownership.ts'
import { segmentStyles } from '../../parts/segments.ts'

export const errorsStyles = [
  histogramStyles,
  ownershipStyles,
  segmentStyles,
  css`
    .headline {
      margin-bottom: 12px;
      font-size: 16px;
    }
    .headline b {
      font-weight: 650;
    }
    .tools {
      display: flex;
      flex-wrap: wrap;
      gap: 8px;
      align-items: center;
      margin-bottom: 10px;
    }
    .segments {
      background: var(--_surface);
    }
    .find {
      flex: 1;
      min-inline-size: 180px;
    }
    table {
      inline-size: 100%;
    }
    td {
      vertical-align: top;
    }
    .what {
      display: grid;
      grid-template-columns: 24px minmax(0, 1fr);
      gap: 4px;
      min-inline-size: 0;
    }
    .message {
      font-size: 13px;
      color: var(--_text);
      overflow: hidden;
      text-overflow: ellipsis;
      overflow-wrap: anywhere;
    }
    .what .small b {
      color: var(--_text);
      font-weight: 600;
    }
    .fold {
      inline-size: 24px;
      block-size: 24px;
      padding: 0;
      border: 0;
      background: none;
      color: var(--_muted);
      cursor: pointer;
    }
    th.count,
    .count {
      text-align: end;
    }
    .histogram {
      inline-size: 120px;
      block-size: 26px;
    }
    .seen {
      white-space: nowrap;
    }
    .seen .muted {
      display: block;
    }
    .tag {
      display: inline-block;
      padding: 0 6px;
      border: 1px solid var(--_line-strong);
      border-radius: 4px;
      font-size: 12px;
      font-weight: 600;
      line-height: 18px;
    }
    .tag.new,
    .tag.burst {
      border-color: var(--_review);
      color: var(--_review);
    }
    .tag.known {
      color: var(--_muted);
    }
    .group.open td {
      border-bottom: 0;
    }
    .unfolded > td {
      padding: 4px 16px 14px 40px;
    }
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
      padding: 6px 8px 6px 0;
      font-size: 13px;
    }
    .stack {
      display: grid;
      gap: 2px;
      padding: 12px;
      border-radius: 6px;
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
    button.text {
      padding: 0;
      border: 0;
      background: none;
      color: var(--_accent);
      font-size: inherit;
      text-decoration: underline;
      text-underline-offset: 2px;
      cursor: pointer;
    }
    .foot {
      margin-top: 10px;
    }
    @container ops-page (max-width: 900px) {
      .detail {
        grid-template-columns: minmax(0, 1fr);
      }
      .unfolded > td {
        padding-inline: 12px;
      }
    }
    @container ops-page (max-width: 700px) {
      thead {
        position: absolute;
        clip-path: inset(50%);
      }
      table,
      tbody,
      .unfolded,
      .unfolded > td {
        display: block;
      }
      .group {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 4px 12px;
        padding: 8px 12px;
        border-top: 1px solid var(--_line);
      }
      .group td {
        display: block;
        padding: 0;
        border: 0;
      }
      .group .what {
        display: grid;
        grid-column: 1 / -1;
      }
      .group .graph,
      .group .state {
        padding-inline-start: 28px;
      }
      .group .seen {
        text-align: end;
      }
      .versions {
        display: none !important;
      }
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
    @media (pointer: coarse) {
      .fold {
        inline-size: 40px;
        block-size: 40px;
      }
      .what {
        grid-template-columns: 40px minmax(0, 1fr);
      }
      .segments button {
        min-height: 38px;
      }
    }
  `,
]
