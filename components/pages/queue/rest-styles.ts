import { css } from 'lit'

/** Of everything below the headline. */
export const restStyles = css`
  .choices {
    display: flex;
    flex-wrap: wrap;
    justify-content: space-between;
    gap: 8px;
    margin-bottom: 14px;
  }
  ops-chart.tall {
    --chart-height: 200px;
  }
  ops-chart.low {
    --chart-height: 40px;
  }
  .lane {
    margin: 14px 0 4px;
    font-weight: var(--_weight);
  }
  .box-head {
    display: flex;
    align-items: baseline;
    justify-content: space-between;
    gap: 12px;
    padding: 10px 16px;
  }
  .box li,
  .none {
    padding: 7px 16px;
    border-top: 1px solid var(--_line);
    font-size: var(--_medium);
  }
  .box li {
    display: grid;
    grid-template-columns: minmax(0, auto) auto minmax(0, 1fr);
    align-items: baseline;
    gap: 2px 12px;
  }
  .box li > :last-child {
    text-align: end;
  }
  .side .box li {
    grid-template-columns: minmax(0, 1fr) auto;
  }
  .box li.error {
    grid-template-columns: minmax(0, 1fr) 84px auto auto;
    align-items: center;
  }
  .message {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .plain {
    color: inherit;
  }
  .still {
    color: var(--_blocked);
  }
  .health.missing {
    color: var(--_review);
    font-weight: var(--_weight-strong);
  }
  .health.late,
  .health.unknown,
  .health.ended {
    color: var(--_muted);
  }
  .possible > h2 {
    padding: 10px 16px;
  }
  @container ops-page (max-width: 860px) {
    .pair {
      grid-template-columns: minmax(0, 1fr);
    }
    .box li.error {
      grid-template-columns: minmax(0, 1fr) auto;
    }
    .box li.error .chip {
      justify-self: start;
    }
    .message {
      grid-column: 1 / -1;
      white-space: normal;
    }
  }
`
