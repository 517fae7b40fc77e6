import { html, nothing, type TemplateResult } from 'lit'
import type { IncidentDetail, Repair } from '../../../schemas/incident.ts'
import type { OperationInput } from '../../../schemas/operation.ts'
import type { Plan } from '../../../schemas/plan.ts'
import type { Problem } from '../../../schemas/problem.ts'
import { formatCount } from '../../../schemas/plural.ts'
import { jobStates, type JobState } from '../../../schemas/vocabulary.ts'
import { listText } from '../../core/lists.ts'
import { t, tn, tx } from '../../core/words.ts'
import { type Ask } from '../../parts/operation-fields.ts'
import { ownershipLabel } from '../../parts/ownership.ts'
import { refusal } from '../../parts/refusal.ts'
import { sentence } from '../../parts/sentence.ts'

/** What a repair would change, once requested. */
export interface Outlook {
  key: string
  plan?: Plan
  problem?: Problem
}

export interface RepairContext {
  ask: (ask: Ask, repair: Repair) => void
  /** Whether it was sent, and the incident was not looked at since. */
  sent: (repair: Repair) => boolean
  /** Requests a preview, which changes nothing. */
  look: (repair: Repair) => void
  outlook?: Outlook
  looking: string
  locale: string | undefined
}

/** The caution comes before the button, and what it would change comes after it. */
export function repairs({ repairs: offered, state, class: name }: IncidentDetail, context: RepairContext): TemplateResult {
  const others = offered.filter(({ primary }) => !primary)
  return html`<section class="card repair" part="repair" aria-labelledby="repair-title">
    <h3 id="repair-title">${t`Repair`}</h3>
    ${offered.length === 0 ? html`<p class="act muted">${nothingToRepair(state)}</p>` : nothing}
    ${offered.filter(({ primary }) => primary).map((each) => repair(each, context))}
    ${offered.length > 0 && others.length === offered.length ? html`<p class="act small">${hostFirst[name]?.() ?? t`The repair is up to the host.`}</p>` : nothing}
    ${others.map((each) => repair(each, context))}
  </section>`
}

const hostFirst: Partial<Record<IncidentDetail['class'], () => string>> = {
  stuck_queue: () => t`Only the host can fix this: start workers for this queue, or find out why they take none of its jobs.`,
  saturated_queue: () => t`Only the host can fix this: add executors, or create fewer jobs.`,
}

function nothingToRepair(state: IncidentDetail['state']): string {
  return state === 'open' ? t`The fix is up to the host; the runbook says where to look.` : t`Nothing to repair: it is not open. Healthy jobs are left alone.`
}

function repair(each: Repair, { ask, sent, look, outlook, looking, locale }: RepairContext) {
  const key = keyOf(each)
  const { action, label, primary, subject, selection, input, caution, allowed } = each
  if (sent(each)) return html`<p class="act" role="status"><b>${t`Repair sent.`}</b> ${t`It is offered again if the incident is still open at the next look, within a minute.`}</p>`
  const open = () => ask({ action, ...(selection ? { selection } : { id: subject?.id }), ...(input && { input }) }, each)
  return html`<div class="act" data-action=${action}>
    ${ownershipLabel('powertools_native')}
    ${caution ? html`<p class="caution small">${sentence(caution)}</p>` : nothing}
    <button type="button" class="button wide ${primary ? 'primary' : ''}" ?disabled=${!allowed} aria-describedby=${allowed ? nothing : `why-${action}`} @click=${open}>${`${tx(label)}…`}</button>
    ${refusal(each, `why-${action}`)}
    ${allowed && selection
      ? outlook?.key === key
        ? touched(outlook, locale)
        : html`<button type="button" class="link small" ?disabled=${looking === key} @click=${() => look(each)}>${looking === key ? t`Loading…` : t`What would it touch?`}</button>`
      : nothing}
  </div>`
}

/** Two repairs of one incident differ in their operation or in their subject. */
export function keyOf({ action, subject }: Repair): string {
  return `${action} ${subject?.id ?? ''}`
}

export function requestOf({ action, subject, selection, input }: Repair): OperationInput {
  return { action, ...(selection ? { selection } : { subject }), ...(input && { input }) } as OperationInput
}

function touched({ plan, problem }: Outlook, locale: string | undefined) {
  const set = plan?.selection
  if (problem || !set) return html`<p class="small" role="status">${problem ? problem.detail : plan?.effect}</p>`
  const states = Object.entries(set.byState).map(([state, count]) => `${formatCount(count, locale)} ${tx(jobStates[state as JobState] ?? state)}`)
  return html`<dl class="touched small num" role="status">
    <div><dt>${t`would change`}</dt><dd>${states.length > 0 ? listText(states) : tn(0, '# job', '# jobs')}</dd></div>
    ${Object.entries(set.notEligible).map(([why, count], index) => html`<div><dt>${index === 0 ? t`left alone` : nothing}</dt><dd><b>${formatCount(count, locale)}</b> ${tx(why)}</dd></div>`)}
  </dl>`
}
