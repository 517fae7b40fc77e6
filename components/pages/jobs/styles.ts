import { css } from 'lit'

export const jobsStyles = css`
  .page-head .tools,
  .line {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
  }
  .line {
    min-height: 32px;
    margin-bottom: 8px;
    gap: 4px 12px;
  }
  .line .end {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
    margin-inline-start: auto;
  }
  .tabs {
    display: flex;
    flex-wrap: wrap;
    gap: 0 4px;
    margin-bottom: 12px;
    border-bottom: 1px solid var(--_line);
  }
  .tabs a {
    display: flex;
    align-items: baseline;
    gap: 6px;
    padding: 6px 10px;
    border-bottom: 2px solid transparent;
    color: var(--_text);
    text-decoration: none;
  }
  .tabs a:hover {
    border-bottom-color: var(--_line-strong);
  }
  .tabs a[aria-current] {
    border-bottom-color: var(--_accent);
    color: var(--_accent);
    font-weight: 600;
  }
  .tabs .num {
    min-width: 1ch;
    font-size: 12px;
    font-weight: 400;
    color: var(--_muted);
  }
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
  .dense .row > * {
    padding-block: 3px;
  }
  .dense .clamp {
    -webkit-line-clamp: 1;
  }
  .dense .job .sub,
  .dense .engine {
    display: inline;
    margin-inline-start: 6px;
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
  .job {
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
  .dense .mark {
    display: inline-block;
    width: 9px;
    overflow: hidden;
    vertical-align: middle;
  }
  .dense .mark::before {
    content: '● ';
    font-size: 10px;
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
  .row.chosen > * {
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
  .bulk-bar {
    position: sticky;
    bottom: 0;
    z-index: 3;
    display: grid;
    gap: 6px;
    margin-top: 12px;
    padding: 10px 12px;
    border: 1px solid var(--_accent);
    border-radius: var(--_radius);
    background: var(--_surface);
    box-shadow: 0 -4px 16px rgb(0 0 0 / 0.12);
  }
  .bulk-bar .choices {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px 8px;
  }
  .do-bulk {
    display: flex;
    gap: 6px;
    margin-inline-start: auto;
  }
  ops-job-filters:not(:defined) {
    display: block;
    min-height: 100px;
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
    .row.chosen {
      background: var(--_accent-soft);
      box-shadow: inset 3px 0 var(--_accent);
    }
    .row.chosen > *,
    .row.chosen > :first-child,
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
    .tabs {
      display: grid;
      grid-template-columns: repeat(4, minmax(0, 1fr));
    }
    .tabs a {
      flex-direction: column;
      gap: 0;
      padding: 6px 4px;
      font-size: 13px;
    }
    .do-bulk {
      display: grid;
      grid-template-columns: repeat(4, 1fr);
      flex: 1 1 100%;
      order: 1;
    }
    .bulk-bar .button {
      min-height: 44px;
      padding-inline: 6px;
    }
    .bulk-bar b {
      flex: 1;
    }
  }
`
