import { css } from 'lit'

/** Styles of tables, for elements that have any; must precede an element's own styles. */
export const tableStyles = css`
  table {
    width: 100%;
    border-collapse: collapse;
  }
  thead {
    background: var(--_head);
  }
  th {
    padding: calc(2 * var(--_gap)) calc(3 * var(--_gap));
    border-bottom: 1px solid var(--_line);
    font-size: var(--_tiny);
    font-weight: var(--_weight-medium);
    text-align: start;
    color: var(--_muted);
  }
  td {
    padding: calc(2.25 * var(--_gap)) calc(3 * var(--_gap));
    border-bottom: 1px solid var(--_line);
    vertical-align: top;
  }
  tbody:last-child tr:last-child td {
    border-bottom: 0;
  }
`
