import { css } from 'lit'

export const searchStyles = css`
  :host {
    position: relative;
    background: none;
  }
  .search {
    display: flex;
    align-items: flex-start;
    gap: 6px;
    min-height: 36px;
    padding: 3px 8px;
    border: 1px solid var(--_control-line);
    border-radius: var(--_radius);
    background: var(--_surface);
    cursor: text;
  }
  .search:focus-within {
    border-color: var(--_accent);
    outline: 1px solid var(--_accent);
  }
  .glass {
    flex: none;
    width: 16px;
    height: 16px;
    margin-block: 6px;
    margin-inline: 2px;
    fill: none;
    stroke: var(--_muted);
    stroke-width: 1.5;
  }
  .tokens {
    display: flex;
    flex: 1;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 6px;
    min-width: 0;
  }
  input {
    flex: 1 1 120px;
    min-width: 60px;
    min-height: 28px;
    padding: 0 2px;
    border: 0;
    outline: 0;
    background: none;
    color: var(--_text);
    font-size: 13px;
  }
  /* The whole bar shows the focus. */
  input:focus-visible {
    outline: 0;
  }
  input::placeholder {
    color: var(--_muted);
    opacity: 1;
  }
  .token {
    display: inline-flex;
    max-width: 100%;
    margin-block: 2px;
    border: 1px solid var(--_line);
    border-radius: 4px;
    background: var(--_sunken);
    font-size: 12.5px;
    line-height: 22px;
  }
  .token button {
    min-height: 24px;
    padding: 0 7px;
    border: 0;
    background: none;
    font-size: inherit;
    line-height: inherit;
    cursor: pointer;
  }
  .token .edit {
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .token .remove {
    flex: none;
    min-width: 24px;
    padding: 0;
    border-inline-start: 1px solid var(--_line);
    color: var(--_muted);
  }
  .token .remove:hover {
    color: var(--_text);
  }
  .key {
    color: var(--_muted);
  }
  .value {
    font-weight: 600;
  }
  slot {
    display: block;
    flex: none;
  }
  kbd {
    padding: 0 5px;
    border: 1px solid var(--_line-strong);
    border-radius: 4px;
    color: var(--_muted);
    font: 12px / 18px var(--_mono);
  }
  .search > kbd {
    margin-block: 5px;
  }
  .complaint {
    color: var(--_review);
    font-size: var(--_small);
  }
  .offers {
    position: absolute;
    inset-block-start: calc(100% + 4px);
    inset-inline-start: min(var(--_offset), calc(100% - 380px));
    z-index: 20;
    width: min(380px, 100%);
    border: 1px solid var(--_line-strong);
    border-radius: var(--_radius);
    background: var(--_surface);
    box-shadow: 0 8px 24px rgb(0 0 0 / 0.18);
    font-size: 13px;
  }
  :host(:dir(rtl)) .offers {
    inset-inline-start: 0;
  }
  [role='listbox'] {
    max-height: 340px;
    padding: 4px;
    overflow-y: auto;
  }
  .group {
    padding: 5px 8px 3px;
    font-size: 12px;
    color: var(--_muted);
  }
  .offer {
    display: flex;
    align-items: baseline;
    justify-content: space-between;
    gap: 12px;
    padding: 4px 8px;
    border-radius: 4px;
    cursor: pointer;
  }
  .offer:hover,
  .offer[aria-selected='true'] {
    background: var(--_accent-soft);
  }
  @media (forced-colors: active) {
    .offer[aria-selected='true'] {
      outline: 2px solid Highlight;
    }
  }
  .what {
    overflow-wrap: anywhere;
    min-width: 0;
  }
  .what b {
    color: var(--_accent);
  }
  .note {
    flex: none;
    max-width: 60%;
    overflow: hidden;
    color: var(--_muted);
    font-size: 12px;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .foot {
    display: flex;
    gap: 16px;
    padding: 6px 12px;
    border-block-start: 1px solid var(--_line);
    color: var(--_muted);
    font-size: 12px;
  }
  @container ops-page (max-width: 700px) {
    .offers {
      inset-inline: 0;
      width: auto;
    }
    .foot,
    .search > kbd {
      display: none;
    }
  }
  @media (pointer: coarse) {
    .search {
      min-height: 46px;
    }
    .glass {
      margin-block: 11px;
    }
    .token button,
    input {
      min-height: 38px;
    }
    .token .remove {
      min-width: 38px;
    }
    .offer {
      padding-block: 10px;
    }
  }
`
