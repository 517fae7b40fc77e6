import { css } from 'lit'

export const jobStyles = css`
  .way-back,
  .steps,
  .who,
  .acts,
  .thumb {
    display: flex;
    align-items: center;
    gap: 4px 10px;
  }
  .way-back {
    justify-content: space-between;
    min-height: 28px;
  }
  .who {
    flex-wrap: wrap;
    min-width: 0;
  }
  .page-head {
    align-items: center;
    margin-top: 4px;
  }
  .page-head + .refusal {
    margin: -8px 0 12px;
  }
  .step {
    min-width: 30px;
    text-align: center;
  }
  .step:not([href]) {
    opacity: 0.4;
  }
  .thumb {
    display: none;
  }
  .columns {
    display: grid;
    grid-template-columns: minmax(0, 1fr) 300px;
    gap: 14px;
  }
  .values {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 260px), 1fr));
    gap: 14px;
  }
  .first,
  .side {
    display: grid;
    gap: 14px;
    align-content: start;
    min-width: 0;
  }
  .section-title {
    margin-bottom: 8px;
  }
  .section-head {
    display: flex;
    justify-content: space-between;
    align-items: baseline;
    gap: 12px;
    padding: 12px 16px 10px;
  }
  .none {
    padding: 0 16px 12px;
  }
  .section-head.head {
    justify-content: start;
  }
  .padded > .section-head {
    padding: 0 0 8px;
  }
  .link {
    margin-inline-start: auto;
    padding: 2px 4px;
    border: 0;
    background: none;
    color: var(--_accent);
    cursor: pointer;
  }
  .attempts,
  .moments,
  .events {
    display: grid;
    gap: 6px;
  }
  .attempts,
  .moments {
    padding: 8px 16px 12px;
    border-top: 1px solid var(--_line);
    font-size: 13px;
  }
  .attempt .error {
    color: var(--_review);
  }
  .moments li {
    display: grid;
    grid-template-columns: 190px minmax(0, 1fr);
    gap: 0 12px;
  }
  .why {
    border-inline-start: 3px solid var(--_waiting);
  }
  .why li + li {
    margin-top: 6px;
  }
  .reasons {
    margin-top: 6px;
  }
  .reasons li + li {
    margin-top: 4px;
  }
  dl {
    display: grid;
    grid-template-columns: max-content minmax(0, 1fr);
    gap: 7px 12px;
    font-size: 13px;
  }
  dt {
    color: var(--_muted);
  }
  .remains {
    margin-top: 12px;
  }
  @container ops-page (max-width: 860px) {
    .columns {
      grid-template-columns: minmax(0, 1fr);
    }
    .moments li {
      grid-template-columns: minmax(0, 1fr);
    }
  }
  @media (max-width: 640px) {
    .acts {
      display: none;
    }
    .thumb {
      position: sticky;
      bottom: 0;
      display: flex;
      flex-direction: row-reverse;
      margin: 14px calc(-1 * var(--ops-page-padding, 16px)) 0;
      padding: 10px 16px;
      border-top: 1px solid var(--_line);
      background: var(--_surface);
    }
    .thumb > .button {
      flex: 1;
      min-height: 46px;
    }
  }
`
