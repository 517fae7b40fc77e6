import { css } from 'lit'

export const incidentStyles = [
  css`
    .columns {
      display: grid;
      grid-template: 'first may' auto 'first side' 1fr / minmax(0, 1fr) 300px;
      gap: 12px;
      align-items: start;
    }
    .run {
      display: block;
      margin-bottom: 12px;
    }
    .first,
    .may,
    .side {
      display: grid;
      gap: 12px;
      align-content: start;
      min-width: 0;
    }
    .first {
      grid-area: first;
    }
    .may {
      grid-area: may;
    }
    .side {
      grid-area: side;
    }
    .lead {
      padding: 14px 16px;
      border-inline-start: 3px solid var(--_control-line);
    }
    .lead.needs_review {
      border-inline-start-color: var(--_review);
    }
    .lead.blocked {
      border-inline-start-color: var(--_blocked);
    }
    .lead.waiting {
      border-inline-start-color: var(--_waiting);
    }
    .state {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 4px 8px;
      margin-bottom: 6px;
    }
    .headline {
      font-size: var(--_figure);
      font-weight: var(--_weight-strong);
      line-height: 1.4;
    }
    .error {
      margin-top: 2px;
      font-size: var(--_size);
    }
    .figures {
      display: grid;
      grid-template-columns: minmax(0, 1fr) 260px;
      gap: 20px;
      margin-top: 12px;
    }
    .figures:not(:has(ops-chart)) {
      grid-template-columns: minmax(0, 1fr);
    }
    ops-chart {
      --chart-height: 96px;
      display: block;
      min-height: 124px;
    }
    dl {
      display: grid;
      align-content: start;
      gap: 4px;
      font-size: var(--_medium);
    }
    dl div {
      display: grid;
      grid-template-columns: 96px minmax(0, 1fr);
      gap: 10px;
    }
    dt {
      color: var(--_muted);
    }
    .twins {
      display: grid;
      grid-template-columns: 1fr 1fr;
      gap: 8px 28px;
    }
    .evidence h3 {
      margin-bottom: 2px;
    }
    .evidence li {
      display: grid;
      grid-template-columns: 16px minmax(0, 1fr) max-content;
      gap: 8px;
      align-items: baseline;
      padding: 7px 0;
      border-top: 1px solid var(--_line);
      font-size: var(--_medium);
    }
    .evidence li:first-child {
      border-top: 0;
    }
    .evidence svg {
      width: 12px;
      height: 12px;
    }
    .cause {
      margin-bottom: 8px;
    }
    .relations {
      margin-top: 6px;
      padding-top: 8px;
      border-top: 1px solid var(--_line);
    }
    .repair h3 {
      padding: 10px 16px;
      border-bottom: 1px solid var(--_line);
    }
    .act {
      display: grid;
      gap: 6px;
      padding: 12px 16px;
    }
    .act + .act {
      border-top: 1px solid var(--_line);
    }
    .caution {
      padding-inline-start: 10px;
      border-inline-start: 3px solid var(--_waiting);
    }
    .wide {
      width: 100%;
    }
    .link {
      justify-self: start;
      padding: 0;
      border: 0;
      background: none;
      color: var(--_accent);
      cursor: pointer;
      text-decoration: underline;
      text-underline-offset: 2px;
    }
    .touched div {
      grid-template-columns: 86px minmax(0, 1fr);
    }
    @container ops-page (max-width: 900px) {
      .columns {
        display: flex;
        flex-direction: column;
        align-items: stretch;
      }
      .first {
        display: contents;
      }
      .lead {
        order: -2;
      }
      .may {
        order: -1;
      }
      .figures,
      .twins {
        grid-template-columns: minmax(0, 1fr);
      }
      .act .button {
        min-height: 44px;
      }
    }
  `,
]
