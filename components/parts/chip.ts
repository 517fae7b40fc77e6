import { css, html, svg, type SVGTemplateResult, type TemplateResult } from 'lit'
import { completenessStates, type OperatorStatus, operatorStatuses } from '../../schemas/status-words.ts'
import { tx } from '../core/words.ts'
import { statusTones, type Tone } from './status-tone.ts'
import { term } from './term.ts'

export type { Tone } from './status-tone.ts'

const shapes: Record<Tone, SVGTemplateResult> = {
  review: svg`<path d="M6 1.5 11 10.5H1Z" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linejoin="round"/>`,
  blocked: svg`<rect x="2" y="2" width="8" height="8" fill="none" stroke="currentColor" stroke-width="1.6"/>`,
  waiting: svg`<rect x="2.5" y="2" width="2.4" height="8" fill="currentColor"/><rect x="7" y="2" width="2.4" height="8" fill="currentColor"/>`,
  runnable: svg`<path d="M2.5 1.5 10.5 6 2.5 10.5Z" fill="currentColor"/>`,
  resolved: svg`<path d="M2 6.5 5 9.5 10.5 3" fill="none" stroke="currentColor" stroke-width="1.8"/>`,
  bridge: svg`<circle cx="6" cy="6" r="4.4" fill="none" stroke="currentColor" stroke-width="1.6"/><path d="M6 5.5V8.5M6 3.4V4.4" stroke="currentColor" stroke-width="1.6"/>`,
}

/** A status as a fixed combination of shape, word and colour. An unknown status is shown as is, without a colour. */
export function statusChip(status: string, label?: string): TemplateResult {
  const known = status as OperatorStatus
  return chip(statusTones[known] ?? 'resolved', label ?? operatorStatuses[known] ?? status)
}

/** The completeness of the evidence; nothing if it is complete, unless requested. */
export function completenessChip(state: string, explained = true): TemplateResult {
  const words = tx(completenessStates[state as keyof typeof completenessStates] ?? 'unknown')
  const meaning = state === 'partial_evidence' || state === 'history_unavailable' ? state : 'unknown_evidence'
  return html`<span class="chip dashed" part="completeness">${state === 'complete' || !explained ? words : term(meaning, words)}</span>`
}

export function chip(tone: Tone, label: string): TemplateResult {
  return html`<span class="chip ${tone}" part="chip"><svg viewBox="0 0 12 12" aria-hidden="true">${shapes[tone]}</svg>${tx(label)}</span>`
}

export const chipStyles = css`
  .chip {
    display: inline-flex;
    align-items: center;
    gap: 5px;
    padding-block: 1px;
    padding-inline: 6px 8px;
    border-radius: var(--_chip-radius);
    font-size: var(--_tiny);
    font-weight: var(--_weight-medium);
    line-height: 18px;
    white-space: nowrap;
  }
  .chip svg {
    flex: none;
    width: 12px;
    height: 12px;
  }
  .chip.review {
    color: var(--_review);
    background: var(--_review-soft);
  }
  .chip.blocked {
    color: var(--_blocked);
    background: var(--_blocked-soft);
  }
  .chip.waiting {
    color: var(--_waiting);
    background: var(--_waiting-soft);
  }
  .chip.runnable {
    color: var(--_runnable);
    background: var(--_runnable-soft);
  }
  .chip.resolved {
    color: var(--_resolved);
    background: var(--_resolved-soft);
  }
  .chip.bridge {
    color: var(--_bridge);
    background: var(--_bridge-soft);
  }
  .chip.dashed {
    padding: 0 8px;
    border: 1px dashed var(--_control-line);
    color: var(--_muted);
  }
`
