import { html, type TemplateResult } from 'lit'
import type { Session } from '../../../schemas/actor.ts'
import type { AuditEvent } from '../../../schemas/audit.ts'
import type { Deploy } from '../../../schemas/deploy.ts'
import type { ErrorGroup } from '../../../schemas/error-group.ts'
import type { Executor } from '../../../schemas/executor.ts'
import type { QueueDetail } from '../../../schemas/queue.ts'
import { t } from '../../core/words.ts'
import { histogramStyles } from '../../parts/histogram.ts'
import { ownershipStyles } from '../../parts/ownership.ts'
import type { Ask } from '../../parts/operation-fields.ts'
import { tagStyles } from '../../parts/tag.ts'
import { possibleStyles, whatMayBeDone } from '../queues/possible.ts'
import { chartCard, type ChartContext } from './chart.ts'
import { changesOf, executorsOf, fedBy, type ListContext, oldestWaiting, runningLongest, topErrors } from './lists.ts'
import { segmentStyles } from '../../parts/segments.ts'
import { restStyles } from './rest-styles.ts'

/** The data around the queue, as far as it has been read and the actor may see it. */
export interface Beside {
  executors?: readonly Executor[]
  errors?: readonly ErrorGroup[]
  changes?: readonly AuditEvent[]
  deploys: readonly Deploy[]
}

export interface RestContext extends ListContext, Omit<ChartContext, 'deploys'> {
  session: Session | undefined
  ask: (ask: Ask) => void
}

/** Everything but the headline. */
export function restOfQueue(queue: QueueDetail, { executors, errors, changes, deploys }: Beside, context: RestContext): { main: TemplateResult; side: TemplateResult } {
  return {
    main: html`${chartCard(queue, { ...context, deploys })}
      <div class="pair">${oldestWaiting(queue, context)} ${runningLongest(queue, context)}</div>
      ${topErrors(queue.name, errors, context)}`,
    side: html`<section class="card possible" part="possible" aria-labelledby="possible">
        <h2 id="possible">${t`What may be done`}</h2>
        ${whatMayBeDone(queue, context)}
      </section>
      ${fedBy(queue, context)} ${executorsOf(executors, queue, context)} ${changesOf(queue.name, changes, deploys, context)}`,
  }
}

/** Adopted when this part has been loaded, which keeps the initial page small. */
export function adoptRestStyles(root: ShadowRoot): void {
  const styles = [ownershipStyles, histogramStyles, tagStyles, possibleStyles, segmentStyles, restStyles]
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, ...styles.flatMap(({ styleSheet }) => styleSheet ?? [])]
}
