import { css } from 'lit'

export const jobStyles = css`
  .who {
    min-width: 0;
  }
  .identity {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 10px;
    margin-top: 4px;
  }
  .columns {
    display: grid;
    grid-template: 'first may' auto 'first side' 1fr / minmax(0, 1fr) 340px;
    gap: 14px;
  }
  .first,
  .side {
    display: grid;
    gap: 14px;
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
  .section-title {
    margin-bottom: 8px;
  }
  .section-head {
    display: flex;
    justify-content: space-between;
    align-items: baseline;
    gap: 12px;
    padding: 12px 16px 10px;
  }
  .none {
    padding: 0 16px 12px;
  }
  .attempts + .none {
    padding-top: 10px;
    border-top: 1px solid var(--_line);
  }
  .why {
    border-inline-start: 3px solid var(--_waiting);
  }
  .why li + li {
    margin-top: 6px;
  }
  .do {
    display: grid;
    gap: 8px;
  }
  .do .section-title {
    margin: 0;
  }
  .buttons {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
  }
  .refusals {
    display: grid;
    gap: 2px;
  }
  .reasons {
    margin-top: 6px;
  }
  .reasons li + li {
    margin-top: 4px;
  }
  dl {
    display: grid;
    grid-template-columns: max-content minmax(0, 1fr);
    gap: 7px 12px;
    font-size: 13px;
  }
  dt {
    color: var(--_muted);
  }
  .remains {
    margin-top: 12px;
  }
  @container ops-page (max-width: 860px) {
    .columns {
      grid-template: 'may' auto 'first' auto 'side' auto / minmax(0, 1fr);
    }
    .buttons .button {
      flex: 1;
      min-height: 44px;
    }
  }
`
