import { css } from 'lit'

export const confirmStyles = css`
  :host {
    display: contents;
  }
  dialog {
    width: min(680px, calc(100vw - 32px));
    max-height: min(860px, calc(100dvh - 32px));
    padding: 0;
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
    background: var(--_overlay);
    color: var(--_text);
    font: var(--_weight) var(--_size) / var(--_line-height) var(--_font);
    box-shadow: var(--_shadow);
    overflow: hidden;
  }
  dialog[open] {
    display: flex;
  }
  dialog::backdrop {
    background: var(--_backdrop);
  }
  form {
    display: flex;
    flex-direction: column;
    flex: 1;
    min-width: 0;
    min-height: 0;
  }
  .head,
  .foot {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 8px 12px;
    padding: calc(3.5 * var(--_gap)) calc(5 * var(--_gap));
  }
  .head {
    border-bottom: 1px solid var(--_line);
  }
  .head h2 {
    font-size: var(--_heading);
    overflow-wrap: anywhere;
  }
  .foot {
    padding-block: calc(3 * var(--_gap));
    border-top: 1px solid var(--_line);
  }
  .body {
    display: grid;
    gap: calc(3.5 * var(--_gap));
    padding: calc(4 * var(--_gap)) calc(5 * var(--_gap));
    overflow: auto;
    overscroll-behavior: contain;
  }
  .effect {
    font-weight: 600;
  }
  .completed-too {
    display: flex;
    align-items: start;
    gap: 10px;
    padding: 10px 12px;
    border: 1px solid var(--_line);
    border-radius: 6px;
  }
  .completed-too span,
  .completed-too b {
    display: block;
  }
  .recent {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px;
  }
  .recent .button {
    max-width: 220px;
    min-height: 24px;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .fields {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(240px, 1fr));
    gap: 12px;
    align-items: start;
  }
  .field {
    display: grid;
    gap: 4px;
    min-width: 0;
  }
  .field.wide {
    grid-column: 1 / -1;
  }
  .field input,
  .field select,
  .field textarea {
    width: 100%;
  }
  textarea {
    resize: vertical;
  }
  .record {
    padding-inline-start: 10px;
    border-inline-start: 3px solid var(--_accent);
    font-size: var(--_medium);
  }
  .cautions {
    display: grid;
    gap: 4px;
    padding: 8px 12px;
    border-radius: var(--_control-radius);
    color: var(--_waiting);
    background: var(--_waiting-soft);
  }
  .cautions ul {
    display: grid;
    gap: 4px;
  }
  .cautions li::before {
    content: '! ';
    font-weight: var(--_weight-strong);
  }
  .cautions.grave {
    color: var(--_review);
    background: var(--_review-soft);
    border-inline-start: 4px solid var(--_review);
  }
  .drift {
    display: grid;
    gap: 8px;
  }
  .complaint {
    color: var(--_review);
    font-weight: var(--_weight-medium);
  }
  .field [aria-invalid='true'] {
    border-color: var(--_review);
    box-shadow: inset 0 0 0 1px var(--_review);
  }
  .buttons {
    display: flex;
    gap: 8px;
    margin-inline-start: auto;
  }
  .waiting-plan {
    display: grid;
    gap: 8px;
    min-height: 120px;
    align-content: start;
  }
  .waiting-plan i {
    height: 12px;
    border-radius: var(--_small-radius);
    background: var(--_sunken);
  }
  @media (max-width: 560px) {
    dialog {
      width: 100vw;
      max-width: 100vw;
      max-height: 94dvh;
      margin: auto 0 0;
      border-radius: var(--_radius) var(--_radius) 0 0;
    }
    .fields {
      grid-template-columns: 1fr;
    }
    .buttons,
    .buttons .button {
      flex: 1;
    }
    .buttons .button {
      min-height: 44px;
    }
  }
`
