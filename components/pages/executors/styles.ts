import { css } from 'lit'

export const executorsStyles = css`
  .headline {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    gap: 12px 24px;
    align-items: center;
    margin-bottom: 12px;
    padding: 12px 16px;
    border-inline-start: 3px solid var(--_line-strong);
  }
  .headline.wrong {
    border-inline-start-color: var(--_review);
  }
  .headline.odd {
    border-inline-start-color: var(--_waiting);
  }
  .sentence {
    font-size: var(--_figure);
    line-height: 1.35;
    font-weight: var(--_weight-medium);
  }
  .rollout {
    inline-size: 300px;
    max-inline-size: 100%;
  }
  .ends {
    display: flex;
    justify-content: space-between;
    gap: 8px;
  }
  .cells {
    display: inline-flex;
    flex: none;
    gap: 2px;
    inline-size: 100px;
  }
  .cells i {
    flex: 1;
    block-size: 12px;
    border: 1px solid var(--_line-strong);
    border-radius: 2px;
  }
  .cells .on {
    background: var(--_chart-bar);
    border-color: var(--_chart-bar);
    forced-color-adjust: none;
  }
  .rollout .cells {
    inline-size: 100%;
  }
  .rollout .cells i {
    block-size: 8px;
  }
  .rollout .cells .on {
    background: var(--_accent);
    border-color: var(--_accent);
  }
  .bar {
    flex: none;
    inline-size: 100px;
    block-size: 12px;
    border: 1px solid var(--_line-strong);
    border-radius: 2px;
    overflow: hidden;
  }
  .bar i {
    display: block;
    block-size: 100%;
    background: var(--_chart-bar);
    forced-color-adjust: none;
  }
  .missing .cells .on,
  .missing .bar i {
    background: var(--_review);
    border-color: var(--_review);
  }
  .slot-line {
    display: flex;
    gap: 8px;
    align-items: center;
    white-space: nowrap;
  }
  .tools {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    margin-bottom: 10px;
  }
  .tools .find {
    margin-inline-start: auto;
    inline-size: 220px;
    max-inline-size: 100%;
  }
  .only {
    margin-bottom: 10px;
  }
  .executors {
    overflow: hidden;
  }
  .executors td,
  .executors tbody th {
    padding-block: 7px;
    vertical-align: middle;
    font-size: var(--_medium);
  }
  .band th {
    padding-block: 5px;
    background: var(--_sunken);
    font-size: var(--_small);
    font-weight: var(--_weight);
  }
  .band b {
    color: var(--_text);
  }
  tbody .name {
    padding-block: 4px;
    font-weight: var(--_weight);
  }
  .executors tbody:last-child tr:last-child > :is(td, th) {
    border-bottom: 0;
  }
  .name,
  .queues,
  .version {
    overflow-wrap: break-word;
  }
  .name {
    min-inline-size: 116px;
  }
  .fold {
    display: inline-flex;
    gap: 6px;
    min-height: var(--_control-height);
    align-items: center;
    padding: 0;
    border: 0;
    background: none;
    color: var(--_text);
    font-weight: var(--_weight-strong);
    text-align: start;
    cursor: pointer;
  }
  .fold .mark {
    display: inline-block;
    color: var(--_muted);
  }
  .fold .shut:dir(rtl) {
    transform: scaleX(-1);
  }
  .rate,
  .beat,
  .rate-column {
    text-align: end;
  }
  .bad {
    color: var(--_review);
    font-weight: var(--_weight-medium);
  }
  .newest {
    font-weight: var(--_weight-strong);
  }
  .executors .unfolded > td {
    padding-block: 4px 14px;
    padding-inline: 28px 16px;
  }
  .detail {
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(180px, 290px);
    gap: 12px 24px;
  }
  .facts {
    padding-inline-start: 12px;
    border-inline-start: 3px solid var(--_line-strong);
  }
  .detail.missing .facts {
    border-inline-start-color: var(--_review);
  }
  .held-jobs td {
    padding-block: 5px;
    padding-inline: 0 12px;
    font-size: var(--_small);
  }
  .aside .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
    margin-block: 4px 6px;
  }
  .foot {
    padding: 10px 2px 0;
  }
  .foot b {
    color: var(--_text);
    font-weight: var(--_weight-medium);
  }
  .start pre {
    margin-top: 12px;
    padding: 12px;
    border-radius: var(--_control-radius);
    background: var(--_sunken);
    font: var(--_small) / 1.6 var(--_mono);
    text-align: start;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  @container ops-page (max-width: 900px) {
    .headline,
    .detail {
      grid-template-columns: minmax(0, 1fr);
    }
    .rollout {
      inline-size: 100%;
    }
    .executors,
    .executors > table,
    .executors tbody {
      display: block;
    }
    .executors > table > thead {
      display: none;
    }
    .executors > table > tbody > tr {
      display: grid;
      grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
      gap: 4px 16px;
      padding: 10px 12px;
      border-bottom: 1px solid var(--_line);
    }
    .executors > table > tbody > .band,
    .executors > table > tbody > .unfolded {
      display: block;
      padding: 0;
    }
    .executors .band th {
      display: block;
    }
    .executors > table > tbody > tr > td,
    .executors > table > tbody > tr > .name {
      padding: 0;
      border: 0;
      text-align: start;
    }
    .executors > table > tbody > .unfolded > td {
      display: block;
      padding: 8px 12px 14px;
    }
    .executors > table > tbody > tr > [data-label]::before {
      content: attr(data-label) ': ';
      color: var(--_muted);
      font-weight: var(--_weight);
      font-size: var(--_tiny);
    }
    .queues,
    .slots {
      grid-column: 1 / -1;
    }
    .slots[data-label]::before {
      display: none;
    }
    .health {
      text-align: end !important;
    }
    .tools .find {
      margin-inline-start: 0;
      inline-size: 100%;
    }
    .fold,
    .tools .button,
    .aside .button {
      min-height: 40px;
    }
  }
`
