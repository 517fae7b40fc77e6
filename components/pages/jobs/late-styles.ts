import { css } from 'lit'
import { segmentStyles } from '../../parts/segments.ts'

/** Styles of the parts that are loaded after the list. */
export const lateStyles = [segmentStyles, css`
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
  /* Beside the sheet the list stays a list: one line each, with what tells the jobs apart and their time. */
  @container ops-page (min-width: 400px) and (max-width: 860px) {
    .beside table {
      display: table;
      table-layout: fixed;
    }
    .beside thead {
      display: table-header-group;
    }
    .beside tbody {
      display: table-row-group;
    }
    .beside .row {
      display: table-row;
    }
    .beside .row > :is(th, td) {
      display: table-cell;
      height: 30px;
      padding: 0 8px;
      border-bottom: 1px solid var(--_line);
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
      line-height: 20px;
      text-align: start;
      vertical-align: middle;
    }
    .beside tbody .row:last-child > * {
      border-bottom: 0;
    }
    .beside :is(thead, .row) .fact:not(.error-column),
    .beside :is(thead, .row) :is(.do, .queue, .args, .attempt, .tags, .priority, .created, .executor, .caption),
    .beside:not(.single) :is(thead, .row) .error-column,
    .beside .state .sub:not(.mark),
    .beside .engine {
      display: none;
    }
    .beside .row :is(.clamp, .sub, .value) {
      display: inline;
      overflow-wrap: normal;
    }
    .beside thead .pick {
      width: 38px;
    }
    .beside thead .job {
      width: 38%;
    }
    .beside thead .at {
      width: 104px;
    }
    .beside .pick label {
      min-height: 24px;
    }
    .beside .row.current > :first-child {
      box-shadow: inset 3px 0 var(--_accent);
    }
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
    ops-export,
    .all {
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
