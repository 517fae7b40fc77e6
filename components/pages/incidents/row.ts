import { html, nothing, type TemplateResult } from 'lit'
import { incidentClasses } from '../../../schemas/incident-words.ts'
import type { Incident } from '../../../schemas/incident.ts'
import { listText } from '../../core/lists.ts'
import { clockTime, exactTime } from '../../core/time.ts'
import { t, tn, tx } from '../../core/words.ts'
import { statusChip } from '../../parts/chip.ts'
import { incidentMarks } from '../../parts/incident-marks.ts'
import type { Ask } from '../../parts/operation-fields.ts'
import { ownerOf, ownerView } from '../../parts/owner.ts'
import '../../parts/time.ts'
import type { Row } from './shown.ts'

export interface IncidentContext {
  base: string
  ask: (ask: Ask) => void
  locale: string | undefined
  /** The host's own controls. */
  rowActions?: (item: never) => unknown
}

/** One incident with those that it explains folded below it. */
export function incidentRow({ row: { incident, left }, explained }: { row: Row; explained: Row[] }, context: IncidentContext): TemplateResult {
  const { base, locale } = context
  const href = `${base}/incident/${incident.id}`
  return html`<li class="row ${left ? 'left' : ''}" part="row">
    <div class="status">${statusChip(incident.status)}</div>
    <div class="what">
      <h3><a class="wrap" href=${href}><bdi>${incident.title}</bdi></a></h3>
      <p class="small muted wrap"><bdi>${detailOf(incident)}</bdi></p>
      <p class="marks">${left ? html`<span class="mark">${t`no longer here`}</span>` : nothing} ${incidentMarks(incident, locale)}</p>
    </div>
    <div class="age num">${age(incident, locale)}</div>
    <div class="who">${ownerView(incident, { locale })}</div>
    <div class="do">${acknowledge(incident, left, context)} <a class="button" href=${href} aria-label=${t`Review ${incident.title}`}>${t`Review`}</a> ${context.rowActions?.(incident as never)}</div>
    ${explained.length > 0 ? explains(explained, context) : nothing}
  </li>`
}

/** The raw error, or else the strongest evidence; the class if the actor may see neither. */
function detailOf({ error, cause, measured, ruledOut, class: name }: Incident): string {
  const first = error ?? cause?.label ?? measured[0]?.label
  // `Paused: the queue is not` → `paused`.
  const excluded = ruledOut.flatMap(({ label }) => (label.includes(':') ? [label.split(':')[0]!.toLowerCase()] : [])).slice(0, 3)
  return [first ?? tx(incidentClasses[name]?.label ?? name), ...(excluded.length > 0 ? [t`ruled out: ${listText(excluded)}`] : [])].join(' · ')
}

function age({ since, resolvedAt, state }: Incident, locale: string | undefined) {
  if (state === 'resolved' && resolvedAt) return html`<b><ops-time show="relative" at=${resolvedAt}></ops-time></b><span class="small muted">${t`began ${exactTime(Date.parse(since), { locale, seconds: false })}`}</span>`
  return html`<b><ops-time show="age" at=${since}></ops-time></b><span class="small muted">${t`since ${clockTime(Date.parse(since), locale)}`}</span>`
}

/** Only if the incident has no owner and this actor may acknowledge it; otherwise it is on the incident's own page, with the reason. */
function acknowledge(incident: Incident, left: boolean, { ask }: IncidentContext) {
  if (left || ownerOf(incident) || !incident.operations.acknowledge_incident?.allowed) return nothing
  return html`<button type="button" class="button" data-action="acknowledge_incident" aria-label=${t`Acknowledge… ${incident.title}`} @click=${() => ask({ action: 'acknowledge_incident', id: incident.id })}>${t`Acknowledge…`}</button>`
}

function explains(explained: Row[], { base }: IncidentContext) {
  return html`<details class="explains">
    <summary>${tn(explained.length, 'explains # more incident', 'explains # more incidents')}</summary>
    <ul>
      ${explained.map(({ incident: { id, title, status } }) => html`<li>${statusChip(status)} <a class="wrap" href="${base}/incident/${id}"><bdi>${title}</bdi></a></li>`)}
    </ul>
  </details>`
}
