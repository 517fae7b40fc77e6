import { css } from 'lit'

/** The sentence and the vital figures. */
export const leadStyles = css`
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
  @container ops-page (max-width: 700px) {
    .vital-head {
      display: block;
    }
    .value {
      display: block;
    }
  }
`
