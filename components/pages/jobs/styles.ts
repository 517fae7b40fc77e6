import { css } from 'lit'

export const jobsStyles = css`
  .tabs {
    display: flex;
    flex-wrap: wrap;
    gap: 0 4px;
    margin-bottom: 12px;
    border-bottom: 1px solid var(--_line);
  }
  .tabs a {
    display: flex;
    align-items: baseline;
    gap: 6px;
    padding: 6px 10px;
    border-bottom: 2px solid transparent;
    color: var(--_text);
    text-decoration: none;
  }
  .tabs a:hover {
    border-bottom-color: var(--_line-strong);
  }
  .tabs a[aria-current] {
    border-bottom-color: var(--_accent);
    color: var(--_accent);
    font-weight: 600;
  }
  .tabs .num {
    min-width: 1ch;
    font-size: 12px;
    font-weight: 400;
    color: var(--_muted);
  }
  /* It is there a moment later, and nothing moves by that. */
  .search-room {
    min-height: 38px;
    margin-bottom: 8px;
  }
  .line-room {
    min-height: 40px;
    margin-bottom: 8px;
  }
  .thumb,
  .narrow {
    display: none;
  }
  @container ops-page (max-width: 860px) {
    .narrow {
      display: inline-flex;
    }
  }
  @container ops-page (max-width: 560px) {
    .tabs {
      flex-wrap: nowrap;
      overflow-x: auto;
      scrollbar-width: thin;
    }
    .tabs a {
      flex: none;
      min-height: 40px;
      align-items: center;
    }
  }
`
