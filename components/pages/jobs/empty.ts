import { html, type TemplateResult } from 'lit'
import type { Session } from '../../../schemas/actor.ts'
import { emptyState } from '../../parts/quiet.ts'
import { filterNames, type FilterValues } from './filters.ts'

const finished = ['completed', 'cancelled', 'discarded']

/** Nothing to show has several causes, and only one of them is that there is nothing. */
export function nothingThere(
  values: FilterValues,
  session: Session | undefined,
  { searched }: { searched?: { window: string } },
  clear: () => void,
): TemplateResult {
  const states = values.state.split(',')
  const notKept = session?.engine.lacks.finished_jobs
  if (notKept && states.some((state) => finished.includes(state))) return emptyState('Not kept by the engine', notKept)
  if (!filterNames.some((name) => values[name])) return emptyState('No jobs', 'What the host enqueues and your account may see appears here by itself.')
  const window = searched ? ` The search covered ${searched.window}.` : ''
  const button = html`<button type="button" class="button" @click=${clear}>Clear all filters</button>`
  return emptyState('No job matches', html`Widen the filters, or clear them all.${window}<br /><br />${button}`)
}
