import { css } from 'lit'

export const incidentsStyles = [
  css`
    .tabs {
      display: flex;
      flex-wrap: wrap;
      gap: 4px 16px;
      margin-bottom: 12px;
      border-bottom: 1px solid var(--_line);
    }
    .tabs a {
      padding: 6px 2px 8px;
      border-bottom: 2px solid transparent;
      color: var(--_muted);
    }
    .tabs a[aria-current] {
      border-bottom-color: var(--_accent);
      color: var(--_text);
      font-weight: var(--_weight-medium);
    }
    .filters {
      display: flex;
      flex-wrap: wrap;
      align-items: end;
      gap: 8px 12px;
      margin-bottom: 12px;
    }
    .filters label {
      margin-bottom: 2px;
      font-size: var(--_tiny);
      color: var(--_muted);
    }
    .filters .end {
      margin-inline-start: auto;
    }
    .news {
      min-height: 0;
    }
    .news .button {
      width: 100%;
      margin-bottom: 8px;
    }
    .row {
      display: grid;
      grid-template-columns: minmax(124px, max-content) minmax(0, 1fr) 110px 190px minmax(210px, max-content);
      gap: 4px 16px;
      padding: 11px 16px;
      border-top: 1px solid var(--_line);
    }
    .row:first-child {
      border-top: 0;
    }
    .row h3 {
      font-size: var(--_size);
      font-weight: var(--_weight-medium);
    }
    .row h3 a {
      color: var(--_text);
      text-decoration: underline;
      text-underline-offset: 2px;
    }
    .row .what p {
      margin-top: 2px;
      overflow-wrap: anywhere;
    }
    .marks:empty {
      display: none;
    }
    .age {
      display: grid;
      align-content: start;
    }
    .do {
      display: flex;
      gap: 6px;
      justify-content: end;
      align-items: start;
    }
    .row.left :is(.what, .age, .who) {
      opacity: 0.7;
    }
    .explains {
      grid-column: 2 / -1;
      font-size: var(--_medium);
    }
    .explains summary {
      width: max-content;
      color: var(--_accent);
      cursor: pointer;
    }
    .explains li {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 4px 8px;
      padding-top: 6px;
    }
    @container ops-page (max-width: 900px) {
      .filters {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
      }
      .filters :is(input, select) {
        width: 100%;
      }
      .row {
        grid-template-columns: minmax(0, 1fr) max-content;
      }
      .row .what,
      .row .do,
      .explains {
        grid-column: 1 / -1;
      }
      .row .age {
        grid-area: 1 / 2;
        justify-items: end;
      }
      .row .do .button {
        flex: 1;
        min-height: 40px;
      }
    }
  `,
]
