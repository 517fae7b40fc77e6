import { html, nothing, type TemplateResult } from 'lit'
import type { JobDetail } from '../../../schemas/job.ts'
import { t } from '../../core/words.ts'
import { completenessChip } from '../../parts/chip.ts'
import { diffStyles } from '../../parts/diff.ts'
import { histogramStyles } from '../../parts/histogram.ts'
import { nextPathList, nextPathStyles } from '../../parts/next-paths.ts'
import type { Ask } from '../../parts/operation-fields.ts'
import { sentence } from '../../parts/sentence.ts'
import { jobEvents } from './events.ts'
import { jobFacts, jobOrigin } from './facts.ts'
import { fateStyles } from './fate.ts'
import { lifeStyles } from './life-bar.ts'

export { Keys } from '../../core/keys.ts'
export { jobMenu } from './menu.ts'
export { findNeighbours, listHref, stepper } from './neighbours.ts'
export { jobStory } from './story.ts'

interface Around {
  base: string
  forensicsHref: string
  auditHref: string
  ask: (ask: Ask) => void
}

/** Facts, origin, what was done to it, and where to go from here. */
export function jobSide(job: JobDetail, { base, forensicsHref, auditHref, ask }: Around): TemplateResult {
  return html`${jobFacts(job, base)} ${jobOrigin(job, base)} ${jobEvents(job, base, auditHref)} ${evidence(job, forensicsHref)}
  ${job.forensics ? nextPathList(furtherPaths(job), undefined, ask) : nothing}`
}

export const restStyles = [diffStyles, histogramStyles, fateStyles, lifeStyles, nextPathStyles]

function evidence({ forensics }: JobDetail, forensicsHref: string) {
  if (!forensics) return nothing
  const { state: completeness, reasons } = forensics.completeness
  return html`<section class="card padded" aria-label=${t`Evidence`}>
    <p class="section-head">${completenessChip(completeness)} <a class="linked small" href=${forensicsHref}>${t`Forensics`}</a></p>
    ${reasons.length > 0 ? html`<ul class="reasons small muted">${reasons.map((reason) => html`<li class="wrap">${sentence(reason)}</li>`)}</ul>` : nothing}
  </section>`
}

/** Operations on the job itself are already shown at the top. */
function furtherPaths({ id, forensics }: JobDetail) {
  return forensics?.nextPaths.filter(({ operation }) => operation?.subject.type !== 'job' || operation.subject.id !== id) ?? []
}
