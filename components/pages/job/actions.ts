import { html, nothing, type TemplateResult } from 'lit'
import type { JobDetail } from '../../../schemas/job.ts'
import { operationActions } from '../../../schemas/actions.ts'
import { t, tx } from '../../core/words.ts'
import type { MenuItem } from '../../parts/menu.ts'
import type { Ask } from '../../parts/operation-fields.ts'
import type { JobOperation } from '../jobs/operations.ts'

export interface Doing {
  job: JobDetail
  /** Where this job is in the API. */
  address: string
  ask: (ask: Ask) => void
  /** What was copied, for those who do not see it. */
  say: (words: string) => void
}

/** The operation that most likely helps, as a button, and everything else in a menu: what is not possible is there with its reason. */
export function jobActions({ job, ask }: Doing, items: MenuItem[] = []): TemplateResult {
  const main = mainAction(job)
  const permission = job.operations[main]
  return html`<button
      type="button"
      data-action=${main}
      class="button ${permission?.allowed && main !== 'cancel_job' ? 'primary' : ''}"
      ?disabled=${!permission?.allowed}
      aria-describedby=${permission?.allowed ? nothing : 'why-not'}
      @click=${() => ask({ action: main, id: job.id })}
    >
      ${main === 'restore_job' ? t`Undo the discard…` : words(main)}</button
    ><ops-menu label=${t`More for this job`} .items=${items}></ops-menu>`
}

/** Why this actor can do nothing to the job, or not what would help most. Everything else has its reason in the menu. */
export function refusalOf({ operations, ...job }: JobDetail): TemplateResult | typeof nothing {
  const permission = operations[mainAction({ operations, ...job })]
  return permission && !permission.allowed ? html`<p class="refusal" id="why-not">${permission.reason ?? t`Your account may not do this.`}</p>` : nothing
}

/** A discard that can still be undone comes first, then what gets the job going again. */
export function mainAction({ state, operations }: JobDetail): JobOperation {
  if (state === 'discarded' && operations.restore_job?.allowed) return 'restore_job'
  if (operations.rescue_job?.allowed) return 'rescue_job'
  return operations.retry_job?.allowed || !operations.cancel_job?.allowed ? 'retry_job' : 'cancel_job'
}

export function words(action: JobOperation): string {
  return `${tx(operationActions[action].label)}…`
}
