import { html, nothing, type TemplateResult } from 'lit'
import { auditPath, subjectPath } from '../../../schemas/actions.ts'
import type { AuditEvent } from '../../../schemas/audit.ts'
import type { Deploy } from '../../../schemas/deploy.ts'
import type { ErrorGroup } from '../../../schemas/error-group.ts'
import { eventFacts } from '../../../schemas/event-types.ts'
import type { Executor } from '../../../schemas/executor.ts'
import { formatCount } from '../../../schemas/plural.ts'
import type { QueueDetail } from '../../../schemas/queue.ts'
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
  const all = due?.count && mayOpen(href) ? html`<a href=${href}>All ${formatCount(due.count)}${due.how === 'capped' ? '+' : ''}</a>` : nothing
  if (oldest === null) return card('oldest', 'Oldest waiting', nothing, nothingIn('Not known: the engine did not answer.'))
  return card('oldest', 'Oldest waiting', all, oldest.length === 0
    ? nothingIn(mayOpen(href) ? 'No jobs are waiting.' : 'Your account may not see jobs.')
    : html`<ul>
        ${oldest.map(({ id, dueAt, worker, cronEntry }) => html`<li>
          ${jobLink(base, id)} <b class="num"><ops-time show="age" at=${dueAt}></ops-time></b>
          <span class="muted wrap">${cronEntry ? html`<a class="plain" href=${entryHref(base, cronEntry)}>${cronEntry}</a>` : (worker ?? '')}</span>
        </li>`)}
      </ul>`)
}

export function runningLongest({ running }: QueueDetail, { base, locale }: ListContext): TemplateResult {
  if (running === null) return card('running', 'Running longest', nothing, nothingIn('Not known: the engine cannot find them cheaply, or your account may not see jobs.'))
  const aside = html`as of <ops-time show="relative" at=${running.asOf}></ops-time>`
  return card('running', 'Running longest', aside, running.jobs.length === 0
    ? nothingIn('No job has been running for more than ten seconds.')
    : html`<ul>
        ${running.jobs.map(({ id, startedAt, usualSeconds, executor }) => html`<li>
          ${jobLink(base, id)} <b class="num"><ops-time show="age" at=${startedAt}></ops-time></b>
          <span class="muted wrap">${usualSeconds === null ? 'usual time not known' : `usually ${seconds(usualSeconds, locale)}`}${executor ? `, ${executor}` : ''}</span>
        </li>`)}
      </ul>`)
}

export function topErrors(name: string, groups: readonly ErrorGroup[] | undefined, { base, locale, mayOpen }: ListContext): TemplateResult | typeof nothing {
  if (!groups) return nothing
  const all = `${base}/errors?queue=${encodeURIComponent(name)}`
  const top = Math.max(1, ...groups.flatMap(({ histogram: { counts } }) => counts.map((count) => count ?? 0)))
  return card('errors', 'Top errors, 24 h', mayOpen(all) ? html`<a href=${all}>In Errors</a>` : nothing, groups.length === 0
    ? nothingIn('No attempt failed.')
    : html`<ul>
        ${groups.map(({ fingerprint, title, count, lastSeenAt, state, histogram: { counts } }) => html`<li class="error">
          <a class="mono plain message" href="${base}/errors?group=${encodeURIComponent(fingerprint)}">${title}</a>
          ${histogram({ values: counts, top, label: `${formatCount(count, locale)} failures in a day` })}
          <span class="num"><b>${formatCount(count, locale)}</b> <span class="muted">last <ops-time show="relative" at=${lastSeenAt}></ops-time></span></span>
          ${errorStateTag(state)}
        </li>`)}
      </ul>`)
}

export function fedBy({ fedBy: { entries, looked } }: QueueDetail, { base }: ListContext): TemplateResult {
  const made = entries.reduce((sum, { waiting }) => sum + (waiting ?? 0), 0)
  const rest = looked ? looked.jobs - made : 0
  const of = (count: number) => html`<b class="num">${formatCount(count)}</b> of ${formatCount(looked!.jobs)}`
  const aside = looked && !looked.all ? `of the oldest ${formatCount(looked.jobs)} waiting` : nothing
  return card('fed-by', 'Fed by', aside, entries.length === 0 && !rest
    ? nothingIn('No cron entry that your account may see.')
    : html`<ul>
        ${entries.map(({ name, waiting, paused, nextSlotAt }) => html`<li>
          <span class="wrap"><a href=${entryHref(base, name)}>${name}</a><br /><span class="small muted">${paused ? 'paused' : nextSlotAt ? html`next <ops-time show="relative" at=${nextSlotAt}></ops-time>` : 'no next run'}</span></span>
          <span>${waiting === null || !looked?.jobs ? nothing : of(waiting)}</span>
        </li>`)}
        ${rest > 0 ? html`<li><span>the application</span> <span>${of(rest)}</span></li>` : nothing}
      </ul>`)
}

export function executorsOf(executors: readonly Executor[] | undefined, queue: QueueDetail, { base, mayOpen }: ListContext): TemplateResult {
  const href = `${base}/executors?queue=${encodeURIComponent(queue.name)}`
  const link = mayOpen(href) ? html`<a href=${href}>All</a>` : nothing
  const seen = queue.executors === 0 ? html`<b class="still">none now</b>` : link
  if (!executors?.length) return card('executors', 'Executors', seen, nothingIn(queue.executors === null ? 'Not known: no executor reports that it serves this queue, and the engine does not report any.' : `${formatCount(queue.executors)} seen by the engine.`))
  return card('executors', 'Executors', seen, html`<ul>
    ${executors.map(({ name, host, version, health, beatAt }) => html`<li>
      <span class="wrap"><b>${name}</b> <span class="muted">${host}${version ? ` · ${version}` : ''}</span>${beatAt && health !== 'healthy' ? html`<br /><span class="small muted">last seen <ops-time show="relative" at=${beatAt}></ops-time></span>` : nothing}</span>
      <span class="health ${health}">${health}</span>
    </li>`)}
  </ul>`)
}

export function changesOf(name: string, events: readonly AuditEvent[] | undefined, deploys: readonly Deploy[], { base, mayOpen }: ListContext): TemplateResult | typeof nothing {
  if (!events && deploys.length === 0) return nothing
  const audit = base + auditPath('queue', name)
  const lines = [
    ...(events ?? []).map(({ occurredAt, actor, eventType, outcome, reason }) => ({
      at: occurredAt,
      said: html`<b>${actor.label}</b> ${eventFacts[eventType as keyof typeof eventFacts]?.verb ?? eventType}${outcome === 'succeeded' ? nothing : html` ${outcomeChip(outcome)}`}${reason ? html` <span class="quote muted">${reason}</span>` : nothing}`,
    })),
    ...deploys.map(({ at, version }) => ({ at, said: html`${deployTag()} <b>${version}</b>` })),
  ].toSorted((a, b) => (a.at < b.at ? 1 : -1))
  return card('changes', 'Its changes', mayOpen(audit) ? html`<a href=${audit}>Audit</a>` : nothing, lines.length === 0
    ? nothingIn('Nobody has changed it.')
    : html`<ul>${lines.slice(0, 6).map(({ at, said }) => html`<li class="change"><span class="wrap">${said}</span> <span class="muted num"><ops-time show="relative" at=${at}></ops-time></span></li>`)}</ul>`)
}
