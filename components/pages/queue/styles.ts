import { css } from 'lit'

export const queueStyles = css`
  .crumb {
    font-size: var(--_medium);
  }
  .columns {
    display: grid;
    grid-template-columns: minmax(0, 1fr) 300px;
    gap: 12px;
    align-items: start;
  }
  .main,
  .side {
    display: grid;
    gap: 12px;
    min-width: 0;
  }
  .pair {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 1fr));
    gap: 12px;
    align-items: start;
  }
  .headline {
    padding: 14px 16px;
    border-inline-start: 3px solid var(--_line-strong);
  }
  .headline.blocked {
    border-inline-start-color: var(--_blocked);
  }
  .headline.needs_review {
    border-inline-start-color: var(--_review);
  }
  .headline.waiting {
    border-inline-start-color: var(--_waiting);
  }
  .headline.runnable {
    border-inline-start-color: var(--_runnable);
  }
  .headline .facts {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 8px;
    font-size: var(--_medium);
  }
  .headline .said {
    margin: 6px 0 2px;
    font-size: var(--_figure);
    font-weight: var(--_weight-strong);
    line-height: 1.35;
    overflow-wrap: anywhere;
    text-wrap: pretty;
  }
  @container ops-page (max-width: 860px) {
    .columns {
      grid-template-columns: minmax(0, 1fr);
    }
  }
`
