import { css } from 'lit'

/**
 * Every colour, size and font of the elements. An element reads the private `--_x`; a host overrides it
 * by setting the public `--ops-x` on any ancestor. Light or dark follows the reader's preference unless `theme` (on the element or on a provider) or
 * `--ops-color-scheme` says otherwise.
 */
export const tokens = css`
  :host([theme='light']) {
    --ops-color-scheme: light;
  }
  :host([theme='dark']) {
    --ops-color-scheme: dark;
  }
  :host {
    color-scheme: var(--ops-color-scheme, light dark);

    --_font: var(--ops-font, ui-sans-serif, system-ui, 'Inter', 'Segoe UI', 'Helvetica Neue', Arial, sans-serif);
    --_mono: var(--ops-mono, ui-monospace, 'SF Mono', 'JetBrains Mono', Menlo, Consolas, monospace);
    --_size: var(--ops-size, 14px);
    --_small: var(--ops-small, 12.5px);
    --_radius: var(--ops-radius, 8px);
    --_gap: var(--ops-gap, 4px);

    --_bg: var(--ops-bg, light-dark(#f6f7f9, #0f1318));
    --_surface: var(--ops-surface, light-dark(#fff, #161b22));
    --_sunken: var(--ops-sunken, light-dark(#eef0f3, #11161c));
    --_line: var(--ops-line, light-dark(#dfe3e8, #262d37));
    --_line-strong: var(--ops-line-strong, light-dark(#c4cad3, #3a4351));
    --_control-line: var(--ops-control-line, light-dark(#868f9c, #6b7686));
    --_text: var(--ops-text, light-dark(#151a21, #e8ecf1));
    --_muted: var(--ops-muted, light-dark(#56606e, #98a3b3));
    --_accent: var(--ops-accent, light-dark(#2b5fd9, #7aa2ff));
    --_accent-ink: var(--ops-accent-ink, light-dark(#fff, #0b1020));
    --_accent-soft: var(--ops-accent-soft, light-dark(#e7eefc, #1a2540));

    --_review: var(--ops-review, light-dark(#b42335, #ff8f9b));
    --_review-soft: var(--ops-review-soft, light-dark(#fdebed, #34171c));
    --_blocked: var(--ops-blocked, light-dark(#9a4506, #ffb26b));
    --_blocked-soft: var(--ops-blocked-soft, light-dark(#fdf0e3, #33210f));
    --_waiting: var(--ops-waiting, light-dark(#745900, #ecc94b));
    --_waiting-soft: var(--ops-waiting-soft, light-dark(#fbf3d6, #2e2710));
    --_runnable: var(--ops-runnable, light-dark(#1b6e43, #6fd49c));
    --_runnable-soft: var(--ops-runnable-soft, light-dark(#e4f5eb, #12291d));
    --_resolved: var(--ops-resolved, light-dark(#4a5668, #aab4c3));
    --_resolved-soft: var(--ops-resolved-soft, light-dark(#edf0f4, #1e252e));
    --_bridge: var(--ops-bridge, light-dark(#5b3fae, #b8a3ff));
    --_bridge-soft: var(--ops-bridge-soft, light-dark(#efebfb, #221b3a));

    /* Charts: bars dark enough to stand out from the surface, and time that nobody measured. */
    --_chart-bar: var(--ops-chart-bar, light-dark(#6f8fdc, #4f6db3));
    --_chart-gap: var(--ops-chart-gap, light-dark(#eef0f3, #222a34));
  }
`
