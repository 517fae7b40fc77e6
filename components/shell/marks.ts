import { html, nothing } from 'lit'
import type { IncidentCount } from '../../schemas/incident.ts'
import { operatorStatuses, type OperatorStatus } from '../../schemas/status-words.ts'
import { numberText, t, tx } from '../core/words.ts'
import { statusTones } from '../parts/status-tone.ts'

/** The shape of each status, as in its chip, small enough for a line of the navigation. */
const shapes: Partial<Record<OperatorStatus, string>> = { needs_review: '▲', blocked: '■', waiting: '❚❚' }

/** What is wrong there, by the open incidents about it: the mark of its worst status and how many there are. */
export function mark(path: string, counts: IncidentCount | undefined) {
  if (path === '/incidents') return openIncidents(counts)
  const worst = counts?.pages?.[path]
  if (!worst) return nothing
  return html`<span class="mark ${statusTones[worst.status]} num"><span aria-hidden="true">${shapes[worst.status]}</span> <span class="word">${tx(operatorStatuses[worst.status])}</span> ${numberText(worst.count)}</span>`
}

export function openIncidents(counts: IncidentCount | undefined) {
  if (!counts?.open) return nothing
  const count = `${counts.open}${counts.capped ? '+' : ''}`
  return html`<span class="open-count num"><span aria-hidden="true">▲ ${count}</span><span class="hidden-text">${t`, ${count} open`}</span></span>`
}
