import { css } from 'lit'

export const bulkRunStyles = css`
  :host {
    margin-bottom: 12px;
    background: none;
  }
  .run {
    display: grid;
    gap: 8px;
    padding: 12px 16px;
    border-inline-start-width: 3px;
  }
  .run.going {
    border-inline-start-color: var(--_accent);
  }
  .head,
  .progress,
  .outcomes,
  .next {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px 12px;
  }
  .head h3:focus {
    outline: none;
  }
  .end {
    margin-inline-start: auto;
  }
  progress {
    flex: 1 1 200px;
    height: 8px;
    border: 0;
    border-radius: 99px;
    background: var(--_sunken);
    overflow: hidden;
    appearance: none;
  }
  progress::-webkit-progress-bar {
    background: var(--_sunken);
  }
  progress::-webkit-progress-value {
    background: var(--_accent);
  }
  progress::-moz-progress-bar {
    background: var(--_accent);
  }
  .outcomes {
    font-size: 13px;
  }
  .done b {
    color: var(--_runnable);
  }
  .failed b,
  .refused b,
  .unconfirmed b {
    color: var(--_review);
  }
  .list {
    display: grid;
    gap: 8px;
  }
  .items {
    max-height: 300px;
    overflow: auto;
  }
  td {
    padding: 5px 8px;
    font-size: 13px;
  }
  @media (max-width: 560px) {
    .items tr {
      display: grid;
      padding: 6px 0;
      border-bottom: 1px solid var(--_line);
    }
    .items td {
      padding: 0;
      border: 0;
    }
  }
`
