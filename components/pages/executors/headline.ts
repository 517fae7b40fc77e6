import { html, nothing, type TemplateResult } from 'lit'
import type { Executor, ExecutorList } from '../../../schemas/executor.ts'
import { subjectPath } from '../../../schemas/actions.ts'
import { listText } from '../../core/lists.ts'
import { t, tn, tr } from '../../core/words.ts'
import '../../parts/time.ts'
import { calm, onHosts } from './words.ts'

/** One sentence about what is wrong, next to the state of a rollout. */
export function headline({ items, summary }: ExecutorList, base: string): TemplateResult {
  const missing = items.filter(({ health }) => health === 'missing')
  const late = items.filter(({ health }) => health === 'late')
  const tone = summary.health.missing ? 'wrong' : summary.health.late || summary.unattended.length ? 'odd' : ''
  return html`<section class="card headline ${tone}" part="headline">
    <div class="said">
      <p class="sentence">${worst(missing, late, summary)}</p>
      <p class="small muted">${summary.executors ? calm(summary) : nothing} ${unattended(summary, base)}</p>
    </div>
    ${versions(summary)}
  </section>`
}

function worst(missing: Executor[], late: Executor[], { health, executors, hosts }: ExecutorList['summary']) {
  const [first] = missing
  if (first && health.missing === 1) {
    return html`${missingSince(first)}`
  }
  if (first) {
    const held = missing.reduce((sum, executor) => sum + (executor.held ?? 0), 0)
    return held ? tn(health.missing, '# executor is missing and holds {0}.', '# executors are missing and hold {0}.', tn(held, '# job', '# jobs')) : tn(health.missing, '# executor is missing.', '# executors are missing.')
  }
  if (late[0] && health.late === 1) return html`${tr`${named(late[0].name)} is late: its last heartbeat was ${html`<ops-time show="relative" at=${late[0].beatAt!}></ops-time>`}.`}`
  if (health.late) return tn(health.late, '# executor is late.', '# executors are late.')
  if (!executors) return t`No executor is running.`
  return `${onHosts(executors, hosts)}.`
}

const named = (name: string) => html`<b class="wrap"><bdi>${name}</bdi></b>`

function missingSince({ name, missingAt, held }: Executor) {
  const since = html`<ops-time show="exact" coarse at=${missingAt!}></ops-time>`
  return held ? tr`${named(name)} has been missing since ${since} and holds ${tn(held, '# job', '# jobs')}.` : tr`${named(name)} has been missing since ${since}.`
}

function unattended({ unattended: queues }: ExecutorList['summary'], base: string) {
  const [first] = queues
  if (!first) return nothing
  if (queues.length > 1) return html`${tr`${queues.length} queues have no executor: ${html`${queues.slice(0, 3).map(({ queue }, index) => html`${index ? t`, ` : ''}${link(base, queue)}`)}${queues.length > 3 ? ', …' : ''}`}.`}`
  return html`${tr`Queue ${link(base, first.queue)} has had no executor since ${html`<ops-time show="exact" coarse at=${first.since}></ops-time>`}.`}`
}

function link(base: string, queue: string) {
  return html`<a class="linked wrap" href=${base + subjectPath('queue', queue)}><bdi>${queue}</bdi></a>`
}

/** How far the newest version has been rolled out; nothing if all run the same one. */
function versions({ versions: all, executors, health }: ExecutorList['summary']) {
  const [newest, ...older] = all
  if (!newest || !older.length) return nothing
  const total = executors - health.missing
  return html`<div class="rollout" part="rollout">
    <p class="ends small"><span>${tr`${named(newest.version ?? t`unknown version`)} first started ${html`<ops-time show="relative" at=${newest.firstStartedAt}></ops-time>`}`}</span> <span>${tr`${html`<b class="num">${newest.executors}</b>`} of ${total}`}</span></p>
    <div class="cells" aria-hidden="true">${Array.from({ length: Math.min(total, 40) }, (_, index) => html`<i class=${index < Math.round((newest.executors / total) * Math.min(total, 40)) ? 'on' : ''}></i>`)}</div>
    <p class="ends small muted"><span>${listText(older.map(({ version, executors: many }) => tn(many, '{0} on # executor', '{0} on # executors', version ?? t`unknown version`)))}</span></p>
  </div>`
}
