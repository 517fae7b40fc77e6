import { html, nothing, type TemplateResult } from 'lit'
import type { Executor, ExecutorList } from '../../../schemas/executor.ts'
import { countOf } from '../../../schemas/plural.ts'
import { subjectPath } from '../../../schemas/actions.ts'
import '../../parts/time.ts'
import { calm } from './words.ts'

/** One sentence about what is wrong, next to the state of a rollout. */
export function headline({ items, summary }: ExecutorList, base: string, locale: string | undefined): TemplateResult {
  const missing = items.filter(({ health }) => health === 'missing')
  const late = items.filter(({ health }) => health === 'late')
  const tone = summary.health.missing ? 'wrong' : summary.health.late || summary.unattended.length ? 'odd' : ''
  return html`<section class="card headline ${tone}" part="headline">
    <div class="said">
      <p class="sentence">${worst(missing, late, summary, locale)}</p>
      <p class="small muted">${summary.executors ? calm(summary, locale) : nothing} ${unattended(summary, base)}</p>
    </div>
    ${versions(summary, locale)}
  </section>`
}

function worst(missing: Executor[], late: Executor[], { health, executors, hosts }: ExecutorList['summary'], locale: string | undefined) {
  const [first] = missing
  if (first && health.missing === 1) {
    return html`<b class="wrap">${first.name}</b> has been missing since <ops-time show="exact" coarse at=${first.missingAt!}></ops-time>${first.held ? html` and holds ${countOf(first.held, 'job', undefined, locale)}` : nothing}.`
  }
  if (first) {
    const held = missing.reduce((sum, executor) => sum + (executor.held ?? 0), 0)
    return html`${countOf(health.missing, 'executor', undefined, locale)} are missing${held ? html` and hold ${countOf(held, 'job', undefined, locale)}` : nothing}.`
  }
  if (late[0] && health.late === 1) return html`<b class="wrap">${late[0].name}</b> is late: its last heartbeat was <ops-time show="relative" at=${late[0].beatAt!}></ops-time>.`
  if (health.late) return html`${countOf(health.late, 'executor', undefined, locale)} are late.`
  if (!executors) return 'No executor is running.'
  return html`${countOf(executors, 'executor', undefined, locale)} on ${countOf(hosts, 'host', undefined, locale)}.`
}

function unattended({ unattended: queues }: ExecutorList['summary'], base: string) {
  const [first] = queues
  if (!first) return nothing
  if (queues.length > 1) return html`${queues.length} queues have no executor: ${queues.slice(0, 3).map(({ queue }, index) => html`${index ? ', ' : ''}${link(base, queue)}`)}${queues.length > 3 ? ', …' : ''}.`
  return html`Queue ${link(base, first.queue)} has had no executor since <ops-time show="exact" coarse at=${first.since}></ops-time>.`
}

function link(base: string, queue: string) {
  return html`<a class="linked wrap" href=${base + subjectPath('queue', queue)}>${queue}</a>`
}

/** How far the newest version has been rolled out; nothing if all run the same one. */
function versions({ versions: all, executors, health }: ExecutorList['summary'], locale: string | undefined) {
  const [newest, ...older] = all
  if (!newest || !older.length) return nothing
  const total = executors - health.missing
  return html`<div class="rollout" part="rollout">
    <p class="ends small"><span><b class="wrap">${newest.version ?? 'unknown version'}</b> first started <ops-time show="relative" at=${newest.firstStartedAt}></ops-time></span> <span><b class="num">${newest.executors}</b> of ${total}</span></p>
    <div class="cells" aria-hidden="true">${Array.from({ length: Math.min(total, 40) }, (_, index) => html`<i class=${index < Math.round((newest.executors / total) * Math.min(total, 40)) ? 'on' : ''}></i>`)}</div>
    <p class="ends small muted"><span>${older.map(({ version, executors: many }) => `${version ?? 'unknown version'} on ${countOf(many, 'executor', undefined, locale)}`).join(', ')}</span></p>
  </div>`
}
