import { css } from 'lit'

/** Layout of the page: the diagnosis, the timeline and the chronology on one side, the actions on the other. */
export const forensicsStyles = css`
  .columns {
    display: grid;
    grid-template-columns: minmax(0, 1fr) 300px;
    grid-template-rows: auto 1fr;
    gap: 12px;
    align-items: start;
  }
  .first,
  .side,
  .second {
    display: grid;
    gap: 12px;
    align-content: start;
    min-width: 0;
  }
  .side {
    position: sticky;
    top: 12px;
    grid-column: 2;
    grid-row: 1 / span 2;
  }
  .chips,
  .tools {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px 12px;
  }
  .lead-card {
    display: grid;
    gap: 4px;
    padding: 12px 16px;
    border-inline-start: 3px solid var(--_control-line);
  }
  .lead-card.needs_review {
    border-inline-start-color: var(--_review);
  }
  .lead-card.blocked {
    border-inline-start-color: var(--_blocked);
  }
  .lead-card.waiting {
    border-inline-start-color: var(--_waiting);
  }
  .lead-card.runnable {
    border-inline-start-color: var(--_runnable);
  }
  .lead-card h3 {
    font-size: var(--_figure);
    line-height: 1.35;
    text-wrap: balance;
  }
  .beside {
    display: grid;
    grid-template-columns: 1fr 1fr;
    gap: 8px;
    margin-top: 6px;
  }
  .beside > div {
    padding: 8px 12px;
    border-radius: var(--_control-radius);
    background: var(--_sunken);
    font-size: var(--_medium);
  }
  .beside h4 {
    margin: 0 0 2px;
    font-size: var(--_tiny);
    font-weight: var(--_weight-medium);
    color: var(--_muted);
  }
  .beside dl {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: 1px 12px;
  }
  .beside dt {
    color: var(--_muted);
  }
  .error {
    margin-top: 6px;
    padding: 10px 12px;
    border-radius: var(--_control-radius);
    background: var(--_review-soft);
    font: 13px / 1.5 var(--_mono);
    white-space: pre-wrap;
    overflow-wrap: anywhere;
    max-height: 16em;
    overflow: auto;
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
      position: static;
      grid-column: 1;
      grid-row: auto;
    }
  }
  @container ops-page (max-width: 520px) {
    .beside {
      grid-template-columns: minmax(0, 1fr);
    }
  }
`
