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
    border-radius: 6px;
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
    font-weight: 650;
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
  .open-count {
    color: var(--_review);
    font-size: 12px;
    font-weight: 650;
    line-height: 20px;
  }
  .bar-count {
    display: none;
    margin-inline-start: auto;
  }
  nav a {
    display: flex;
    justify-content: space-between;
    padding: 6px 10px;
    border-radius: 6px;
    color: var(--_text);
  }
  nav a:hover {
    background: var(--_sunken);
    text-decoration: none;
  }
  nav a.here {
    background: var(--_accent-soft);
    color: var(--_accent);
    font-weight: 600;
  }
  .shut {
    padding: 6px 10px;
    color: var(--_muted);
  }
  nav .refusal {
    margin: 4px 10px 0;
  }
  .choices {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }
  main > .page-title + .lost {
    margin-top: 14px;
  }
  .group {
    margin: 12px 10px 4px;
    font-size: 11px;
    font-weight: 400;
    letter-spacing: 0.04em;
    color: var(--_muted);
  }
  nav footer {
    margin-top: auto;
    padding: 10px;
    border-top: 1px solid var(--_line);
    font-size: 12px;
    color: var(--_muted);
    overflow-wrap: anywhere;
  }
  nav footer b {
    color: var(--_text);
    font-weight: 600;
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
  .lost {
    display: grid;
    gap: 8px;
  }
  .again {
    margin-top: 12px;
  }
  @media (max-width: 760px) {
    :host {
      display: block;
    }
    /* The menu hangs from the bar, which stays in view: it opens before the eyes however far the page is scrolled. */
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
      justify-content: space-between;
      height: auto;
      padding: 8px 16px;
    }
    .menu,
    .bar-count {
      display: inline-flex;
    }
    .bar {
      gap: 8px;
    }
    nav {
      display: none;
      position: absolute;
      top: 100%;
      inset-inline: 0;
      height: auto;
      max-height: calc(100dvh - 60px);
      border-bottom: 1px solid var(--_line-strong);
      background: var(--_surface);
      box-shadow: 0 16px 32px rgb(0 0 0 / 0.2);
    }
    nav.open {
      display: flex;
    }
    nav a {
      padding-block: 11px;
    }
    main {
      padding: 16px 12px 40px;
    }
  }
`
