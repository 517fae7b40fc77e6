import { css } from 'lit'

/** The table of jobs, and its rows on narrow screens. */
export const listStyles = css`
  thead th {
    position: sticky;
    top: 0;
    z-index: 1;
    background: var(--_surface);
  }
  thead tr:first-child th:first-child {
    border-start-start-radius: var(--_radius);
  }
  thead tr:first-child th:last-child {
    border-start-end-radius: var(--_radius);
  }
  .row > * {
    padding: 8px;
  }
  .row > :first-child,
  thead th:first-child {
    padding-inline-start: 12px;
  }
  thead th {
    padding-inline: 8px;
  }
  .clamp {
    -webkit-line-clamp: 2;
  }
  .pick {
    width: 40px;
  }
  .pick label {
    display: flex;
    align-items: center;
    justify-content: center;
    min-height: 24px;
    cursor: pointer;
  }
  input[type='checkbox'] {
    width: 16px;
    height: 16px;
    min-height: 0;
    margin: 0;
    accent-color: var(--_accent);
    cursor: pointer;
  }
  thead th {
    height: 30px;
    padding-block: 0;
  }
  tbody .job {
    min-width: 204px;
    border-bottom: 1px solid var(--_line);
    font-size: var(--_size);
    font-weight: 400;
    text-align: start;
    vertical-align: top;
    overflow-wrap: anywhere;
    color: inherit;
  }
  .job a {
    font-weight: 650;
  }
  tbody tr:last-child > * {
    border-bottom: 0;
  }
  .sub {
    display: block;
    font-size: var(--_small);
    color: var(--_muted);
  }
  .mark {
    font-weight: 600;
    color: var(--_accent);
    white-space: nowrap;
  }
  .plain {
    color: inherit;
  }
  .error {
    color: var(--_review);
    font-size: var(--_small);
  }
  .tag {
    display: inline-block;
    margin-block: 1px;
    padding: 0 6px;
    border: 1px solid var(--_line-strong);
    border-radius: 4px;
    font-size: 12px;
    color: inherit;
  }
  .when,
  .created,
  .attempt {
    white-space: nowrap;
  }
  .fact {
    overflow-wrap: anywhere;
  }
  /* As wide as the mark that may come under the state, so that no column moves by it. */
  .state {
    min-width: 148px;
  }
  .queue {
    min-width: 134px;
  }
  .tags,
  .executor {
    min-width: 112px;
  }
  .args,
  .error-column {
    min-width: 100px;
  }
  .tag {
    max-width: 100%;
  }
  .many :is(.when, .created) {
    white-space: normal;
  }
  .many :is(.args, .error-column, .queue, .tags, .executor) {
    min-width: 80px;
  }
  .many .job {
    min-width: 100px;
  }
  .do {
    width: 52px;
    text-align: end;
  }
  .row:is(.chosen, .current) > * {
    background: var(--_accent-soft);
  }
  .row.left .chip {
    filter: grayscale(1);
  }
  .row:focus-within > :first-child,
  .row.chosen > :first-child {
    box-shadow: inset 3px 0 var(--_accent);
  }
  /* It lies on what is there, so that nothing moves when it comes or goes. */
  .news {
    position: sticky;
    top: 6px;
    z-index: 2;
    display: flex;
    justify-content: center;
    height: 36px;
    margin-top: -36px;
    pointer-events: none;
  }
  .news .button {
    align-self: start;
    box-shadow: 0 4px 14px rgb(0 0 0 / 0.2);
    pointer-events: auto;
  }
  .turn {
    padding: 0;
    border: 0;
    background: none;
    color: var(--_text);
    font-size: inherit;
    font-weight: 650;
    white-space: nowrap;
    cursor: pointer;
  }
  .at {
    white-space: nowrap;
  }
  .row.current > :first-child {
    box-shadow: inset 3px 0 var(--_accent);
  }
  /* Compact: true rows of 30 pixels, one line each, cut at the end of the column; the error gets the room that is left. */
  @container ops-page (min-width: 860.02px) {
    .dense table {
      table-layout: fixed;
    }
    .dense .row > * {
      height: 30px;
      padding-block: 0;
      vertical-align: middle;
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
      line-height: 20px;
    }
    .dense .row > .do {
      overflow: visible;
    }
    .dense .row .value,
    .dense .row .clamp {
      display: inline;
      overflow-wrap: normal;
    }
    /* A block of its own direction, so that the end is cut off and not the beginning, also on a page from right to left. */
    .dense .row .clamp {
      display: block;
      overflow: hidden;
      text-align: -webkit-match-parent;
      text-align: match-parent;
      text-overflow: ellipsis;
    }
    .dense .sub {
      display: inline;
      margin-inline-start: 4px;
    }
    .dense .engine {
      display: none;
    }
    .dense .pick {
      width: 38px;
    }
    .dense thead .job {
      width: 222px;
    }
    .dense thead .state {
      width: 214px;
    }
    .dense thead .queue {
      width: 130px;
    }
    .dense thead :is(.attempt, .priority) {
      width: 76px;
    }
    .dense thead :is(.tags, .executor, .created) {
      width: 118px;
    }
    .dense thead .at {
      width: 128px;
    }
    .dense thead .do {
      width: 44px;
    }
    .dense.failed thead .error-column {
      width: 40%;
    }
    .dense.many thead :is(.job, .state) {
      width: 15%;
    }
    .dense ops-menu::part(button) {
      min-height: 24px;
      padding-block: 0;
      border-color: transparent;
      background: none;
    }
    .dense .news {
      margin-bottom: 0;
    }
  }
  .pages {
    display: flex;
    align-items: center;
    justify-content: flex-end;
    gap: 12px;
    margin-top: 12px;
  }
  .caption {
    display: none;
  }
  @container ops-page (max-width: 860px) {
    table,
    tbody {
      display: block;
    }
    thead {
      display: none;
    }
    .row {
      display: grid;
      grid-template-columns: 40px minmax(0, 1fr) max-content 44px;
      gap: 4px 8px;
      padding: 10px 8px;
      border-bottom: 1px solid var(--_line);
    }
    tbody .row:last-child {
      border-bottom: 0;
    }
    .row > *,
    .dense .row > * {
      padding: 0;
      border: 0;
    }
    .row > .pick {
      grid-area: 1 / 1;
      width: auto;
      padding: 0;
    }
    .pick label {
      min-height: 40px;
    }
    .row > .job {
      grid-area: 1 / 2;
      min-width: 0;
    }
    .row > .state {
      grid-area: 1 / 3;
      min-width: 0;
      text-align: end;
    }
    .row > .do {
      grid-area: 1 / 4;
      width: auto;
    }
    .row > .at {
      grid-column: 2 / -1;
      font-size: var(--_small);
      color: var(--_muted);
    }
    .row > .fact {
      grid-column: 2 / -1;
      display: flex;
      gap: 8px;
      min-width: 0;
      white-space: normal;
    }
    .row > .fact.nothing {
      display: none;
    }
    .row > .fact .caption {
      display: block;
      flex: none;
      width: 84px;
      font-size: 12px;
      color: var(--_muted);
    }
    .row:is(.chosen, .current) {
      background: var(--_accent-soft);
      box-shadow: inset 3px 0 var(--_accent);
    }
    .row:is(.chosen, .current) > *,
    .row:is(.chosen, .current) > :first-child,
    .row:focus-within > :first-child {
      background: none;
      box-shadow: none;
    }
    .news {
      top: 64px;
      height: 0;
      margin-top: 0;
    }
  }
  @container ops-page (max-width: 560px) {
    /* Two lines: what it is and when, and the error in full. */
    .single .row {
      grid-template-columns: 34px minmax(0, 1fr) max-content 40px;
      gap: 2px 6px;
      padding: 6px 6px 8px;
    }
    .single .row > .at {
      grid-area: 1 / 3;
      align-self: center;
    }
    .state .sub:not(.mark) {
      display: none;
    }
    .single .sub {
      display: inline;
    }
    .failed .row > :is(.queue, .args, .attempt) {
      display: none;
    }
    .failed .row > .error-column .caption {
      display: none;
    }
    .failed .clamp {
      display: block;
    }
    .single .row > .pick {
      grid-row: 1 / span 2;
    }
  }
`
