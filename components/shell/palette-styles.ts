import { css } from 'lit'

export const paletteStyles = css`
  :host {
    display: contents;
  }
  dialog:not(.card) {
    width: min(660px, calc(100vw - 32px));
    max-height: min(620px, calc(100dvh - 120px));
    margin: 104px auto auto;
    padding: 0;
    border: 1px solid var(--_line);
    border-radius: calc(1.25 * var(--_radius));
    background: var(--_surface);
    color: var(--_text);
    font: var(--_weight) var(--_size) / var(--_line-height) var(--_font);
    box-shadow: var(--_shadow);
    overflow: hidden;
  }
  dialog[open]:not(.card) {
    display: flex;
    flex-direction: column;
  }
  dialog::backdrop {
    background: var(--_backdrop);
  }
  .asked {
    display: flex;
    flex: none;
    align-items: center;
    gap: 8px;
    padding-block: 6px;
    padding-inline: 16px 12px;
    border-bottom: 1px solid var(--_line);
    color: var(--_muted);
  }
  .asked input {
    flex: 1;
    min-width: 0;
    min-height: 40px;
    padding-inline: 4px;
    border: 0;
    background: none;
    color: var(--_text);
    font-size: var(--_heading);
    outline: none;
  }
  .asked:focus-within {
    box-shadow: inset 0 -2px var(--_accent);
  }
  .close {
    min-height: var(--_control-height);
    padding: 0 4px;
    border: 0;
    background: none;
    cursor: pointer;
  }
  [role='listbox'] {
    flex: 1;
    min-height: 0;
    padding: 6px;
    overflow: auto;
    overscroll-behavior: contain;
  }
  .group {
    padding: 8px 10px 4px;
    color: var(--_muted);
    font-size: var(--_tiny);
    font-weight: var(--_weight);
  }
  [role='option'] {
    display: flex;
    align-items: center;
    gap: 10px;
    min-height: 34px;
    padding: 4px 10px;
    border-radius: var(--_control-radius);
    cursor: pointer;
  }
  [role='option'][aria-selected='true'] {
    background: var(--_accent-soft);
    outline: 1px solid transparent;
  }
  .name {
    flex: 0 1 auto;
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .error .name {
    color: var(--_review);
    font-family: var(--_mono);
    font-size: var(--_small);
  }
  .aside {
    flex: 1 1 0;
    min-width: 40px;
    color: var(--_muted);
    font-size: var(--_small);
    overflow-wrap: anywhere;
  }
  .refused .name {
    color: var(--_muted);
  }
  .end {
    flex: none;
    color: var(--_muted);
    font-size: var(--_small);
  }
  .quiet {
    padding: 16px 10px;
    color: var(--_muted);
  }
  .foot {
    display: flex;
    flex: none;
    flex-wrap: wrap;
    gap: 4px 20px;
    padding: 8px 16px;
    border-top: 1px solid var(--_line);
    color: var(--_muted);
    font-size: var(--_tiny);
  }
  .foot :last-child {
    margin-inline-start: auto;
  }
  @media (max-width: 700px) {
    dialog:not(.card) {
      width: 100vw;
      max-width: none;
      height: 100dvh;
      max-height: none;
      margin: 0;
      border: 0;
      border-radius: 0;
    }
    [role='option'] {
      min-height: 46px;
    }
    .close {
      min-width: 46px;
      min-height: 46px;
    }
    .foot .by-key,
    .deed,
    .end.by-key {
      display: none;
    }
  }
`
