import { css } from 'lit'

/** Styles of the parts that are loaded after the list. */
export const lateStyles = [css`
  .page-head .tools,
  .line {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
  }
  .line {
    min-height: 40px;
    gap: 4px 12px;
  }
  .line .end {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
    margin-inline-start: auto;
  }
  .bulk-bar {
    position: sticky;
    bottom: 0;
    z-index: 3;
    display: grid;
    gap: 6px;
    margin-top: 12px;
    padding: 10px 12px;
    border: 1px solid var(--_accent);
    border-radius: var(--_radius);
    background: var(--_surface);
    box-shadow: 0 -4px 16px rgb(0 0 0 / 0.12);
  }
  .bulk-bar .choices {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px 8px;
  }
  .do-bulk {
    display: flex;
    gap: 6px;
    margin-inline-start: auto;
  }
  ops-time-bars {
    flex: 0 1 230px;
    min-width: 80px;
  }
  .count {
    line-height: 1.35;
  }
  .count b {
    font-size: 15px;
  }
  @container ops-page (max-width: 560px) {
    .line {
      flex-wrap: nowrap;
    }
    ops-time-bars {
      flex: 0 1 90px;
      min-width: 40px;
    }
    ops-view-options,
    ops-export {
      display: none;
    }
    .thumb {
      position: sticky;
      bottom: 0;
      z-index: 3;
      display: grid;
      grid-template-columns: 1fr 1.4fr;
      gap: 8px;
      margin-inline: calc(-1 * var(--ops-page-padding, 16px));
      padding: 10px var(--ops-page-padding, 16px);
      border-top: 1px solid var(--_line);
      background: var(--_surface);
    }
    .thumb .button {
      min-height: 46px;
    }
    .do-bulk {
      display: grid;
      grid-template-columns: repeat(4, 1fr);
      flex: 1 1 100%;
      order: 1;
    }
    .bulk-bar .button {
      min-height: 44px;
      padding-inline: 6px;
    }
    .bulk-bar b {
      flex: 1;
    }
  }
`]
