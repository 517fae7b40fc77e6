import { css } from 'lit'

export const queuesStyles = css`
  .only,
  .old {
    margin-bottom: 12px;
  }
  .old {
    padding: 8px 12px;
    border-inline-start: 3px solid var(--_waiting);
  }
  .piles {
    margin-bottom: 12px;
    font-size: var(--_heading);
    font-weight: var(--_weight-strong);
    line-height: 1.4;
    overflow-wrap: anywhere;
    text-wrap: pretty;
  }
  .piles a {
    color: inherit;
  }
  .piles .calm {
    font-weight: var(--_weight);
    color: var(--_muted);
  }
  .tools {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
    margin-bottom: 10px;
  }
  .tools input {
    width: 230px;
  }
  .tools .moved {
    margin-inline-start: auto;
  }
  .list {
    overflow: hidden;
  }
  .list th,
  .list td {
    height: 36px;
    padding: 3px 6px;
    font-size: var(--_medium);
    vertical-align: middle;
  }
  .list thead th {
    height: auto;
    padding-block: 8px;
    font-size: var(--_small);
    vertical-align: bottom;
  }
  .list thead small {
    display: block;
    font-size: var(--_tiny);
    font-weight: var(--_weight);
  }
  .list tr > :first-child {
    padding-inline-start: 16px;
  }
  .list tr > :last-child {
    padding-inline-end: 10px;
  }
  .list tbody tr:last-child > * {
    border-bottom: 0;
  }
  .nobody {
    padding: 12px 16px;
  }
  .list .name {
    min-width: 150px;
  }
  .list tbody .name {
    font-weight: var(--_weight-medium);
    color: inherit;
    text-align: start;
  }
  .list tbody .name a {
    color: inherit;
  }
  .list tbody tr:hover {
    background: var(--_bg);
  }
  .late .num {
    color: var(--_muted);
  }
  .status {
    width: 30%;
  }
  .chip-slot {
    display: inline-block;
    width: 130px;
  }
  /* Beside the chip, also when it takes two lines. */
  .cause {
    display: inline-block;
    width: calc(100% - 138px);
    vertical-align: middle;
    color: var(--_text);
  }
  .num,
  .figures {
    text-align: end;
    white-space: nowrap;
  }
  .do {
    width: 76px;
  }
  .plain {
    color: inherit;
  }
  .zero {
    color: var(--_muted);
  }
  .strong,
  .still,
  .bad {
    font-weight: var(--_weight-strong);
  }
  .still {
    color: var(--_blocked);
  }
  .bad {
    color: var(--_review);
  }
  .label {
    display: none;
  }
  .histogram {
    display: inline-block;
    width: 60px;
    margin-inline-start: 8px;
    vertical-align: middle;
  }
  .actions {
    display: flex;
    gap: 4px;
    justify-content: flex-end;
  }
  .button.icon {
    width: 26px;
    min-height: 26px;
    padding: 0;
  }
  .button.icon.resume:not([disabled]) {
    color: var(--_runnable);
  }
  .fold {
    display: block;
    width: 100%;
    padding: 9px 16px;
    border: 0;
    border-top: 1px solid var(--_line);
    background: none;
    text-align: start;
    cursor: pointer;
    overflow-wrap: anywhere;
  }
  .fold::before {
    content: '▸';
    display: inline-block;
    width: 14px;
    font-size: 11px;
    color: var(--_muted);
  }
  .fold[aria-expanded='false']:dir(rtl)::before {
    transform: scaleX(-1);
  }
  .fold[aria-expanded='true']::before {
    content: '▾';
  }
  .foot {
    padding: 8px 2px 0;
    font-size: var(--_small);
    color: var(--_muted);
  }
  @media (pointer: coarse) {
    .button.icon {
      width: 40px;
      min-height: 40px;
    }
  }
  @container ops-page (max-width: 860px) {
    .tools input {
      flex: 1 1 100%;
    }
    .list table,
    .list tbody {
      display: block;
    }
    .list thead {
      display: none;
    }
    .list tbody tr {
      display: grid;
      grid-template: 'name do' auto 'status status' auto 'oldest waiting' auto 'started failed' auto 'wait executors' auto / minmax(0, 1fr) minmax(0, 1fr);
      gap: 4px 16px;
      padding: 10px 12px;
      border-bottom: 1px solid var(--_line);
    }
    .list tbody tr:last-child {
      border-bottom: 0;
    }
    .list tbody tr > *,
    .list tbody tr > :first-child,
    .list tbody tr > :last-child {
      width: auto;
      min-width: 0;
      height: auto;
      min-height: 24px;
      padding: 0;
      border: 0;
    }
    .list tbody .name {
      grid-area: name;
      align-self: center;
      font-size: var(--_size);
    }
    .list .do {
      grid-area: do;
    }
    .list .status {
      grid-area: status;
      margin-bottom: 4px;
      white-space: normal;
    }
    .chip-slot {
      width: auto;
    }
    .cause {
      display: inline;
    }
    .list tbody td.num {
      display: flex;
      align-items: center;
      gap: 6px;
    }
    .list tbody td.num .label {
      display: inline;
      flex: 1;
      text-align: start;
      color: var(--_muted);
    }
    .oldest {
      grid-area: oldest;
    }
    .waiting {
      grid-area: waiting;
    }
    .started {
      grid-area: started;
    }
    .failed {
      grid-area: failed;
    }
    .wait {
      grid-area: wait;
    }
    .executors {
      grid-area: executors;
    }
    .histogram {
      width: 44px;
      margin-inline-start: 0;
    }
  }
`
