import { css } from 'lit'

export const sheetStyles = css`
  :host {
    display: contents;
  }
  :host(:not([open])) {
    display: none;
  }
  dialog {
    position: fixed;
    inset-block: 0;
    inset-inline: auto 0;
    width: min(500px, 100vw);
    height: 100dvh;
    max-width: none;
    max-height: none;
    margin: 0;
    padding: 0;
    border: 0;
    border-inline-start: 1px solid var(--_line-strong);
    background: var(--_overlay);
    color: var(--_text);
    font: var(--_weight) var(--_size) / var(--_line-height) var(--_font);
    text-align: start;
    box-shadow: var(--_shadow);
    overflow: hidden;
  }
  dialog:is([open], :popover-open) {
    display: flex;
    flex-direction: column;
    animation: sheet-in 120ms ease-out;
  }
  dialog::backdrop {
    background: var(--_backdrop);
  }
  dialog:popover-open::backdrop {
    display: none;
  }
  @keyframes sheet-in {
    from {
      opacity: 0;
      translate: 0 8px;
    }
  }
  .head {
    padding: 12px 18px;
    border-block-end: 1px solid var(--_line);
  }
  .tools {
    display: flex;
    align-items: center;
    gap: 4px;
    margin-inline: -8px;
  }
  .between {
    display: flex;
    flex: 1;
    flex-wrap: wrap;
    justify-content: end;
    gap: 4px;
    min-width: 0;
  }
  #heading {
    margin-block-start: 4px;
    overflow-wrap: anywhere;
  }
  #heading:focus {
    outline: none;
  }
  .plain {
    border-color: transparent;
    background: none;
  }
  .icon {
    min-width: 32px;
    padding-inline: 0;
  }
  .icon[aria-disabled='true'] {
    color: var(--_muted);
    opacity: 0.5;
    cursor: default;
  }
  svg {
    width: 16px;
    height: 16px;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.5;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .body {
    flex: 1;
    min-height: 0;
    padding: 14px 18px;
    overflow: auto;
    overscroll-behavior: contain;
    overflow-wrap: anywhere;
  }
  .foot {
    padding: 10px 18px calc(10px + env(safe-area-inset-bottom, 0px));
    border-block-start: 1px solid var(--_line);
    font-size: var(--_small);
  }
  .foot.empty {
    display: none;
  }
  @media (max-width: 699px) {
    dialog {
      inset-block: auto 0;
      inset-inline: 0;
      width: 100%;
      height: auto;
      max-height: 88dvh;
      border: 0;
      border-block-start: 1px solid var(--_line-strong);
      border-start-start-radius: 14px;
      border-start-end-radius: 14px;
    }
    .icon {
      min-width: 44px;
      min-height: 44px;
    }
  }
`
