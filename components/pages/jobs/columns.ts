import { html, nothing, type TemplateResult } from 'lit'
import type { Job } from '../../../schemas/job.ts'
import { jobHref, jobsHref, shortId } from '../../parts/job-link.ts'
import { stateChip } from '../../parts/job-state.ts'
import '../../parts/time.ts'
import type { Row } from './rows.ts'

export interface Column {
  title: string
  cell: (job: Job, base: string) => unknown
}

/** What one may choose to see; job and state always stand first. */
export const columns = {
  queue: { title: 'Queue', cell: ({ queue }, base) => html`<a class="wrap plain" href=${jobsHref(base, { queue })}>${queue}</a>` },
  args: { title: 'Arguments', cell: ({ args }) => clamped(written(args), 'mono') },
  error: { title: 'Last error', cell: ({ error }) => (error ? clamped(error, 'error') : nothing) },
  attempt: { title: 'Attempt', cell: ({ attempt, maxAttempts }) => html`<span class="num">${attempt}${maxAttempts ? html`<span class="muted"> of ${maxAttempts}</span>` : nothing}</span>` },
  when: { title: 'When', cell: when },
  tags: { title: 'Tags', cell: ({ tags }, base) => tags.map((tag) => html`<a class="tag" href=${jobsHref(base, { tag })}>${tag}</a> `) },
  priority: { title: 'Priority', cell: ({ priority }) => html`<span class="num">${priority ?? ''}</span>` },
  created: { title: 'Created', cell: ({ createdAt }) => html`<ops-time at=${createdAt} show="relative"></ops-time>` },
  executor: { title: 'Executor', cell: ({ executor }) => (executor ? clamped(executor) : nothing) },
} satisfies Record<string, Column>
export type ColumnName = keyof typeof columns

/** The two that every row begins with. */
export function leadingCells({ job, changed, left }: Row, base: string): TemplateResult {
  const { id, worker, queue, state, engineState } = job
  // It takes the place of the engine's word, so that no row grows by it.
  const mark = left ? 'no longer matches' : changed ? 'changed just now' : ''
  return html`<th role="rowheader" scope="row" class="job">
      <a href=${jobHref(base, id)} data-job=${id}>${worker ?? queue}<span class="hidden-text"> ${id}</span></a>
      <span class="sub mono" title=${id} aria-hidden="true">${shortId(id)}</span>
    </th>
    <td role="cell" class="state">
      ${stateChip(state)} ${mark ? html`<span class="sub mark" title=${mark}>${mark}</span>` : engineState === state ? nothing : html`<span class="sub engine" title="The engine’s own word">${engineState}</span>`}
    </td>`
}

/** The one moment that matters in this state. */
function when({ state, dueAt, startedAt, finishedAt, createdAt }: Job): TemplateResult {
  const [word, at] =
    state === 'executing' && startedAt
      ? ['started', startedAt]
      : finishedAt
        ? [{ completed: 'completed', cancelled: 'cancelled' }[state as string] ?? 'ended', finishedAt]
        : (state === 'scheduled' || state === 'retryable' || state === 'available') && dueAt
          ? ['due', dueAt]
          : ['created', createdAt]
  return html`<span class="muted">${word}</span> <ops-time at=${at!} show="relative"></ops-time>`
}

function clamped(text: string, style = '') {
  return html`<span class="clamp ${style}" title=${text.slice(0, 1000)}>${text.slice(0, 400)}</span>`
}

/** On one line, as short as JSON goes. */
function written(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value)
}
