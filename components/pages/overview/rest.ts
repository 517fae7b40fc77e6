import { html, nothing, type TemplateResult } from 'lit'
import type { Permission } from '../../../schemas/actor.ts'
import type { ErrorGroup } from '../../../schemas/error-group.ts'
import type { Overview } from '../../../schemas/overview.ts'
import '../../parts/chart.ts'
import '../../parts/confirm.ts'
import type { Ask } from '../../parts/confirm.ts'
import { bucketsView, reviewCard } from './buckets.ts'
import { changesCard } from './changes.ts'
import { incidentsCard } from './incidents.ts'
import { restStyles } from './rest-styles.ts'

export { rangeControl } from '../../parts/range-control.ts'

export interface RestContext {
  base: string
  locale: string | undefined
  ask: (ask: Ask) => void
  /** Error groups with failures within the last hour; undefined while they are loading. */
  errors?: ErrorGroup[]
  /** Whether this actor may retry jobs, and why not. */
  retry?: Permission
}

/** Everything below the sentence. */
export function restOfOverview(overview: Overview, context: RestContext): TemplateResult {
  return html`${overview.incidents?.open ? incidentsCard(overview.incidents, context) : nothing}
    <div class="columns">
      <div>${reviewCard(overview.buckets, context)} ${bucketsView(overview.buckets, context)}</div>
      ${changesCard(overview, context)}
    </div>`
}

/** Adopted when this part has been loaded, which keeps the initial page small. */
export function adoptRestStyles(root: ShadowRoot): void {
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, ...restStyles.flatMap(({ styleSheet }) => styleSheet ?? [])]
}
