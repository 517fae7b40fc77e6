import { html, nothing, svg, type TemplateResult } from 'lit'
import type { EvidenceLine, IncidentDetail } from '../../../schemas/incident.ts'
import { t, tr, tx } from '../../core/words.ts'

/** The evidence next to what it rules out, each line with its share or its source; below, what explains it and what it explains. */
export function evidence(incident: IncidentDetail, base: string): TemplateResult {
  const { measured, ruledOut, cause } = incident
  return html`<section class="card padded evidence" part="evidence" aria-label=${t`Evidence`}>
    ${cause ? html`<p class="cause"><b>${t`Main cause:`}</b> <bdi>${cause.label}</bdi>${cause.share === undefined ? nothing : html` <span class="num">(${percent(cause.share)})</span>`}</p>` : nothing}
    <div class="twins">
      <div>
        <h3>${t`What was measured`}</h3>
        ${lines(measured, t`Nothing that your account may see.`, tick())}
      </div>
      <div>
        <h3>${t`Ruled out`}</h3>
        ${lines(ruledOut, t`Nothing: no measurement rules out another cause.`, barred())}
      </div>
    </div>
    ${relations(incident, base)}
  </section>`
}

function lines(items: EvidenceLine[], none: string, sign: TemplateResult) {
  if (items.length === 0) return html`<p class="muted small">${none}</p>`
  return html`<ul>
    ${items.map(({ label, share, note }) => {
      const order = note === 'order only'
      return html`<li>${order ? info() : sign}<span class="wrap">${label}</span><span class="muted num">${share === undefined ? tx(note ?? '') : percent(share)}</span></li>`
    })}
  </ul>`
}

function percent(share: number): string {
  return t`${Math.round(share * 100)} %`
}

/** Which incident is the cause, and which are its symptoms. */
function relations({ explains, explainedBy, state }: IncidentDetail, base: string) {
  if (state === 'resolved') return nothing
  const link = ({ id, title }: { id: string; title: string }) => html`<a class="wrap" href="${base}/incident/${id}"><bdi>${title}</bdi></a>`
  return html`<p class="small muted relations">
    ${explains.length > 0 ? html`${explained(explains.map(link))} ` : nothing}
    ${explainedBy ? tr`Explained by ${link(explainedBy)}.` : t`Not explained by any other open incident.`}
  </p>`
}

function explained(links: TemplateResult[]) {
  const all = links.map((link, index) => html`${index > 0 ? t`, ` : nothing}${link}`)
  return links.length === 1 ? tr`Explains ${all}, which sends no notices while this is open.` : tr`Explains ${all}, which send no notices while this is open.`
}

const icon = (shape: unknown, label: string) => html`<svg viewBox="0 0 12 12" role="img" aria-label=${label}>${shape}</svg>`
const tick = () => icon(svg`<path d="M1.5 6.5 4.6 9.6 10.5 2.8" fill="none" stroke="currentColor" stroke-width="1.9"/>`, t`measured`)
const barred = () => icon(svg`<circle cx="6" cy="6" r="4.8" fill="none" stroke="currentColor" stroke-width="1.3"/><path d="M2.6 9.4 9.4 2.6" stroke="currentColor" stroke-width="1.3"/>`, t`ruled out`)
const info = () => icon(svg`<circle cx="6" cy="6" r="5" fill="none" stroke="currentColor" stroke-width="1.4"/><path d="M5.3 5.2h1.4V9H5.3zM5.3 2.9h1.4v1.4H5.3z" fill="currentColor"/>`, t`only the order in time`)
