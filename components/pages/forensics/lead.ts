import { html, nothing, type TemplateResult } from 'lit'
import type { Bundle } from '../../../schemas/forensics.ts'
import { provenances } from '../../../schemas/vocabulary.ts'
import { t, tx } from '../../core/words.ts'
import { chip, completenessChip, statusChip } from '../../parts/chip.ts'
import { sentence } from '../../parts/sentence.ts'
import '../../parts/time.ts'

/** The diagnosis: who, when, how much, and what changed. */
export function lead({ diagnosis, completeness, evidence }: Bundle): TemplateResult {
  const { state } = completeness
  const { status, title, detail, provenance } = diagnosis
  const whence = t`Provenance: ${tx(provenances[provenance] ?? provenances.unknown)}`
  return html`<section class="card lead-card ${state === 'unknown' ? '' : status}" part="diagnosis" aria-labelledby="diagnosis-title">
    <p class="chips">
      ${state === 'unknown' ? nothing : statusChip(status)}
      ${state === 'complete' ? chip('resolved', t`complete evidence`) : completenessChip(state)}
    </p>
    <h3 id="diagnosis-title" class="wrap">${headline(title)}</h3>
    <p class="small muted wrap" title=${whence}>${sentence(detail)}<span class="hidden-text"> ${whence}</span></p>
    ${evidence ? evidenceBelow(evidence) : nothing}
  </section>`
}

/** A point in time is shown as how long ago it was. */
function headline(title: string) {
  const [, before, at, after] = /^(.*?) at (\d{4}-\d\d-\d\dT[\d:.]+Z)(.*)$/s.exec(title) ?? []
  if (at === undefined) return sentence(title, { seconds: false })
  return html`${before} <ops-time at=${at} show="relative"></ops-time>${sentence(after!, { seconds: false })}`
}

function evidenceBelow({ error, before, after }: NonNullable<Bundle['evidence']>) {
  if (error === undefined && !before && !after) return nothing
  return html`<div part="evidence">
    ${error === undefined ? nothing : html`<pre class="error" tabindex="0" aria-label=${t`Error`}>${error}</pre>`}
    ${before || after ? html`<div class="beside">${before ? facts(t`Before`, before) : nothing} ${after ? facts(t`After`, after) : nothing}</div>` : nothing}
  </div>`
}

function facts(title: string, values: { label: string; value: string }[]) {
  return html`<div>
    <h4>${title}</h4>
    <dl>${values.map(({ label, value }) => html`<dt>${tx(label)}</dt><dd class="wrap num">${sentence(value, { seconds: false })}</dd>`)}</dl>
  </div>`
}
