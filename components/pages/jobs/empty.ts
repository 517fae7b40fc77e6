import { html, type TemplateResult } from 'lit'
import type { Session } from '../../../schemas/actor.ts'
import { t, tx } from '../../core/words.ts'
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
  if (notKept && states.some((state) => finished.includes(state))) return emptyState(t`Not kept by the engine`, tx(notKept))
  if (!filterNames.some((name) => values[name])) return emptyState(t`No jobs`, t`What the host enqueues and your account may see appears here by itself.`)
  const window = searched ? ` ${t`The search covered ${searched.window}.`}` : ''
  const button = html`<button type="button" class="button" @click=${clear}>${t`Clear all filters`}</button>`
  return emptyState(t`No job matches`, html`${t`Widen the filters, or clear them all.`}${window}<br /><br />${button}`)
}
