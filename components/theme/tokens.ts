import { css } from 'lit'

/**
 * Every colour, size and shape of the elements, and what each is for: the table in docs/elements.md is made from these lines. An element
 * reads the private `--_x`; a host overrides it by setting the public `--ops-x` on any ancestor. Light or dark is that of the page
 * (`color-scheme`), unless `theme` on the element or on a provider, or `--ops-color-scheme`, says otherwise.
 */
export const tokens = css`
  :host([theme='light']) {
    --ops-color-scheme: light;
  }
  :host([theme='dark']) {
    --ops-color-scheme: dark;
  }
  :host([compact]) {
    --ops-size: 13px;
    --ops-gap: 3px;
    --ops-control-height: 24px;
    --ops-page-padding: 8px;
  }
  :host {
    color-scheme: var(--ops-color-scheme, inherit) !important;

    --_font: var(--ops-font, ui-sans-serif, system-ui, 'Inter', 'Segoe UI', 'Helvetica Neue', Arial, sans-serif); /* text */
    --_mono: var(--ops-mono, ui-monospace, 'SF Mono', 'JetBrains Mono', Menlo, Consolas, monospace); /* ids, errors and code */
    --_size: var(--ops-size, 14px); /* text; the other sizes follow it unless they are set */
    --_medium: var(--ops-medium, calc(var(--_size) - 1px)); /* buttons, fields and dense rows */
    --_small: var(--ops-small, calc(var(--_size) - 1.5px)); /* secondary text and code */
    --_tiny: var(--ops-tiny, calc(var(--_size) - 2px)); /* labels, table heads and chips */
    --_heading: var(--ops-heading, calc(var(--_size) + 2px)); /* headings of dialogs and sheets */
    --_figure: var(--ops-figure, calc(var(--_size) + 4px)); /* large figures */
    --_title: var(--ops-title, calc(var(--_size) + 6px)); /* headings of pages */
    --_line-height: var(--ops-line-height, 1.45); /* height of a line of text */
    --_weight: var(--ops-weight, 400); /* weight of text */
    --_weight-medium: var(--ops-weight-medium, 600); /* weight of labels, chips and primary buttons */
    --_weight-strong: var(--ops-weight-strong, 650); /* weight of headings and names */

    --_gap: var(--ops-gap, 4px); /* density: the unit of the space inside cards, tables, controls and dialogs; 3px is denser, 5px looser */
    --_page-padding: var(--ops-page-padding, 16px); /* space around an element */
    --_control-height: var(--ops-control-height, 28px); /* height of buttons and fields */
    --_touch-height: var(--ops-touch-height, 40px); /* their height for fingers */
    --_radius: var(--ops-radius, 8px); /* corners of cards, menus and dialogs */
    --_control-radius: var(--ops-control-radius, max(0px, calc(var(--_radius) - 2px))); /* corners of buttons and fields */
    --_small-radius: var(--ops-small-radius, max(0px, calc(var(--_radius) - 4px))); /* corners of marks and small parts */
    --_chip-radius: var(--ops-chip-radius, 99px); /* corners of chips */

    --_bg: var(--ops-bg, light-dark(#f6f7f9, #0f1318)); /* background of an element */
    --_surface: var(--ops-surface, light-dark(#fff, #161b22)); /* background of cards and controls */
    --_sunken: var(--ops-sunken, light-dark(#eef0f3, #11161c)); /* background of what lies deeper */
    --_head: var(--ops-head, transparent); /* background of the heads of tables and cards */
    --_overlay: var(--ops-overlay, var(--_surface)); /* background of dialogs, menus and sheets */
    --_backdrop: var(--ops-backdrop, rgb(10 14 20 / 0.45)); /* over the page behind a dialog */
    --_shadow: var(--ops-shadow, 0 8px 28px rgb(0 0 0 / 0.24)); /* shadow of dialogs, menus and sheets */
    --_card-shadow: var(--ops-card-shadow, none); /* shadow of cards */
    --_line: var(--ops-line, light-dark(#dfe3e8, #262d37)); /* lines around cards and between rows */
    --_line-strong: var(--ops-line-strong, light-dark(#c4cad3, #3a4351)); /* lines around buttons and overlays */
    --_control-line: var(--ops-control-line, light-dark(#868f9c, #6b7686)); /* lines around fields */
    --_text: var(--ops-text, light-dark(#151a21, #e8ecf1)); /* text */
    --_muted: var(--ops-muted, light-dark(#56606e, #98a3b3)); /* secondary text */
    --_accent: var(--ops-accent, light-dark(#2b5fd9, #7aa2ff)); /* primary buttons, marks, what is chosen */
    --_accent-ink: var(--ops-accent-ink, light-dark(#fff, #0b1020)); /* text on the accent */
    --_accent-soft: var(--ops-accent-soft, light-dark(#e7eefc, #1a2540)); /* background of what is chosen */
    --_link: var(--ops-link, var(--_accent)); /* links */
    --_link-line: var(--ops-link-line, none); /* decoration of links outside of text, e.g. underline */
    --_focus: var(--ops-focus, var(--_accent)); /* colour of the focus ring */
    --_focus-width: var(--ops-focus-width, 2px); /* width of the focus ring */

    --_review: var(--ops-review, light-dark(#b42335, #ff8f9b)); /* Needs Review, errors and dangerous buttons */
    --_review-ink: var(--ops-review-ink, light-dark(#fff, #1a0508)); /* text on it */
    --_review-soft: var(--ops-review-soft, light-dark(#fdebed, #34171c)); /* background of its chips */
    --_blocked: var(--ops-blocked, light-dark(#9a4506, #ffb26b)); /* Blocked */
    --_blocked-soft: var(--ops-blocked-soft, light-dark(#fdf0e3, #33210f)); /* background of its chips */
    --_waiting: var(--ops-waiting, light-dark(#745900, #ecc94b)); /* Waiting and warnings */
    --_waiting-soft: var(--ops-waiting-soft, light-dark(#fbf3d6, #2e2710)); /* background of its chips */
    --_runnable: var(--ops-runnable, light-dark(#1b6e43, #6fd49c)); /* Runnable */
    --_runnable-soft: var(--ops-runnable-soft, light-dark(#e4f5eb, #12291d)); /* background of its chips */
    --_resolved: var(--ops-resolved, light-dark(#4a5668, #aab4c3)); /* Resolved */
    --_resolved-soft: var(--ops-resolved-soft, light-dark(#edf0f4, #1e252e)); /* background of its chips */
    --_bridge: var(--ops-bridge, light-dark(#5b3fae, #b8a3ff)); /* the engine’s own dashboard */
    --_bridge-soft: var(--ops-bridge-soft, light-dark(#efebfb, #221b3a)); /* background of its chips */
    --_chart-bar: var(--ops-chart-bar, light-dark(#6f8fdc, #4f6db3)); /* bars of charts, dark enough to stand out from the surface */
    --_chart-gap: var(--ops-chart-gap, light-dark(#eef0f3, #222a34)); /* time without measurements in charts */
  }
`
