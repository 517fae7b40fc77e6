import { html, nothing, type TemplateResult } from 'lit'
import type { OpenIncident, Overview } from '../../../schemas/overview.ts'
import { clockTime, exactTime } from '../../core/time.ts'
import { now } from '../../core/clock.ts'
import { t, tn, tr } from '../../core/words.ts'
import { statusChip } from '../../parts/chip.ts'
import { ownershipLabel } from '../../parts/ownership.ts'
import { sentence } from '../../parts/sentence.ts'
import type { RestContext } from './rest.ts'

const dayMs = 86_400_000
/** More are one click away; recent changes should stay in view. */
const maxShown = 6

/** The open incidents, worst and oldest first, each with its owner. */
export function incidentsCard({ open, unattended, capped, items }: NonNullable<Overview['incidents']>, context: RestContext): TemplateResult {
  const shown = items.slice(0, maxShown)
  return html`<section class="card incidents" part="incidents" aria-labelledby="incidents-title">
    <div class="card-head">
      <h3 id="incidents-title">${capped ? t`${open}+ open incidents` : tn(open, '# open incident', '# open incidents')}</h3>
      <span class="small muted">${attendedWords(open, unattended)}</span>
      <span class="end">${ownershipLabel('powertools_native')}</span>
    </div>
    <ul>${shown.map((incident) => incidentRow(incident, context))}</ul>
    ${open > shown.length ? html`<p class="card-foot"><a href="${context.base}/incidents">${capped ? t`All ${open}+ open incidents` : tn(open, 'All # open incident', 'All # open incidents')}</a></p>` : nothing}
  </section>`
}

function attendedWords(open: number, unattended: number): string {
  if (unattended === 0) return open === 1 ? t`it has an owner` : t`each has an owner`
  return open === 1 ? t`it has no owner` : unattended === open ? t`none has an owner` : t`${unattended} without an owner`
}

function incidentRow(incident: OpenIncident, { locale, ask }: RestContext): TemplateResult {
  const { id, status, title, about, detail, since, href, acknowledge } = incident
  const at = about === undefined ? -1 : title.indexOf(about)
  const titled = at < 0 ? html`<a href=${href}><bdi>${title}</bdi></a>` : html`<bdi dir="ltr">${title.slice(0, at)}<a href=${href}><bdi>${about}</bdi></a>${title.slice(at + about!.length)}</bdi>`
  return html`<li class="incident" part="incident">
    <span class="incident-status">${statusChip(status)}</span>
    <div class="incident-what">
      <div class="incident-title">${titled}</div>
      ${detail ? html`<div class="detail">${sentence(detail, { seconds: false, locale })}</div>` : nothing}
    </div>
    <div class="incident-age num">
      <b><ops-time show="age" at=${since}></ops-time></b>
      <div class="detail">${t`since ${sinceWords(since, locale)}`}</div>
    </div>
    <div class="incident-who small">${attendant(incident, locale)}</div>
    <div class="row-actions">
      ${acknowledge
        ? html`<button type="button" class="button" data-action="acknowledge_incident" ?disabled=${!acknowledge.allowed} title=${acknowledge.reason ?? nothing} aria-label=${t`Acknowledge ${title}…`} @click=${() => ask({ action: 'acknowledge_incident', id })}>
            ${t`Acknowledge…`}
          </button>`
        : nothing}
      <a class="button" href=${href} aria-label=${t`Review ${title}`}>${t`Review`}</a>
    </div>
  </li>`
}

function sinceWords(since: string, locale: string | undefined): string {
  const at = Date.parse(since)
  return now() - at < dayMs * 0.8 ? clockTime(at, locale) : exactTime(at, { locale, seconds: false })
}

/** A dashed circle: nobody yet. An assignee takes precedence over whoever acknowledged it. */
function attendant({ acknowledged, assignee, silencedUntil }: OpenIncident, locale: string | undefined): TemplateResult {
  const by = assignee ? { at: assignee.at, label: assignee.to.label } : acknowledged && { at: acknowledged.at, label: acknowledged.by.label }
  const silence = silencedUntil ? html`<span class="detail">${tr`silenced until ${sentence(silencedUntil, { seconds: false, locale })}`}</span>` : nothing
  if (!by) return html`<span class="avatar nobody" aria-hidden="true">–</span>${t`nobody yet`} ${silence}`
  return html`<span class="avatar" aria-hidden="true">${initialsOf(by.label)}</span><bdi class="wrap">${by.label}</bdi> <span class="muted num">${sinceWords(by.at, locale)}</span> ${silence}`
}

/** `ops-lead` becomes `OL`. */
function initialsOf(label: string): string {
  const words = label.split(/[^\p{L}\p{N}]+/u).filter(Boolean)
  return words.slice(0, 2).map((word) => [...word][0]!.toUpperCase()).join('') || '?'
}
