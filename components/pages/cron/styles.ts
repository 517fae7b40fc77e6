import { css } from 'lit'

export const cronStyles = css`
  .toolbar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
    margin-bottom: 12px;
  }
  .toolbar .end {
    margin-inline-start: auto;
  }
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
    overflow-wrap: anywhere;
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
    overflow-wrap: anywhere;
  }
  .sub.clamp {
    display: -webkit-box;
  }
  thead th {
    padding-inline: 8px;
  }
  @container ops-page (min-width: 980px) {
    table {
      table-layout: fixed;
    }
    .runs .num,
    .line {
      white-space: nowrap;
    }
    .sub.line {
      display: block;
      text-overflow: ellipsis;
    }
    .entry-column {
      padding-inline-start: 12px;
      width: 15cqi;
    }
    .schedule-column {
      width: 13cqi;
    }
    .runs-column {
      width: 13cqi;
    }
    .slots-column {
      width: 248px;
    }
    .do-column {
      width: 214px;
    }
  }
  .selected > * {
    background: var(--_accent-soft);
  }
  .details > td {
    padding: 0;
    background: var(--_sunken);
  }
  .actions > .button {
    padding-inline: 8px;
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
      grid-template: 'entry schedule status' auto 'runs slots do' auto / minmax(0, 1fr) minmax(0, 1fr) minmax(220px, 1fr);
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
      grid-template: 'entry entry' auto 'status status' auto 'schedule runs' auto 'slots slots' auto 'do do' auto / minmax(0, 1fr) minmax(0, 1fr);
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
