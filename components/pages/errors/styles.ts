import { css } from 'lit'

export const errorsStyles = [
  css`
    .shut {
      display: inline-block;
    }
    .shut:dir(rtl) {
      transform: scaleX(-1);
    }
    .headline {
      margin-bottom: 12px;
      font-size: var(--_heading);
    }
    .headline b {
      font-weight: var(--_weight-strong);
    }
    .tools {
      display: flex;
      flex-wrap: wrap;
      gap: 8px;
      align-items: center;
      margin-bottom: 10px;
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
      font-size: var(--_medium);
      color: var(--_text);
      overflow: hidden;
      text-overflow: ellipsis;
      overflow-wrap: anywhere;
    }
    .what .small b {
      color: var(--_text);
      font-weight: var(--_weight-medium);
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
    .state .tag {
      margin-block: 3px;
    }
    .group.open td {
      border-bottom: 0;
    }
    .unfolded > td {
      padding-block: 4px 14px;
      padding-inline: 40px 16px;
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
      .unfolded > td {
        padding-inline: 12px;
      }
    }
    @container ops-page (max-width: 700px) {
      thead {
        display: block;
        position: absolute;
        inline-size: 1px;
        block-size: 1px;
        overflow: hidden;
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
    }
    @media (pointer: coarse) {
      .fold {
        inline-size: 40px;
        block-size: 40px;
      }
      .what {
        grid-template-columns: 40px minmax(0, 1fr);
      }
    }
  `,
]
