import { css } from 'lit'

/** A row of buttons of which one is chosen. */
export const segmentStyles = css`
  .segments {
    display: inline-flex;
    flex-wrap: wrap;
    border: 1px solid var(--_line-strong);
    border-radius: var(--_control-radius);
    overflow: hidden;
  }
  .segments button {
    min-height: 26px;
    padding: 1px 10px;
    border: 0;
    border-inline-start: 1px solid var(--_line);
    background: none;
    color: var(--_muted);
    font-size: var(--_small);
    cursor: pointer;
  }
  .segments button:first-child {
    border-inline-start: 0;
  }
  .segments button[aria-pressed='true'] {
    background: var(--_accent-soft);
    color: var(--_accent);
    font-weight: var(--_weight-strong);
  }
  .segments button:focus-visible {
    outline-offset: -2px;
  }
`
