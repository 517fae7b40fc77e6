import { css, html, nothing, type TemplateResult } from 'lit'
import type { IncidentWatch } from '../../../schemas/incident.ts'
import { incidentSources } from '../../../schemas/incident-words.ts'
import { listText } from '../../core/lists.ts'
import { t, tr, tx } from '../../core/words.ts'
import { emptyState } from '../../parts/quiet.ts'

/** The sources that the detector could not read when it last ran, in words; empty if it read all of them. */
export function unseen({ sources }: IncidentWatch): string {
  return listText(sources.filter(({ state }) => state === 'unknown').map(({ name }) => tx(incidentSources[name] ?? name)))
}

/** Shown above the list unless the detector ran a moment ago: listed incidents may be over, and new ones may be missing. */
export function watchNote({ state, lookedAt }: IncidentWatch): TemplateResult | typeof nothing {
  if (state === 'fresh') return nothing
  if (!lookedAt) return html`<p class="card watch" role="note"><b>${t`The detector is not running.`}</b> ${t`It has never run against this database, so whether anything is wrong is unknown.`}</p>`
  return html`<p class="card watch" role="note">
    <b>${state === 'lagging' ? t`Lagging.` : t`Unknown.`}</b> ${tr`The detector last ran ${html`<ops-time at=${lookedAt}></ops-time>`}.`}
    ${state === 'lagging' ? t`Problems that started since then may be missing.` : t`Listed incidents may be over, and new ones may be missing: no process seems to run the detector.`}
  </p>`
}

/** Says that nothing is wrong only if the detector ran recently. */
export function noneOpen(watch: IncidentWatch, narrowed: boolean): TemplateResult {
  const { state, lookedAt } = watch
  const looked = lookedAt ? tr`Last looked ${html`<ops-time show="relative" at=${lookedAt}></ops-time>`}.` : nothing
  const missing = unseen(watch)
  const rest = missing ? html` ${t`Not measured then: ${missing}.`}` : nothing
  if (narrowed) return emptyState(t`No open incident matches`, html`${t`Others may be open.`} ${looked}`)
  if (state === 'unknown') return emptyState(t`Unknown`, html`${t`No incident is on record as open, but the detector is not running.`} ${looked}`)
  return emptyState(state === 'lagging' ? t`No open incident when the detector last ran` : t`No open incident`, html`${looked}${rest}`)
}

export const watchStyles = css`
  .watch {
    margin-bottom: 12px;
    padding: 8px 12px;
    border-inline-start: 3px solid var(--_waiting);
  }
`
