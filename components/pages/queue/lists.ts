import { html, nothing, type TemplateResult } from 'lit'
import { auditPath, subjectPath } from '../../../schemas/actions.ts'
import type { AuditEvent } from '../../../schemas/audit.ts'
import type { Deploy } from '../../../schemas/deploy.ts'
import type { ErrorGroup } from '../../../schemas/error-group.ts'
import { eventFacts } from '../../../schemas/event-types.ts'
import type { Executor } from '../../../schemas/executor.ts'
import { formatCount } from '../../../schemas/plural.ts'
import type { QueueDetail } from '../../../schemas/queue.ts'
import { t, tn, tr, tx } from '../../core/words.ts'
import { jobLink, jobsHref } from '../../parts/job-link.ts'
import { histogram } from '../../parts/histogram.ts'
import { seconds } from '../queues/figures.ts'
import { outcomeChip } from '../../parts/outcome-chip.ts'
import { deployTag, errorStateTag } from '../../parts/tag.ts'

export interface ListContext {
  base: string
  locale: string | undefined
  mayOpen: (href: string) => boolean
}

const card = (part: string, title: string, aside: unknown, content: unknown) =>
  html`<section class="card box" part=${part} aria-label=${title}>
    <div class="box-head"><h2>${title}</h2> <span class="small muted">${aside}</span></div>
    ${content}
  </section>`
const nothingIn = (words: string) => html`<p class="none muted">${words}</p>`
const entryHref = (base: string, name: string) => base + subjectPath('cron_entry', name)

export function oldestWaiting({ name, oldest, due }: QueueDetail, { base, mayOpen }: ListContext): TemplateResult {
  const href = jobsHref(base, { queue: name, state: 'available' })
  const all = due?.count && mayOpen(href) ? html`<a href=${href}>${due.how === 'capped' ? t`All ${due.count}+` : t`All ${due.count}`}</a>` : nothing
  if (oldest === null) return card('oldest', t`Oldest waiting`, nothing, nothingIn(t`Not known: the engine did not answer.`))
  return card('oldest', t`Oldest waiting`, all, oldest.length === 0
    ? nothingIn(mayOpen(href) ? t`No jobs are waiting.` : t`Your account may not see jobs.`)
    : html`<ul>
        ${oldest.map(({ id, dueAt, worker, cronEntry }) => html`<li>
          ${jobLink(base, id)} <b class="num"><ops-time show="age" at=${dueAt}></ops-time></b>
          <span class="muted wrap">${cronEntry ? html`<a class="plain" href=${entryHref(base, cronEntry)}><bdi>${cronEntry}</bdi></a>` : html`<bdi>${worker ?? ''}</bdi>`}</span>
        </li>`)}
      </ul>`)
}

export function runningLongest({ running }: QueueDetail, { base, locale }: ListContext): TemplateResult {
  if (running === null) return card('running', t`Running longest`, nothing, nothingIn(t`Not known: the engine cannot find them cheaply, or your account may not see jobs.`))
  const aside = tr`as of ${html`<ops-time show="relative" at=${running.asOf}></ops-time>`}`
  return card('running', t`Running longest`, aside, running.jobs.length === 0
    ? nothingIn(t`No job has been running for more than ten seconds.`)
    : html`<ul>
        ${running.jobs.map(({ id, startedAt, usualSeconds, executor }) => html`<li>
          ${jobLink(base, id)} <b class="num"><ops-time show="age" at=${startedAt}></ops-time></b>
          <span class="muted wrap">${usualSeconds === null ? t`usual time not known` : t`usually ${seconds(usualSeconds, locale)}`}${executor ? html`, <bdi>${executor}</bdi>` : nothing}</span>
        </li>`)}
      </ul>`)
}

export function topErrors(name: string, groups: readonly ErrorGroup[] | undefined, { base, locale, mayOpen }: ListContext): TemplateResult | typeof nothing {
  if (!groups) return nothing
  const all = `${base}/errors?queue=${encodeURIComponent(name)}`
  const top = Math.max(1, ...groups.flatMap(({ histogram: { counts } }) => counts.map((count) => count ?? 0)))
  return card('errors', t`Top errors, 24 h`, mayOpen(all) ? html`<a href=${all}>${t`In Errors`}</a>` : nothing, groups.length === 0
    ? nothingIn(t`No attempt failed.`)
    : html`<ul>
        ${groups.map(({ fingerprint, title, count, lastSeenAt, state, histogram: { counts } }) => html`<li class="error">
          <a class="mono plain message" href="${base}/errors?group=${encodeURIComponent(fingerprint)}"><bdi>${title}</bdi></a>
          ${histogram({ values: counts, top, label: tn(count, '# failure in a day', '# failures in a day') })}
          <span class="num"><b>${formatCount(count, locale)}</b> <span class="muted">${tr`last ${html`<ops-time show="relative" at=${lastSeenAt}></ops-time>`}`}</span></span>
          ${errorStateTag(state)}
        </li>`)}
      </ul>`)
}

export function fedBy({ fedBy: { entries, looked } }: QueueDetail, { base }: ListContext): TemplateResult {
  const made = entries.reduce((sum, { waiting }) => sum + (waiting ?? 0), 0)
  const rest = looked ? looked.jobs - made : 0
  const of = (count: number) => tr`${html`<b class="num">${formatCount(count)}</b>`} of ${looked!.jobs}`
  const aside = looked && !looked.all ? t`of the oldest ${looked.jobs} waiting` : nothing
  return card('fed-by', t`Fed by`, aside, entries.length === 0 && !rest
    ? nothingIn(t`No cron entry that your account may see.`)
    : html`<ul>
        ${entries.map(({ name, waiting, paused, nextSlotAt }) => html`<li>
          <span class="wrap"><a href=${entryHref(base, name)}><bdi>${name}</bdi></a><br /><span class="small muted">${paused ? t`paused` : nextSlotAt ? tr`next ${html`<ops-time show="relative" at=${nextSlotAt}></ops-time>`}` : t`no next run`}</span></span>
          <span>${waiting === null || !looked?.jobs ? nothing : of(waiting)}</span>
        </li>`)}
        ${rest > 0 ? html`<li><span>${t`the application`}</span> <span>${of(rest)}</span></li>` : nothing}
      </ul>`)
}

export function executorsOf(executors: readonly Executor[] | undefined, queue: QueueDetail, { base, mayOpen }: ListContext): TemplateResult {
  const href = `${base}/executors?queue=${encodeURIComponent(queue.name)}`
  const link = mayOpen(href) ? html`<a href=${href}>${t`All`}</a>` : nothing
  const seen = queue.executors === 0 ? html`<b class="still">${t`none now`}</b>` : link
  if (!executors?.length) return card('executors', t`Executors`, seen, nothingIn(queue.executors === null ? t`Not known: no executor reports that it serves this queue, and the engine does not report any.` : t`${queue.executors} seen by the engine.`))
  return card('executors', t`Executors`, seen, html`<ul>
    ${executors.map(({ name, host, version, health, beatAt }) => html`<li>
      <span class="wrap"><b><bdi>${name}</bdi></b> <span class="muted"><bdi>${host}</bdi>${version ? html` · <bdi>${version}</bdi>` : nothing}</span>${beatAt && health !== 'healthy' ? html`<br /><span class="small muted">${tr`last seen ${html`<ops-time show="relative" at=${beatAt}></ops-time>`}`}</span>` : nothing}</span>
      <span class="health ${health}">${tx(health)}</span>
    </li>`)}
  </ul>`)
}

export function changesOf(name: string, events: readonly AuditEvent[] | undefined, deploys: readonly Deploy[], { base, mayOpen }: ListContext): TemplateResult | typeof nothing {
  if (!events && deploys.length === 0) return nothing
  const audit = base + auditPath('queue', name)
  const lines = [
    ...(events ?? []).map(({ occurredAt, actor, eventType, outcome, reason }) => ({
      at: occurredAt,
      said: html`<b><bdi>${actor.label}</bdi></b> ${tx(eventFacts[eventType as keyof typeof eventFacts]?.verb ?? eventType)}${outcome === 'succeeded' ? nothing : html` ${outcomeChip(outcome)}`}${reason ? html` <bdi class="quote muted">${reason}</bdi>` : nothing}`,
    })),
    ...deploys.map(({ at, version }) => ({ at, said: html`${deployTag()} <b><bdi>${version}</bdi></b>` })),
  ].toSorted((a, b) => (a.at < b.at ? 1 : -1))
  return card('changes', t`Its changes`, mayOpen(audit) ? html`<a href=${audit}>${t`Audit`}</a>` : nothing, lines.length === 0
    ? nothingIn(t`Nobody has changed it.`)
    : html`<ul>${lines.slice(0, 6).map(({ at, said }) => html`<li class="change"><span class="wrap">${said}</span> <span class="muted num"><ops-time show="relative" at=${at}></ops-time></span></li>`)}</ul>`)
}
