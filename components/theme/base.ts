import { css } from 'lit'
import { tokens } from './tokens.ts'

const text = css`
  :host {
    display: block;
    background: var(--_bg);
    color: var(--_text);
    font: var(--_weight) var(--_size) / var(--_line-height) var(--_font);
    text-align: start;
    -webkit-text-size-adjust: 100%;
  }
  :host([hidden]) {
    display: none;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  h1,
  h2,
  h3,
  p,
  dl,
  dd,
  ul,
  ol,
  pre {
    margin: 0;
    padding: 0;
  }
  ul,
  ol {
    list-style: none;
  }
  h2,
  h3 {
    font-size: var(--_size);
    font-weight: var(--_weight-strong);
  }
  h1,
  .page-title {
    font-size: var(--_title);
    font-weight: var(--_weight-strong);
    line-height: 1.3;
    overflow-wrap: anywhere;
  }
  a {
    color: var(--_link);
    text-decoration: var(--_link-line);
  }
  a:hover,
  p a,
  .linked {
    text-decoration: underline;
    text-underline-offset: 2px;
  }
  a:not([href]) {
    color: inherit;
    text-decoration: none;
    cursor: auto;
  }
  .way:not([href]) {
    display: none;
  }
  .page-title:focus {
    outline: none;
  }
  :focus-visible {
    outline: var(--_focus-width) solid var(--_focus);
    outline-offset: 2px;
    border-radius: var(--_small-radius);
  }
  .muted {
    color: var(--_muted);
  }
  .small {
    font-size: var(--_small);
  }
  .mono,
  code {
    font-family: var(--_mono);
    font-size: var(--_small);
  }
  .num {
    font-variant-numeric: tabular-nums;
  }
  .wrap {
    overflow-wrap: anywhere;
  }
  .hidden-text {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`

const surfaces = css`
  .page-head {
    display: flex;
    flex-wrap: wrap;
    justify-content: space-between;
    align-items: baseline;
    gap: var(--_gap) calc(4 * var(--_gap));
    margin-bottom: calc(3.5 * var(--_gap));
  }
  .card {
    background: var(--_surface);
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
    box-shadow: var(--_card-shadow);
  }
  .card.padded {
    padding: calc(4 * var(--_gap));
  }
  .stale {
    filter: grayscale(1);
  }
  .clamp {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 3;
    overflow: hidden;
  }
  .quote,
  .clamp {
    overflow-wrap: anywhere;
  }
  .quote::before {
    content: '“';
  }
  .quote::after {
    content: '”';
  }
`

const controls = css`
  button,
  input,
  select,
  textarea {
    font: inherit;
    font-size: var(--_medium);
    color: inherit;
  }
  .button,
  input,
  select,
  textarea {
    min-height: var(--_control-height);
    padding: calc(0.75 * var(--_gap)) calc(2.5 * var(--_gap));
    border: 1px solid var(--_line-strong);
    border-radius: var(--_control-radius);
    background: var(--_surface);
    color: var(--_text);
  }
  input,
  select,
  textarea {
    border-color: var(--_control-line);
  }
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: calc(1.5 * var(--_gap));
    font-size: var(--_medium);
    white-space: nowrap;
    cursor: pointer;
    text-decoration: none;
  }
  .button:hover:not([disabled]) {
    border-color: var(--_muted);
  }
  .button.primary {
    background: var(--_accent);
    border-color: var(--_accent);
    color: var(--_accent-ink);
    font-weight: var(--_weight-medium);
  }
  .button.danger {
    background: var(--_review);
    border-color: var(--_review);
    color: var(--_review-ink);
    font-weight: var(--_weight-medium);
  }
  .button[disabled],
  input[disabled],
  select[disabled] {
    background: var(--_sunken);
    border-color: var(--_line);
    color: var(--_muted);
    font-weight: var(--_weight);
    cursor: not-allowed;
  }
  label {
    display: block;
  }
  @media (pointer: coarse) {
    .button,
    input,
    select {
      min-height: var(--_touch-height);
    }
  }
`

const motion = css`
  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation: none !important;
      transition: none !important;
    }
  }
`

/** The base styles of every element: tokens, typography, surfaces and controls. */
export const base = [tokens, text, surfaces, controls, motion]

/**
 * The page's styles end here: every inherited property of text starts anew, against whatever a rule of the page sets on its ancestors or on
 * every element. What is the host's to decide stays: direction (`dir`), visibility, and everything about the box of the element.
 */
export const reset = css`
  :host {
    color: var(--_text) !important;
    font: var(--_weight) var(--_size) / var(--_line-height) var(--_font) !important;
    font-feature-settings: normal !important;
    font-variation-settings: normal !important;
    letter-spacing: normal !important;
    word-spacing: normal !important;
    text-align: start !important;
    text-decoration: none !important;
    text-indent: 0 !important;
    text-shadow: none !important;
    text-transform: none !important;
    text-wrap: wrap !important;
    white-space: normal !important;
    word-break: normal !important;
    overflow-wrap: normal !important;
    hyphens: manual !important;
    tab-size: 8 !important;
    quotes: auto !important;
    list-style: none !important;
    border-collapse: separate !important;
    border-spacing: 0 !important;
    caption-side: top !important;
    empty-cells: show !important;
    writing-mode: horizontal-tb !important;
    cursor: auto !important;
    user-select: auto !important;
    accent-color: auto !important;
    caret-color: auto !important;
    -webkit-text-fill-color: currentColor !important;
    -webkit-text-stroke: 0 !important;
  }
`

/** Styles of a page: it has its own padding in a host's page, and container queries measure the page instead of the window. */
export const pageStyles = [
  reset,
  css`
    :host {
      padding: var(--_page-padding);
      border-radius: var(--_radius);
      container: ops-page / inline-size !important;
    }
  `,
]
