import { css } from 'lit'
import { tokens } from './tokens.ts'

const text = css`
  :host {
    display: block;
    background: var(--_bg);
    color: var(--_text);
    font: var(--_size) / 1.45 var(--_font);
    text-align: start;
    letter-spacing: normal;
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
    font-weight: 650;
  }
  h1,
  .page-title {
    font-size: 20px;
    font-weight: 650;
    line-height: 1.3;
    overflow-wrap: anywhere;
  }
  a {
    color: var(--_accent);
    text-decoration: none;
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
    outline: 2px solid var(--_accent);
    outline-offset: 2px;
    border-radius: 4px;
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
    font-size: 13px;
    color: inherit;
  }
  .button,
  input,
  select,
  textarea {
    min-height: 28px;
    padding: 3px 10px;
    border: 1px solid var(--_line-strong);
    border-radius: 6px;
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
    gap: 6px;
    font-size: 13px;
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
    font-weight: 600;
  }
  .button.danger {
    background: var(--_review);
    border-color: var(--_review);
    color: light-dark(#fff, #1a0508);
    font-weight: 600;
  }
  .button[disabled],
  input[disabled],
  select[disabled] {
    background: var(--_sunken);
    border-color: var(--_line);
    color: var(--_muted);
    font-weight: 400;
    cursor: not-allowed;
  }
  label {
    display: block;
  }
  @media (pointer: coarse) {
    .button,
    input,
    select {
      min-height: 40px;
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

/** Styles of a page: it has its own padding in a host's page, and container queries measure the page instead of the window. */
export const pageStyles = css`
  :host {
    padding: var(--ops-page-padding, 16px);
    border-radius: var(--_radius);
    container: ops-page / inline-size;
  }
`
