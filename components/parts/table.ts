import { css } from 'lit'

/** Tables of facts, for the elements that have any; comes before an element's own styles. */
export const tableStyles = css`
  table {
    width: 100%;
    border-collapse: collapse;
  }
  th {
    padding: 8px 12px;
    border-bottom: 1px solid var(--_line);
    font-size: 12px;
    font-weight: 600;
    text-align: start;
    color: var(--_muted);
  }
  td {
    padding: 9px 12px;
    border-bottom: 1px solid var(--_line);
    vertical-align: top;
  }
  tbody:last-child tr:last-child td {
    border-bottom: 0;
  }
`
