import { css } from 'lit'

/** Name and words of a lane; the axis fills the rest, and the window lies over it. */
export const tonightStyles = css`
  :host {
    --lane: 270px;
    background: none;
  }
  .bar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 16px;
    margin-bottom: 12px;
  }
  .sentence b {
    font-size: 15px;
  }
  .end {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    margin-inline-start: auto;
  }
  .chart {
    position: relative;
    margin-bottom: 12px;
    padding: 6px 16px 12px;
  }
  .ticks {
    position: relative;
    height: 34px;
    margin-inline-start: var(--lane);
    font-size: 12px;
    color: var(--_muted);
  }
  .tick {
    position: absolute;
    top: 6px;
    translate: -50%;
    white-space: nowrap;
  }
  .tick:dir(rtl) {
    translate: 50%;
  }
  .tick::after {
    content: '';
    position: absolute;
    top: 24px;
    inset-inline-start: 50%;
    height: 6px;
    border-inline-start: 1px solid var(--_line-strong);
  }
  .now {
    position: absolute;
    top: 22px;
    border-inline-start: 2px solid var(--_text);
    padding-inline-start: 4px;
    color: var(--_text);
    font-size: 11px;
    font-weight: 600;
    line-height: 12px;
  }
  .at-once,
  .lane {
    display: grid;
    grid-template-columns: var(--lane) minmax(0, 1fr);
    align-items: center;
    border-top: 1px solid var(--_line);
  }
  .at-once {
    min-height: 64px;
    border-top: 0;
  }
  .at-once .name {
    display: grid;
  }
  .at-once .track {
    height: 56px;
    border-bottom: 1px dashed var(--_chart-bar);
  }
  .at-once svg {
    display: block;
    width: 100%;
    height: 100%;
    fill: var(--_chart-bar);
  }
  .at-once svg:dir(rtl) {
    transform: scaleX(-1);
  }
  .at-once .most {
    fill: var(--_blocked);
  }
  .lane {
    min-height: 27px;
  }
  .lane .name {
    display: flex;
    align-items: baseline;
    justify-content: space-between;
    gap: 8px;
    min-width: 0;
    padding-inline-end: 12px;
  }
  /* Above the window, so that a name can be read and clicked wherever the window is. */
  .name {
    position: relative;
    z-index: 1;
    pointer-events: none;
  }
  .name > * {
    pointer-events: auto;
  }
  .name a {
    font-weight: 600;
    flex: 0 1 auto;
  }
  .name a,
  .name .small {
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .lane .small {
    flex: 0 1 auto;
    max-width: 62%;
  }
  .track {
    position: relative;
    height: 20px;
  }
  .track i {
    position: absolute;
    inset-block: 3px;
  }
  .run {
    min-inline-size: 3px;
    border-radius: 2px;
    background: var(--_accent);
  }
  .run.unknown {
    inline-size: 0;
    min-inline-size: 0;
    border-inline-start: 2px solid var(--_accent);
    border-radius: 0;
  }
  .run.paused {
    min-inline-size: 8px;
    border: 1.5px dashed var(--_waiting);
    background: none;
  }
  .run.skipped {
    min-inline-size: 8px;
    border: 1.5px solid var(--_bridge);
    background: none;
    opacity: 0.8;
  }
  .track .rhythm {
    inset-block: 6px;
    background: linear-gradient(to right, var(--_muted) 2px, transparent 0) 0 0 / max(4px, calc(100% / var(--ticks))) 100%;
    opacity: 0.75;
  }
  .track .rhythm:dir(rtl) {
    transform: scaleX(-1);
  }
  .rhythm.paused {
    opacity: 0.3;
  }
  .over {
    position: absolute;
    inset-block: 30px 8px;
    inset-inline: calc(var(--lane) + 16px) 16px;
    pointer-events: none;
  }
  table {
    font-size: 13px;
  }
  td,
  th {
    padding: 5px 12px;
    vertical-align: middle;
  }
  td a {
    font-weight: 600;
  }
  .off > td {
    color: var(--_muted);
  }
  .overlap {
    color: var(--_blocked);
  }
  .times-of {
    white-space: nowrap;
  }
  .do {
    text-align: end;
    white-space: nowrap;
  }
  .deed {
    min-height: 24px;
    padding: 0;
    border: 0;
    background: none;
    color: var(--_accent);
    cursor: pointer;
  }
  .deed[disabled] {
    color: var(--_muted);
    cursor: not-allowed;
  }
  p.padded {
    padding: 8px 12px;
  }
  @container ops-page (max-width: 759px) {
    :host {
      --lane: 0px;
    }
    .end {
      margin-inline-start: 0;
    }
    .at-once,
    .lane {
      grid-template-columns: minmax(0, 1fr);
      padding-block: 3px;
    }
    .lane .name {
      padding: 0;
    }
    thead {
      position: absolute;
      clip-path: inset(50%);
    }
    table,
    tbody {
      display: block;
    }
    tr {
      display: grid;
      grid-template-columns: minmax(0, 1fr) auto;
      gap: 2px 12px;
      padding: 8px 12px;
      border-bottom: 1px solid var(--_line);
    }
    tr > td {
      padding: 0;
      border: 0;
    }
    tr > td:nth-child(3),
    tr > td:nth-child(4) {
      grid-column: 1 / -1;
    }
    tr > td:nth-child(5) {
      grid-area: 1 / 2 / 3;
    }
    tr > td:nth-child(2) {
      grid-area: 2 / 1;
    }
    .deed {
      min-height: 44px;
    }
  }
  @media (forced-colors: active) {
    .run,
    .at-once rect {
      background: CanvasText;
      fill: CanvasText;
      forced-color-adjust: none;
    }
    .run.paused,
    .run.skipped {
      background: none;
      border-color: GrayText;
    }
    .rhythm {
      background-image: linear-gradient(to right, CanvasText 2px, transparent 0);
      forced-color-adjust: none;
    }
  }
`
