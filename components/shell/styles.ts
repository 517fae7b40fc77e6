import { css } from 'lit'

export const shellStyles = css`
  :host {
    display: grid;
    grid-template: 'edge main' 1fr / 200px minmax(0, 1fr);
    min-height: 100dvh;
    --ops-page-padding: 0;
  }
  .skip {
    position: absolute;
    inset-inline-start: 8px;
    top: -60px;
    z-index: 2;
    padding: 8px 12px;
    border: 0;
    border-radius: var(--_control-radius);
    background: var(--_accent);
    color: var(--_accent-ink);
  }
  .skip:focus {
    top: 8px;
  }
  .edge {
    grid-area: edge;
    background: var(--_surface);
    border-inline-end: 1px solid var(--_line);
  }
  .bar {
    position: sticky;
    top: 0;
    height: 52px;
    padding: 18px 20px 10px;
  }
  .brand {
    display: flex;
    align-items: center;
    gap: 8px;
    font-weight: var(--_weight-strong);
  }
  .menu {
    display: none;
  }
  nav {
    display: flex;
    flex-direction: column;
    position: sticky;
    top: 52px;
    height: calc(100dvh - 52px);
    padding: 4px 10px 16px;
    overflow: auto;
  }
  nav li {
    margin-bottom: 2px;
  }
  .pages + .pages {
    margin-top: 8px;
    padding-top: 8px;
    border-top: 1px solid var(--_line);
  }
  .open-count,
  .mark {
    color: var(--_review);
    font-size: var(--_tiny);
    font-weight: var(--_weight-strong);
    line-height: 20px;
    white-space: nowrap;
  }
  .mark.blocked {
    color: var(--_blocked);
  }
  .mark.waiting {
    color: var(--_waiting);
  }
  /* On a phone the word is beside the shape; here it is for screen readers. */
  .mark .word {
    position: absolute;
    width: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }
  .bar-count,
  .find-short,
  .shut-menu {
    display: none;
  }
  .first {
    display: flex;
    gap: 8px;
    margin-bottom: 8px;
  }
  .find {
    display: flex;
    flex: 1;
    align-items: center;
    gap: 8px;
    min-height: 30px;
    padding: 0 8px;
    border: 1px solid var(--_control-line);
    border-radius: var(--_control-radius);
    background: var(--_surface);
    color: var(--_muted);
    cursor: pointer;
  }
  .find span {
    margin-inline-end: auto;
  }
  kbd {
    padding: 0 5px;
    border: 1px solid var(--_line-strong);
    border-radius: var(--_small-radius);
    font: 12px / 16px var(--_font);
  }
  .live {
    display: flex;
    justify-content: space-between;
    align-items: center;
  }
  .keys {
    min-height: 24px;
    padding: 0 4px;
    border: 0;
    background: none;
    color: inherit;
    font-size: var(--_tiny);
    cursor: pointer;
  }
  nav a {
    display: flex;
    justify-content: space-between;
    padding: 6px 10px;
    border-radius: var(--_control-radius);
    color: var(--_text);
  }
  nav a:hover {
    background: var(--_sunken);
    text-decoration: none;
  }
  nav a.here {
    background: var(--_accent-soft);
    color: var(--_accent);
    font-weight: var(--_weight-medium);
  }
  .shut {
    padding: 6px 10px;
    color: var(--_muted);
  }
  nav .refusal {
    margin: 4px 10px 0;
  }
  .group {
    margin: 12px 10px 4px;
    font-size: 11px;
    font-weight: var(--_weight);
    letter-spacing: 0.04em;
    color: var(--_muted);
  }
  nav footer {
    margin-top: auto;
    padding: 10px;
    border-top: 1px solid var(--_line);
    font-size: var(--_tiny);
    color: var(--_muted);
    overflow-wrap: anywhere;
  }
  nav footer b {
    color: var(--_text);
    font-weight: var(--_weight-medium);
  }
  .dot {
    display: inline-block;
    width: 8px;
    height: 8px;
    margin-inline-end: 6px;
    border: 1.5px solid var(--_muted);
    border-radius: 50%;
  }
  .dot.live {
    border-color: var(--_runnable);
    background: var(--_runnable);
  }
  .dot.polling {
    border-color: var(--_waiting);
    border-radius: 0;
  }
  main {
    grid-area: main;
    padding: 20px 20px 40px;
    max-width: 1600px;
    outline: none;
  }
  @media (max-width: 760px) {
    :host {
      display: block;
    }
    .edge {
      position: sticky;
      top: 0;
      z-index: 3;
      border: 0;
      border-bottom: 1px solid var(--_line);
    }
    .bar {
      position: static;
      display: flex;
      align-items: center;
      gap: 8px;
      height: auto;
      padding: 4px 12px;
    }
    .brand {
      margin-inline-end: auto;
    }
    .bar .button {
      display: inline-flex;
      min-width: 46px;
      min-height: 46px;
      border-color: transparent;
    }
    /* The menu is a sheet at the lower edge, under the thumb, however far the page is scrolled. */
    .backdrop {
      position: fixed;
      inset: 0;
      background: rgb(10 14 20 / 0.45);
    }
    nav {
      display: none;
      position: fixed;
      top: auto;
      inset: auto 0 0;
      height: auto;
      max-height: 88dvh;
      padding: 16px 12px max(8px, env(safe-area-inset-bottom));
      border-radius: 16px 16px 0 0;
      background: var(--_surface);
      box-shadow: 0 -12px 32px rgb(0 0 0 / 0.2);
      overscroll-behavior: contain;
    }
    nav.open {
      display: block;
    }
    nav a,
    .shut {
      align-items: center;
      min-height: 46px;
    }
    nav a,
    .find {
      font-size: var(--_heading);
    }
    .find,
    .shut-menu {
      min-width: 46px;
      min-height: 46px;
    }
    .find kbd {
      display: none;
    }
    .shut-menu {
      display: block;
      border: 0;
      background: none;
      font-size: 22px;
    }
    .mark,
    nav .open-count {
      padding: 0 8px;
      border-radius: var(--_chip-radius);
      background: var(--_review-soft);
    }
    .mark.blocked {
      background: var(--_blocked-soft);
    }
    .mark.waiting {
      background: var(--_waiting-soft);
    }
    .mark .word {
      position: static;
      clip-path: none;
    }
    .keys {
      min-height: 44px;
    }
    nav footer {
      margin-top: 8px;
    }
    main {
      padding: 16px 12px 40px;
    }
  }
`
