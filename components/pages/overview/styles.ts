import { css } from 'lit'

/** The headline, which is there from the start. */
export const overviewStyles = css`
  .page-head {
    align-items: center;
  }
  .as-of {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 10px;
    font-size: var(--_medium);
  }
  .headline {
    padding: 14px 16px 12px;
    margin-bottom: 12px;
    border-inline-start-width: 3px;
  }
  .headline.blocked {
    border-inline-start-color: var(--_blocked);
  }
  .headline.review {
    border-inline-start-color: var(--_review);
  }
  .headline.waiting {
    border-inline-start-color: var(--_waiting);
  }
  .headline.moving {
    border-inline-start-color: var(--_runnable);
  }
  .sentence {
    font-size: var(--_figure);
    line-height: 1.4;
    font-weight: var(--_weight-strong);
    overflow-wrap: anywhere;
    text-wrap: pretty;
  }
  .sentence a {
    color: inherit;
    text-decoration-color: var(--_control-line);
  }
  .sentence .calm {
    font-weight: var(--_weight);
    color: var(--_muted);
  }
  .sentence.calm-only .calm {
    font-weight: var(--_weight-strong);
    color: inherit;
  }
  .vitals {
    display: grid;
    grid-template-columns: repeat(4, minmax(0, 1fr));
    gap: 14px 20px;
    margin-top: 12px;
  }
  .vital {
    min-width: 0;
  }
  .vital-head {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    justify-content: space-between;
    gap: 0 8px;
    font-size: var(--_small);
  }
  .value {
    font-size: var(--_figure);
    line-height: 24px;
    font-weight: var(--_weight-strong);
    white-space: nowrap;
  }
  .bad {
    color: var(--_review);
  }
  .unit {
    font-size: var(--_tiny);
    font-weight: var(--_weight);
    color: var(--_muted);
  }
  /* Keeps its place until the charts are loaded. */
  ops-chart:not(:defined) {
    display: block;
    height: 86px;
    border-top: 1px dotted var(--_line-strong);
  }
  .nothing {
    margin-bottom: 12px;
  }
  .withheld {
    margin-top: 12px;
  }
  .skeleton i {
    display: block;
    height: 12px;
    border-radius: var(--_small-radius);
    background: var(--_sunken);
    animation: ops-breathe 1.6s ease-in-out infinite alternate;
  }
  .bones {
    display: grid;
    gap: 12px;
  }
  .rows {
    padding: 20px 16px;
    gap: 24px;
  }
  .skeleton .long {
    width: min(60%, 420px);
    height: 20px;
  }
  .skeleton .tall {
    height: 74px;
  }
  @container ops-page (max-width: 700px) {
    .vitals {
      grid-template-columns: repeat(2, minmax(0, 1fr));
    }
    .vital-head {
      display: block;
    }
    .value {
      display: block;
    }
  }
`
