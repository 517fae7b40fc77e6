import { css } from 'lit'

export const queuesStyles = css`
  .only,
  .old {
    margin-bottom: 12px;
  }
  .old {
    padding: 8px 12px;
    border-inline-start: 3px solid var(--_waiting);
  }
  .name {
    font-size: var(--_size);
    font-weight: 400;
    color: inherit;
    vertical-align: top;
    overflow-wrap: anywhere;
  }
  tbody .name {
    padding: 9px 12px;
  }
  .name a {
    font-weight: 650;
  }
  tbody tr:last-child > * {
    border-bottom: 0;
  }
  .sub {
    display: block;
    font-size: var(--_small);
    color: var(--_muted);
    overflow-wrap: anywhere;
  }
  .sub.clamp {
    display: -webkit-box;
  }
  .plain {
    color: inherit;
  }
  .depth ul {
    display: flex;
    flex-wrap: wrap;
    gap: 0 12px;
  }
  .depth li {
    white-space: nowrap;
  }
  .depth .plain {
    display: inline-block;
    min-height: 24px;
    line-height: 24px;
  }
  .depth .first {
    flex-basis: 100%;
  }
  .name-column {
    width: 17%;
  }
  .depth-column {
    width: 19%;
  }
  .status-column {
    width: 14%;
  }
  .do-column {
    width: 140px;
    text-align: end;
  }
  .actions {
    display: flex;
    gap: 4px;
    justify-content: flex-end;
  }
  .do .refusal {
    margin-top: 4px;
    text-align: end;
  }
  @container ops-page (min-width: 861px) {
    table {
      table-layout: fixed;
    }
  }
  @container ops-page (max-width: 860px) {
    table,
    tbody {
      display: block;
    }
    thead {
      display: none;
    }
    tr {
      display: grid;
      grid-template: 'name status' auto 'depth depth' auto 'hour hour' auto 'do do' auto / minmax(0, 1fr) minmax(0, 1fr);
      gap: 10px 16px;
      padding: 12px;
      border-bottom: 1px solid var(--_line);
    }
    tbody tr:last-child {
      border-bottom: 0;
    }
    tr > .name,
    tbody tr > * {
      padding: 0;
      border: 0;
    }
    .name {
      grid-area: name;
    }
    .depth {
      grid-area: depth;
    }
    .hour {
      grid-area: hour;
    }
    .status {
      grid-area: status;
      text-align: end;
    }
    .do {
      grid-area: do;
    }
    .depth a {
      display: inline-block;
      padding-block: 4px;
    }
  }
  @container ops-page (max-width: 560px) {
    .charts {
      gap: 8px 10px;
    }
    .actions .button {
      flex: 1;
      min-height: 44px;
    }
    .actions ops-menu::part(button) {
      min-height: 44px;
    }
  }
`
