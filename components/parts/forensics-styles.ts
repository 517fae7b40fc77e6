import { css } from 'lit'

/** Layout of the page: diagnosis, runbook and chronology on one side, next paths on the other. */
export const forensicsStyles = css`
  .columns {
    display: grid;
    grid-template-columns: minmax(0, 1fr) 340px;
    grid-template-rows: auto 1fr;
    gap: 14px;
  }
  .first,
  .side,
  .second {
    display: grid;
    gap: 14px;
    align-content: start;
    min-width: 0;
  }
  .side {
    grid-column: 2;
    grid-row: 1 / span 2;
  }
  .section-head {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    justify-content: space-between;
    gap: 2px 12px;
    margin-bottom: 10px;
  }
  .section-title {
    margin-bottom: 8px;
  }
  .diagnosis,
  .boundary {
    display: grid;
    gap: 6px;
  }
  .diagnosis h3 {
    font-size: 16px;
  }
  .chips,
  .tools {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px 12px;
  }
  .boundary.open {
    border-style: dashed;
    border-color: var(--_control-line);
  }
  .boundary .section-title {
    margin: 0;
  }
  .reasons li {
    padding-inline-start: 12px;
    text-indent: -12px;
  }
  .reasons li::before {
    content: '– ';
  }
  .linked-list li + li {
    margin-top: 4px;
  }
  .lead {
    margin-bottom: 14px;
  }
  @container ops-page (max-width: 860px) {
    .columns {
      grid-template-columns: minmax(0, 1fr);
      grid-template-rows: none;
    }
    .side {
      grid-column: 1;
      grid-row: auto;
    }
  }
`
