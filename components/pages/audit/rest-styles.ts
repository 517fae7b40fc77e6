import { css } from 'lit'

/** Of what is loaded later. */
export const restStyles = css`
  .fold {
    display: inline-grid;
    place-items: center;
    width: 24px;
    height: 24px;
    margin-inline: -4px;
    padding: 0;
    border: 0;
    background: none;
    color: var(--_muted);
    cursor: pointer;
  }
  .fold svg {
    width: 14px;
    height: 14px;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.6;
  }
  .fold:dir(rtl) svg {
    scale: -1 1;
  }
  .fold[aria-expanded='true'] svg {
    rotate: 90deg;
  }
  .bar {
    width: 74px;
    height: 6px;
    margin-inline: 4px;
    border-radius: 3px;
    vertical-align: 1px;
  }
  .bar:dir(rtl) {
    scale: -1 1;
  }
  .bar .rest {
    fill: var(--_sunken);
  }
  .bar .done {
    fill: var(--_resolved);
  }
  .bar .completed {
    fill: var(--_runnable);
  }
  .bad {
    color: var(--_review);
  }
  .bar .other {
    fill: var(--_review);
  }
  .parts {
    padding-inline-start: 36px;
    background: var(--_sunken);
  }
  .parts > .note {
    padding: 6px 14px;
    font-size: 12.5px;
    color: var(--_muted);
  }
  @container ops-page (max-width: 480px) {
    .parts {
      padding-inline-start: 12px;
    }
  }
  .presets {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 10px;
  }
  .segments > ops-range {
    border-inline-start: 1px solid var(--_line);
  }
  .system-rows {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    min-height: 28px;
    font-size: 13px;
  }
  .system-rows input {
    min-height: 0;
    accent-color: var(--_accent);
  }
  @media (pointer: coarse) {
    .system-rows {
      min-height: 40px;
    }
  }
`
