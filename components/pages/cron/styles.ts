import { css } from 'lit'

const controls = css`
  .page-head .end,
  .toolbar .end {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 12px;
    margin-inline-start: auto;
  }
  .tabs {
    display: flex;
    gap: 4px;
    margin-bottom: 12px;
    border-bottom: 1px solid var(--_line);
  }
  .tabs a {
    padding: 6px 10px;
    border-bottom: 2px solid transparent;
    color: var(--_text);
  }
  .tabs a:hover {
    text-decoration: none;
    border-color: var(--_line-strong);
  }
  .tabs [aria-current] {
    border-color: var(--_accent);
    color: var(--_accent);
    font-weight: 600;
  }
  .toolbar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
    margin-bottom: 12px;
  }
  .search {
    flex: 1 1 220px;
    max-width: 420px;
  }
`

const rows = css`
  table {
    table-layout: fixed;
  }
  th,
  td {
    padding: 2px 8px;
    vertical-align: middle;
  }
  .entry-row {
    line-height: 1.3;
  }
  tbody:last-child tr:last-child > * {
    border-bottom: 0;
  }
  thead th {
    padding-block: 8px;
  }
  .entry-row > * {
    height: 44px;
  }
  .entry {
    font-size: var(--_size);
    font-weight: 400;
    color: inherit;
  }
  .entry a {
    display: block;
    font-weight: 650;
  }
  .entry a,
  .one {
    overflow: hidden;
    text-align: -webkit-match-parent;
    text-align: match-parent;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .entry-column,
  .entry,
  .fold td,
  .group th {
    padding-inline-start: 12px;
  }
  .sub,
  .runs ops-time {
    display: block;
  }
  .sub {
    font-size: var(--_small);
    color: var(--_muted);
    line-height: 1.3;
  }
  .bad {
    color: var(--_review);
  }
  .exact {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }
  .entry-row:is(:hover, :focus-within) .words {
    display: none;
  }
  .entry-row:is(:hover, :focus-within) .exact {
    position: static;
    clip-path: none;
  }
  .held > * {
    background: color-mix(in srgb, var(--_waiting-soft) 45%, transparent);
  }
  .selected > * {
    background: var(--_accent-soft);
  }
  .sheet-head {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px 8px;
  }
  /* Beside the sheet an entry takes one line: its name, its next run and its status. */
  @container ops-page (min-width: 400px) and (max-width: 759px) {
    .beside .entry-row {
      grid-template: 'entry runs status' auto / minmax(0, 1fr) max-content 150px;
    }
    .beside .entry-row > :is(.slots, .do) {
      display: none;
    }
    .beside .one {
      -webkit-line-clamp: 1;
    }
  }
  .history ops-audit {
    --ops-page-padding: 0;
  }
  .history ops-audit::part(heading) {
    display: none;
  }
  td.slots {
    padding-block: 0;
  }
  .strip {
    height: 44px;
  }
  .past,
  .future {
    align-items: center;
  }
  .strip [data-at] {
    cursor: pointer;
  }
  .sort,
  .unfold {
    padding: 0;
    border: 0;
    background: none;
    font: inherit;
    color: inherit;
    cursor: pointer;
  }
  [aria-sort] .sort {
    color: var(--_text);
  }
  .fold td,
  .group th {
    padding-block: 6px;
    background: var(--_sunken);
  }
  .unfold {
    font-weight: 650;
    color: var(--_accent);
  }
  .twist {
    display: inline-block;
    margin-inline-end: 6px;
    border: 4px solid transparent;
    border-inline-start: 6px solid currentColor;
    border-inline-end: 0;
  }
  [aria-expanded='true'] > .twist {
    border: 4px solid transparent;
    border-block-start: 6px solid currentColor;
    border-block-end: 0;
  }
  .actions {
    display: flex;
    gap: 2px;
    justify-content: flex-end;
  }
  .icon {
    padding-inline: 5px;
  }
  .icon svg {
    display: block;
  }
  .more,
  ops-menu::part(button) {
    border-color: transparent;
    background: none;
  }
  .do .refusal {
    text-align: end;
    line-height: 1.2;
  }
`

/** In a wide element: one line of columns, and in each strip the line of now at the same place. */
const wide = css`
  .entry-column {
    width: 19cqi;
  }
  .runs-column {
    width: 12.5cqi;
  }
  .slots-column {
    width: 401px;
  }
  .do-column {
    width: 112px;
  }
  .slots,
  .slots-column {
    padding-inline: 6px;
  }
  .axis {
    display: flex;
  }
  .now-word {
    flex: none;
    margin-inline: auto 86px;
    color: var(--_text);
  }
  .axis .future-word {
    position: absolute;
    clip-path: inset(50%);
  }
  @media (hover: hover) {
    .entry-row:not(:hover, :focus-within) .icon:not(.more) {
      opacity: 0;
    }
  }
  @container ops-page (max-width: 1019px) {
    .slots-column {
      width: 262px;
    }
    .future {
      max-width: 53px;
    }
    .now-word {
      margin-inline-end: 36px;
    }
  }
`

const narrow = css`
  @container ops-page (max-width: 759px) {
    table,
    tbody {
      display: block;
    }
    thead {
      display: none;
    }
    tr {
      display: block;
      border-bottom: 1px solid var(--_line);
    }
    tbody tr:last-child {
      border-bottom: 0;
    }
    tbody tr > th,
    tbody tr > td {
      display: block;
      padding: 0;
      border: 0;
    }
    .strip {
      height: 24px;
    }
    .entry-row {
      display: grid;
      grid-template: 'entry do' auto 'status runs' auto 'slots slots' auto / minmax(0, 1fr) auto;
      gap: 4px 12px;
      padding: 8px 12px;
    }
    .entry-row > * {
      height: auto;
    }
    .entry-row > .entry {
      grid-area: entry;
      padding-inline-start: 0;
    }
    .runs {
      grid-area: runs;
      text-align: end;
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
    .one {
      display: -webkit-box;
      -webkit-box-orient: vertical;
      -webkit-line-clamp: 2;
      white-space: normal;
      overflow-wrap: anywhere;
    }
    .past {
      flex-basis: 100%;
    }
    .future {
      max-width: 53px;
    }
    .held,
    .selected {
      background: var(--_accent-soft);
    }
    .held:not(.selected) {
      background: color-mix(in srgb, var(--_waiting-soft) 45%, transparent);
    }
    .held > *,
    .selected > * {
      background: none;
    }
    .fold td,
    .group th {
      padding: 8px 12px;
    }
    .search {
      flex-basis: 100%;
      max-width: none;
    }
    .toolbar select,
    .toolbar .end {
      flex: 1;
      min-width: 0;
      flex-wrap: nowrap;
    }
    .toolbar .end {
      flex-basis: 100%;
    }
    .toolbar :is(input, select),
    .actions .button,
    ops-menu::part(button) {
      min-width: 40px;
      min-height: 40px;
    }
    .do .refusal {
      max-width: 160px;
    }
  }
`

const compact = css`
  :host([compact]) .entry-row > * {
    height: 30px;
    padding-block: 0;
  }
  :host([compact]) .strip {
    height: 29px;
  }
  :host([compact]) :is(.entry, .runs, .status) .sub {
    display: none;
  }
`

export const cronStyles = [controls, rows, wide, narrow, compact]
