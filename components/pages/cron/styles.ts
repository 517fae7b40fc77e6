import { css } from 'lit'

export const cronStyles = css`
  .search {
    width: 240px;
  }
  .entry,
  td {
    padding: 9px 8px;
  }
  .entry {
    font-size: var(--_size);
    font-weight: 400;
    color: inherit;
    vertical-align: top;
    overflow-wrap: break-word;
  }
  .entry a {
    font-weight: 650;
  }
  .entry {
    padding-inline-start: 12px;
  }
  tbody tr:last-child > * {
    border-bottom: 0;
  }
  .sub {
    display: block;
    font-size: var(--_small);
    color: var(--_muted);
  }
  thead th {
    padding-inline: 8px;
  }
  @container ops-page (min-width: 980px) {
    table {
      table-layout: fixed;
    }
    .runs .num {
      white-space: nowrap;
    }
    .entry-column {
      padding-inline-start: 12px;
      width: 13.5cqi;
    }
    .schedule-column {
      width: 12.5cqi;
    }
    .runs-column {
      width: 13cqi;
    }
    .slots-column {
      width: 258px;
    }
    .do-column {
      width: 222px;
    }
  }
  .selected > * {
    background: var(--_accent-soft);
  }
  .details > td {
    padding: 0;
    background: var(--_sunken);
  }
  .actions {
    display: flex;
    gap: 4px;
    justify-content: flex-end;
  }
  .actions + .refusal {
    margin-top: 4px;
  }
  .do .refusal {
    max-width: 260px;
    margin-inline-start: auto;
    text-align: end;
  }
  .do-column {
    text-align: end;
  }
  .caption {
    display: none;
  }
  .slots .strip {
    margin-bottom: 4px;
  }
  @container ops-page (max-width: 979px) {
    table,
    tbody {
      display: block;
    }
    thead {
      display: none;
    }
    tr {
      display: grid;
      grid-template: 'entry schedule status' auto 'runs slots do' auto / 1fr 1fr 1fr;
      gap: 8px 16px;
      padding: 12px;
      border-bottom: 1px solid var(--_line);
    }
    tbody tr:last-child {
      border-bottom: 0;
    }
    tr > .entry,
    tr > td {
      padding: 0;
      border: 0;
    }
    .entry {
      grid-area: entry;
    }
    .schedule {
      grid-area: schedule;
    }
    .runs {
      grid-area: runs;
    }
    .slots {
      grid-area: slots;
    }
    .status {
      grid-area: status;
    }
    .do {
      grid-area: do;
    }
    .selected {
      background: var(--_accent-soft);
    }
    .details {
      display: block;
      padding: 0;
    }
    .details > td {
      display: block;
    }
    .caption {
      display: block;
      font-size: 12px;
      font-weight: 600;
      color: var(--_muted);
    }
  }
  @container ops-page (max-width: 700px) {
    .search {
      width: 100%;
    }
    .toolbar select {
      flex: 1;
    }
    tr {
      grid-template: 'entry entry' auto 'status status' auto 'schedule runs' auto 'slots slots' auto 'do do' auto / 1fr 1fr;
      gap: 10px 16px;
    }
    .actions > .button {
      flex: 1;
      min-height: 44px;
    }
    ops-menu::part(button) {
      min-width: 44px;
      min-height: 44px;
    }
    .do .refusal {
      max-width: none;
      text-align: start;
    }
  }
`
