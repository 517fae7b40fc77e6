import { css } from 'lit'

export const deedStyles = css`
  .log {
    overflow: hidden;
  }
  .day {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 2px 10px;
    min-height: 32px;
    padding: 4px 14px;
    border-block-end: 1px solid var(--_line);
    background: var(--_bg);
    font-size: 12.5px;
  }
  section:not(:first-child) > .day {
    border-block-start: 1px solid var(--_line);
  }
  .day h3 {
    font-size: inherit;
  }
  .day .counts {
    margin-inline-start: auto;
    color: var(--_muted);
  }
  .day .counts button,
  .parts button {
    padding: 0;
    border: 0;
    background: none;
    color: var(--_accent);
    font-size: inherit;
    cursor: pointer;
  }
  .event {
    display: grid;
    grid-template-columns: 46px minmax(0, 1fr) auto;
    gap: 0 10px;
    align-items: center;
    min-height: 32px;
    padding: 0 14px;
    font-size: 13px;
    cursor: pointer;
  }
  .event:has(> .fold) {
    grid-template-columns: 46px 16px minmax(0, 1fr) auto;
    column-gap: 6px;
  }
  .event + .event,
  .parts + .event,
  .event + .parts {
    border-block-start: 1px solid light-dark(#eceff2, #20262f);
  }
  .event:hover {
    background: light-dark(#f7f8fa, #1b212a);
  }
  .event.selected {
    background: var(--_accent-soft);
    box-shadow: inset 3px 0 0 var(--_accent);
  }
  .event.selected:dir(rtl) {
    box-shadow: inset -3px 0 0 var(--_accent);
  }
  .time {
    padding-block: 5px;
    color: var(--_muted);
  }
  .deed {
    padding-block: 4px;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .deed .chip {
    margin-inline-end: 3px;
    padding-block: 0;
  }
  .why,
  .from,
  .fate {
    color: var(--_muted);
  }
  .why {
    quotes: '“' '”';
  }
  .from {
    font-size: 12px;
  }
  .system,
  .system a {
    color: var(--_muted);
  }
  :host([compact]) .event {
    min-height: 26px;
  }
  :host([compact]) .deed {
    padding-block: 2px;
  }
  @container ops-page (max-width: 480px) {
    .event {
      padding-block: 4px;
    }
    .deed {
      white-space: normal;
      overflow-wrap: anywhere;
    }
  }
  @media (forced-colors: active) {
    .event.selected {
      outline: 2px solid Highlight;
      outline-offset: -2px;
    }
  }
`
