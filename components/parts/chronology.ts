import { css, html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { ChronologyItem } from '../../schemas/forensics.ts'
import { provenances, slotOutcomes } from '../../schemas/vocabulary.ts'
import { outcomeChip } from './outcome-chip.ts'
import { sentence } from './sentence.ts'
import { markOf } from './strip.ts'
import { subjectTypeLabel } from './subject-link.ts'
import './time.ts'

/** The known events, newest first, each with its source and provenance. */
export function chronology(items: ChronologyItem[]): TemplateResult {
  return html`<section class="card chronology" part="chronology" aria-labelledby="chronology-title">
    <div class="section-head">
      <h3 id="chronology-title">Chronology</h3>
      <span class="muted small">newest first · all sources</span>
    </div>
    ${items.length === 0 ? html`<p class="muted nothing-known">Nothing is recorded in this window.</p>` : nothing}
    <ol>
      ${repeat(items, ({ ref, at }) => `${ref.type}:${ref.id}@${at}`, line)}
    </ol>
  </section>`
}

function line(item: ChronologyItem) {
  const { provenance } = item
  return html`<li class="line ${provenance === 'unknown' ? 'unknown' : ''}" part="chronology-item">
    <div class="when mono"><ops-time at=${item.at} show="exact" precise></ops-time></div>
    <div class="what">
      <p class="wrap">${sign(item)} ${said(item)}</p>
      ${item.detail ? html`<p class="small muted ${item.source === 'audit' ? 'quote' : 'wrap'}">${item.source === 'audit' ? item.detail : sentence(item.detail)}</p>` : nothing}
      ${item.ref.href ? html`<a class="small way" href=${item.ref.href}>Open ${subjectTypeLabel(item.ref.type)}</a>` : nothing}
    </div>
    <div class="whence small muted">${item.source}<br />${provenances[provenance] ?? provenances.unknown}</div>
  </li>`
}

/** The mark of a slot, or the chip of an unsuccessful attempt. */
function sign({ outcome }: ChronologyItem) {
  if (!outcome || outcome === 'succeeded') return nothing
  return outcome in slotOutcomes ? markOf(outcome) : outcomeChip(outcome)
}

/** The label with its actor in bold, mentioned only once. */
function said({ label, actor }: ChronologyItem) {
  if (!actor) return label
  if (label.startsWith(`${actor.label} `)) return html`<b>${actor.label}</b>${label.slice(actor.label.length)}`
  return html`${label} <span class="muted">by</span> <b>${actor.label}</b>`
}

export const chronologyStyles = css`
  .chronology .section-head {
    padding: 14px 16px 10px;
    margin: 0;
  }
  .nothing-known {
    padding: 0 16px 16px;
  }
  .line {
    display: grid;
    grid-template-columns: 190px minmax(0, 1fr) 130px;
    gap: 4px 16px;
    padding: 10px 16px;
    border-top: 1px solid var(--_line);
  }
  .line.unknown {
    border-top-style: dashed;
  }
  .line .when {
    color: var(--_muted);
  }
  .whence {
    text-align: end;
  }
  @container ops-page (max-width: 620px) {
    .line {
      grid-template-columns: minmax(0, 1fr) auto;
    }
    .line .what {
      grid-column: 1 / -1;
      grid-row: 2;
    }
  }
`
