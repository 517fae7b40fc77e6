import { css } from 'lit'

/** The headline, which is there from the start. */
export const overviewStyles = css`
  .page-head {
    align-items: center;
  }
  .as-of {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 10px;
    font-size: var(--_medium);
  }
  .headline {
    padding: 14px 16px 12px;
    margin-bottom: 12px;
    border-inline-start-width: 3px;
  }
  .vitals {
    display: grid;
    grid-template-columns: repeat(4, minmax(0, 1fr));
    gap: 14px 20px;
    margin-top: 12px;
  }
  .nothing {
    margin-bottom: 12px;
  }
  .withheld {
    margin-top: 12px;
  }
  .skeleton i {
    display: block;
    height: 12px;
    border-radius: var(--_small-radius);
    background: var(--_sunken);
    animation: ops-breathe 1.6s ease-in-out infinite alternate;
  }
  .bones {
    display: grid;
    gap: 12px;
  }
  .rows {
    padding: 20px 16px;
    gap: 24px;
  }
  .skeleton .long {
    width: min(60%, 420px);
    height: 20px;
  }
  .skeleton .tall {
    height: 74px;
  }
  @container ops-page (max-width: 700px) {
    .vitals {
      grid-template-columns: repeat(2, minmax(0, 1fr));
    }
  }
`
