import { html, nothing, type TemplateResult } from 'lit'
import type { IncidentDetail } from '../../../schemas/incident.ts'
import { t, tr, tx } from '../../core/words.ts'
import { statusChip } from '../../parts/chip.ts'
import { incidentMarks, mark } from '../../parts/incident-marks.ts'
import { ownerOf, ownerView } from '../../parts/owner.ts'
import { jobsHref } from '../../parts/job-link.ts'
import { sentence } from '../../parts/sentence.ts'
import '../../parts/time.ts'

/** Status, state and owner on one line; the headline with its raw error; and the chart next to the facts. */
export function lead(incident: IncidentDetail, base: string, locale: string | undefined): TemplateResult {
  const { status, state, headline, error } = incident
  return html`<section class="card lead ${status}" part="lead" aria-label=${t`What is wrong`}>
    <div class="state">
      ${statusChip(status)} ${state === 'open' ? mark(t`open`) : nothing} ${incidentMarks(incident, locale)}
      ${ownerOf(incident) ? ownerView(incident, { since: true, locale }) : state === 'open' ? ownerView(incident) : nothing}
    </div>
    ${notSeen(incident)}
    <p class="headline wrap">${sentence(headline.charAt(0).toUpperCase() + headline.slice(1))}</p>
    ${error ? html`<p class="error mono wrap"><bdi>${error}</bdi></p>` : nothing}
    <div class="figures">${chartView(incident, base)} ${facts(incident)}</div>
  </section>`
}

/** If it was last seen longer ago than this, the latest run of the detector did not see it. */
const unseenMs = 60_000

/** If the detector runs but no longer sees it, it resolves after a while. */
function notSeen({ state, lastSeenAt, watch }: IncidentDetail) {
  if (state !== 'open' || watch.state !== 'fresh' || Date.parse(watch.lookedAt ?? '') - Date.parse(lastSeenAt) < unseenMs) return nothing
  return html`<p class="small muted">${tr`Not seen since ${html`<ops-time show="relative" at=${lastSeenAt}></ops-time>`}: it resolves if that continues, unless its source cannot be read.`}</p>`
}

function chartView({ id, chart, scope: { queue } }: IncidentDetail, base: string) {
  if (!chart) return nothing
  return html`<ops-chart
    label=${tx(chart.label)}
    kind=${chart.kind}
    unit=${tx(chart.unit)}
    note=${chart.kind === 'bars' ? t`${tx(chart.label)}, failed in red` : tx(chart.label)}
    .series=${chart.points}
    .from=${chart.from}
    .to=${chart.to}
    .step=${chart.stepSeconds * 1000}
    .marks=${chart.marks}
    .hrefOf=${(from: string, to: string) => jobsHref(base, chart.kind === 'bars' ? { queue, time: 'finished', from, to } : { incident: id })}
  ></ops-chart>`
}

function facts({ facts, since, lastSeenAt, resolvedAt, state }: IncidentDetail) {
  return html`<dl class="num">
    ${facts.map(({ label, value }) => html`<div><dt>${tx(label)}</dt><dd class="wrap">${sentence(value)}</dd></div>`)}
    <div><dt>${t`Began`}</dt><dd><ops-time show="relative" at=${since}></ops-time></dd></div>
    ${state === 'resolved' && resolvedAt ? html`<div><dt>${t`Resolved`}</dt><dd><ops-time show="relative" at=${resolvedAt}></ops-time></dd></div>` : html`<div><dt>${t`Last seen`}</dt><dd><ops-time show="relative" at=${lastSeenAt}></ops-time></dd></div>`}
  </dl>`
}
