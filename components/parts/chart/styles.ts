import { css } from 'lit'

export const chartStyles = css`
  :host {
    display: block;
    min-width: 0;
    font-size: 11.5px;
    line-height: 1.4;
    color: var(--_muted);
    font-variant-numeric: tabular-nums;
  }
  * {
    box-sizing: border-box;
  }
  figure {
    position: relative;
    margin: 0;
  }
  .plot {
    position: relative;
    height: var(--chart-height, 64px);
    border-top: 1px dotted var(--_line-strong);
    border-bottom: 1px solid var(--_line-strong);
    touch-action: pan-y;
  }
  svg {
    display: block;
    width: 100%;
    height: 100%;
    overflow: visible;
  }
  svg:dir(rtl) {
    transform: scaleX(-1);
  }
  .bars {
    fill: var(--_chart-bar);
  }
  .failed {
    fill: var(--_review);
  }
  .area {
    fill: var(--_accent-soft);
  }
  .line,
  .bridges,
  .grid {
    fill: none;
    stroke: var(--_accent);
    stroke-width: 1.5;
    stroke-linejoin: round;
    stroke-linecap: round;
    vector-effect: non-scaling-stroke;
  }
  .bridges {
    stroke: var(--_control-line);
    stroke-width: 1.25;
    stroke-dasharray: 3 3;
  }
  .grid {
    stroke: var(--_line);
    stroke-width: 1;
  }
  .gap {
    fill: var(--_chart-gap);
  }
  .top,
  .mark,
  .tick,
  .cursor,
  .tip {
    position: absolute;
    pointer-events: none;
  }
  .top {
    inset-inline-start: 0;
    top: 1px;
    padding-inline-end: 4px;
    background: var(--_surface);
    font-size: 11px;
    line-height: 13px;
  }
  .deploy {
    top: -1px;
    bottom: 0;
    border-inline-start: 1px dashed var(--_text);
  }
  .deploy b {
    position: absolute;
    top: 0;
    inset-inline-end: 0;
    padding: 0 3px;
    background: var(--_surface);
    color: var(--_text);
    font-size: 10.5px;
    line-height: 14px;
    font-weight: var(--_weight-strong);
    white-space: nowrap;
  }
  .deploy.early b {
    inset-inline: 0 auto;
  }
  .operation,
  .incident {
    bottom: -6px;
    border: 5px solid transparent;
    border-top: 0;
    border-bottom-color: var(--_text);
    margin-inline-start: -5px;
  }
  .incident {
    border-bottom-color: var(--_review);
  }
  .steps,
  .open {
    position: absolute;
    inset: 0;
  }
  :focus-visible {
    outline: 2px solid var(--_accent);
    outline-offset: 2px;
    border-radius: var(--_small-radius);
  }
  .cursor {
    top: 0;
    bottom: 0;
    min-width: 1px;
    background: color-mix(in srgb, var(--_text) 22%, transparent);
  }
  .tip {
    z-index: 2;
    top: calc(100% + 3px);
    max-width: 260px;
    width: max-content;
    padding: 2px 8px;
    border: 1px solid var(--_line-strong);
    border-radius: var(--_control-radius);
    background: var(--_overlay);
    color: var(--_text);
    font-size: var(--_tiny);
    box-shadow: var(--_shadow);
  }
  .tip time {
    color: var(--_muted);
  }
  .axis {
    display: flex;
    position: relative;
    justify-content: space-between;
    gap: 6px;
    min-height: 17px;
    margin-top: 3px;
    white-space: nowrap;
  }
  .axis .note {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .tick {
    transform: translateX(-50%);
  }
  .tick:dir(rtl) {
    transform: translateX(50%);
  }
  .tick.first {
    transform: none;
  }
  .tick.last {
    transform: translateX(-100%);
  }
  .tick.last:dir(rtl) {
    transform: translateX(100%);
  }
  .as-table {
    position: absolute;
    z-index: 2;
    inset-inline-end: 0;
    bottom: 0;
    min-height: 26px;
    padding: 1px 8px;
    border: 1px solid var(--_line-strong);
    border-radius: var(--_control-radius);
    background: var(--_surface);
    color: var(--_text);
    font: inherit;
    font-size: var(--_tiny);
    cursor: pointer;
  }
  .as-table:not(:focus-visible, [aria-expanded='true']) {
    clip-path: inset(50%);
  }
  .values {
    max-height: 220px;
    margin-top: 4px;
    overflow: auto;
    border: 1px solid var(--_line);
    border-radius: var(--_control-radius);
  }
  table {
    width: 100%;
    border-collapse: collapse;
    font-size: var(--_tiny);
  }
  th,
  td {
    padding: 2px 8px;
    border-bottom: 1px solid var(--_line);
    text-align: start;
    font-weight: var(--_weight);
    color: var(--_text);
  }
  thead th {
    position: sticky;
    top: 0;
    background: var(--_surface);
    color: var(--_muted);
    font-weight: var(--_weight-medium);
  }
  @media (forced-colors: active) {
    .bars {
      fill: CanvasText;
    }
    .failed {
      fill: LinkText;
    }
    .area,
    .gap {
      fill: none;
    }
    .line {
      stroke: CanvasText;
    }
    .bridges,
    .grid {
      stroke: GrayText;
    }
    .cursor {
      border: 1px solid Highlight;
    }
    .operation,
    .incident {
      forced-color-adjust: none;
      border-bottom-color: CanvasText;
    }
  }
`
