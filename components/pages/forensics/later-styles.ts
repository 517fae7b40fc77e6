import { css } from 'lit'

export const laterStyles = css`
  :host {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 12px;
    background: none;
  }
`
