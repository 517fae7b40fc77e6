import { html, nothing, type TemplateResult } from 'lit'
import { type OperationAction, operationLabel, subjectPath, type SubjectType } from '../../schemas/actions.ts'
import type { AuditEvent } from '../../schemas/audit.ts'
import { problemCodes } from '../../schemas/problem-codes.ts'
import { clockTime, exactTime } from '../core/time.ts'
import { t, tn, tr, tx } from '../core/words.ts'
import { deedSentence } from './audit-words.ts'
import { shortId } from './job-link.ts'
import { outcomeChip } from './outcome-chip.ts'
import { forensicsHref } from './subject-link.ts'

export interface DeedContext {
  base: string
  locale: string | undefined
}

/** Who did what, with links to what it is about. */
export function deedOf(event: AuditEvent, context: DeedContext): unknown[] {
  const { actor, eventType, action, outcome } = event
  const vain = outcome === 'denied' || (outcome === 'failed' && actor.type !== 'system')
  const who = actor.type === 'system' ? t`the system` : html`<b title=${`${actor.label} (${actor.type}, ${actor.id})`}><bdi>${actor.label}</bdi></b>`
  const what = event.subject.type === 'bulk' ? jobsOf(event, context) : subjectOf(event, context)
  if (outcome === 'requested') return tr`${who} asked the engine: ${tx(operationLabel(action as OperationAction))}, ${what}`
  return deedSentence({ eventType, action, vain }, who, what)
}

/** What the sentence leaves open: why it was refused, until when, from what to what. */
export function detailOf({ outcome, code, eventType, before, after, metadata }: AuditEvent, locale: string | undefined): string {
  if (code && outcome !== 'succeeded') return tx(problemCodes[code as keyof typeof problemCodes]?.[1] ?? code)
  const at = (value: unknown) => (typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? exactTime(Date.parse(value), { locale, seconds: false }) : '')
  const until = at(after?.resumeAt) || at(after?.until) || at(after?.silencedUntil)
  if (until && after !== undefined) return t`until ${until}`
  const result = metadata.result as { slotAt?: unknown } | undefined
  if (eventType === 'cron.slot_skipped') return at(after?.slotAt ?? result?.slotAt)
  if (eventType === 'queue.scaled' && typeof after?.limit === 'number') return t`from ${Number(before?.limit ?? 0)} to ${after.limit}`
  if (eventType === 'cron.updated' && typeof before?.expression === 'string' && before.expression !== after?.expression) return t`${before.expression} → ${String(after?.expression)}`
  return ''
}

/** The subject by the name that says most: a job by its queue, an incident by its title. */
function subjectOf({ subject, metadata }: AuditEvent, { base }: DeedContext): TemplateResult {
  const resource = metadata.resource as { queue?: unknown } | undefined
  const name =
    subject.type === 'job'
      ? `${typeof resource?.queue === 'string' ? resource.queue : t`job`} ${shortId(subject.id)}`
      : subject.type === 'incident' && typeof metadata.title === 'string'
        ? metadata.title
        : /^[\da-f-]{36}$/i.test(subject.id)
          ? shortId(subject.id)
          : subject.id
  return html`<a href=${forensicsHref(base, subject)} title=${subject.id}><bdi>${name}</bdi></a>`
}

/** `23,000 of 30,003 jobs in gift_reminder`. */
function jobsOf({ subject, jobs, run, metadata }: AuditEvent, { base }: DeedContext): unknown {
  const eligible = run?.eligible ?? (typeof metadata.eligible === 'number' ? metadata.eligible : jobs)
  const done = run ? (run.outcomes.done ?? 0) : (jobs ?? eligible)
  const count = eligible === undefined ? t`a selection of jobs` : done === eligible ? tn(done, '# job', '# jobs') : t`${done ?? 0} of ${tn(eligible, '# job', '# jobs')}`
  const link = html`<a href=${base + subjectPath('bulk', subject.id)}>${count}</a>`
  const queues = (metadata.resource as { queues?: unknown } | undefined)?.queues
  if (!Array.isArray(queues) || queues.length === 0) return link
  if (queues.length > 1) return tr`${link} in ${tn(queues.length, '# queue', '# queues')}`
  return tr`${link} in ${html`<a href=${base + subjectPath('queue' satisfies SubjectType, String(queues[0]))}><bdi>${queues[0]}</bdi></a>`}`
}

export interface DeedRow extends DeedContext {
  /** Whether it is shown in full. */
  open: boolean
  select: (click: MouseEvent, id: string) => void
  /** How a run ended. */
  outcome?: unknown
  /** For a run with batches: whether they are shown. */
  unfolded?: boolean
  unfold?: (event: AuditEvent) => void
}

/** One deed in one line. */
export function deedRow(event: AuditEvent, row: DeedRow): TemplateResult {
  const { base, locale, open, select, unfolded = false, unfold } = row
  const { id, outcome, source, reason, actor } = event
  const time = clockTime(Date.parse(event.occurredAt), locale)
  const detail = detailOf(event, locale)
  const clicked = (click: MouseEvent) => {
    const onControl = click.composedPath().some((node) => node instanceof HTMLElement && node.matches('a:not(.time), button'))
    if (!onControl) select(click, id)
  }
  return html`<li class="event ${outcome} ${open ? 'selected' : ''} ${actor.type === 'system' ? 'system' : ''}" part="row" @click=${clicked}>
    <a class="time num" href="${base}/audit?event=${encodeURIComponent(id)}" data-event=${id} aria-expanded=${open} aria-label=${t`${time}, show in full`}>${time}</a>
    ${unfold
      ? html`<button type="button" class="fold" aria-expanded=${unfolded} aria-label=${t`Batches of this run`} @click=${() => unfold(event)}><svg viewBox="0 0 16 16" aria-hidden="true"><path d="M6 4l4 4-4 4" /></svg></button>`
      : nothing}
    <span class="deed">
      ${outcome === 'succeeded' ? nothing : outcomeChip(outcome)} ${deedOf(event, row)}${detail ? html`<span class="muted">${`, ${detail}`}</span>` : nothing} ${row.outcome}
      ${reason ? html`<q class="why" title=${reason}><bdi>${reason}</bdi></q>` : nothing}
    </span>
    <span class="from">${tx(source)}</span>
  </li>`
}
