import { css, html, nothing, type TemplateResult } from 'lit'
import type { IncidentWatch } from '../../../schemas/incident.ts'
import { incidentSources } from '../../../schemas/incident-words.ts'
import { emptyState } from '../../parts/quiet.ts'

/** What the detector did not see when it last looked, in words; empty if it saw everything. */
export function unseen({ sources }: IncidentWatch): string {
  return sources.filter(({ state }) => state === 'unknown').map(({ name }) => incidentSources[name] ?? name).join(', ')
}

/** Said above the list unless somebody looked a moment ago: what is listed may be over, and what is wrong may be missing. */
export function watchNote({ state, lookedAt }: IncidentWatch): TemplateResult | typeof nothing {
  if (state === 'fresh') return nothing
  if (!lookedAt) return html`<p class="card watch" role="note"><b>Nobody looks for incidents.</b> No detector has ever run against this database, so nothing here says whether something is wrong.</p>`
  return html`<p class="card watch" role="note">
    <b>${state === 'lagging' ? 'Lagging.' : 'Unknown.'}</b> Incidents were last looked for <ops-time at=${lookedAt}></ops-time>.
    ${state === 'lagging' ? 'What is wrong since then may be missing.' : 'What is listed may be over, and what is wrong may be missing: no process seems to look.'}
  </p>`
}

/** Says that nothing is wrong only where somebody looked. */
export function noneOpen(watch: IncidentWatch, narrowed: boolean): TemplateResult {
  const { state, lookedAt } = watch
  const looked = lookedAt ? html`Last looked <ops-time show="relative" at=${lookedAt}></ops-time>.` : nothing
  const missing = unseen(watch)
  const rest = missing ? html` Not measured then: ${missing}.` : nothing
  if (narrowed) return emptyState('No open incident matches', html`Others may be open. ${looked}`)
  if (state === 'unknown') return emptyState('Unknown', html`No incident is on record as open, but nobody is looking. ${looked}`)
  return emptyState(state === 'lagging' ? 'No open incident when last looked for' : 'No open incident', html`${looked}${rest}`)
}

export const watchStyles = css`
  .watch {
    margin-bottom: 12px;
    padding: 8px 12px;
    border-inline-start: 3px solid var(--_waiting);
  }
`
