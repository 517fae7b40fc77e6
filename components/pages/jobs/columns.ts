import { html, nothing, type TemplateResult } from 'lit'
import type { JobTimeName } from '../../../schemas/job-filters.ts'
import type { Job } from '../../../schemas/job.ts'
import { t } from '../../core/words.ts'
import { jobHref, jobsHref } from '../../parts/job-link.ts'
import { stateChip } from '../../parts/job-state.ts'
import '../../parts/time.ts'
import type { Row } from './rows.ts'

export interface Column {
  title: () => string
  cell: (job: Job, base: string) => unknown
}

/** What one may choose to see; the job always comes first and its time last. */
export const columns = {
  queue: { title: () => t`Queue`, cell: ({ queue }, base) => html`<a class="wrap plain" href=${jobsHref(base, { queue })}><bdi>${queue}</bdi></a>` },
  error: { title: () => t`Last error`, cell: ({ error }) => (error ? clamped(error, 'error mono') : nothing) },
  args: { title: () => t`Arguments`, cell: ({ args }) => clamped(written(args), 'mono') },
  attempt: { title: () => t`Attempt`, cell: ({ attempt, maxAttempts }) => html`<span class="num">${attempt}${maxAttempts ? html`<span class="muted">${t` of ${maxAttempts}`}</span>` : nothing}</span>` },
  tags: { title: () => t`Tags`, cell: ({ tags }, base) => tags.map((tag) => html`<a class="tag" href=${jobsHref(base, { tag })}><bdi>${tag}</bdi></a> `) },
  priority: { title: () => t`Priority`, cell: ({ priority }) => html`<span class="num">${priority ?? ''}</span>` },
  created: { title: () => t`Created`, cell: ({ createdAt }) => html`<ops-time at=${createdAt} show="relative"></ops-time>` },
  executor: { title: () => t`Executor`, cell: ({ executor }) => (executor ? clamped(executor) : nothing) },
} satisfies Record<string, Column>
export type ColumnName = keyof typeof columns

/** The columns in the order in which they stand. Where every job has failed, the error comes first and gets the room. */
export function columnsInOrder(chosen: readonly ColumnName[]): ColumnName[] {
  return (Object.keys(columns) as ColumnName[]).filter((name) => chosen.includes(name))
}

export interface Leading {
  base: string
  /** Query of the list, for the way back and to the jobs beside it; empty for the whole list. */
  list: string
  /** Every job is in the same state, so that the state needs no column. */
  single: boolean
  by: JobTimeName
}

/** The cells that every row begins with. */
export function leadingCells({ job, changed, left }: Row, { base, list, single, by }: Leading): TemplateResult {
  const { id, worker, queue, state, engineState } = job
  const mark = left ? t`no longer matches` : changed ? t`changed just now` : ''
  const marked = mark ? html`<span class="sub mark" title=${mark}>${mark}</span>` : nothing
  const href = jobHref(base, id) + (list ? `?list=${encodeURIComponent(list)}` : '')
  return html`<th role="rowheader" scope="row" class="job">
      <a href=${href} data-job=${id}><bdi>${worker ?? queue}</bdi><span class="hidden-text"> ${id}</span></a>
      <span class="sub mono" title=${id} aria-hidden="true">${id.length > 18 ? `…${id.slice(-6)}` : id}</span> ${single ? marked : nothing}
    </th>
    ${single
      ? nothing
      : html`<td role="cell" class="state">
          ${stateChip(state)} ${mark ? marked : html`<span class="sub">${engineState === state ? nothing : html`<span class="engine" title=${t`The engine’s own word`}>${engineState}</span> `}${moment(job, by)}</span>`}
        </td>`}`
}

/** What matters in this state, unless it is the time that the list shows anyway. */
function moment({ state, createdAt, dueAt, startedAt, finishedAt }: Job, by: JobTimeName) {
  const time = (at: string) => html`<ops-time at=${at} show="relative"></ops-time>`
  if (state === 'executing' && startedAt) return html`${t`started`} ${time(startedAt)}`
  if (finishedAt) return by === 'finished' ? nothing : time(finishedAt)
  // A job that was due at once says nothing new by it.
  const comes = state === 'scheduled' || state === 'retryable' || state === 'available'
  return comes && dueAt && by !== 'due' && Date.parse(dueAt) - Date.parse(createdAt) > 1000 ? html`${t`due`} ${time(dueAt)}` : nothing
}

/** The time that the list is sorted by. */
export function timeTitle(by: JobTimeName): string {
  return { created: t`Created`, due: t`Due`, finished: t`Ended` }[by]
}

function clamped(text: string, style = '') {
  return html`<bdi class="clamp ${style}" dir=${style ? 'ltr' : 'auto'} title=${text.slice(0, 1000)}>${text.slice(0, 400)}</bdi>`
}

/** On one line, as short as JSON goes. */
function written(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value)
}
