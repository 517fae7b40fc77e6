import { css, html, nothing, type TemplateResult } from 'lit'
import type { Session } from '../../../schemas/actor.ts'
import { auditPath, evidencePath, type OperationAction, operationActions } from '../../../schemas/actions.ts'
import type { QueueDetail } from '../../../schemas/queue.ts'
import { t, tn, tx } from '../../core/words.ts'
import '../../parts/copy.ts'
import { jobsHref } from '../../parts/job-link.ts'
import type { Ask } from '../../parts/operation-fields.ts'
import { ownershipLabel } from '../../parts/ownership.ts'
import { refusedBecause } from './row.ts'

export interface PossibleContext {
  base: string
  session: Session | undefined
  ask: (ask: Ask) => void
  mayOpen: (href: string) => boolean
}

/** The actions for a queue: operations, commands for the host, what is not possible and why, and related pages. */
export function whatMayBeDone(queue: QueueDetail, context: PossibleContext): TemplateResult {
  const { base, session, mayOpen } = context
  const native = (action: OperationAction) => (refusedBecause(queue, action) ? nothing : operation(queue, action, context))
  const refused = (action: OperationAction) => (refusedBecause(queue, action) ? operation(queue, action, context) : nothing)
  const toggle: OperationAction = queue.paused ? 'resume_queue' : 'pause_queue'
  const bridges = (session?.bridges ?? []).filter(({ href }) => mayOpen(href))
  const links = [
    { label: t`Its jobs`, href: jobsHref(base, { queue: queue.name }) },
    { label: t`Its evidence`, href: base + evidencePath('queue', queue.name) },
    { label: t`Its audit events`, href: base + auditPath('queue', queue.name) },
  ].filter(({ href }) => mayOpen(href))
  const unattended = queue.status === 'blocked' && queue.diagnosis !== 'paused'
  return html`${unattended ? hostLine(queue.hostLines.attend, t`If no process takes its jobs, only the host can start one.`) : nothing}
    ${native(toggle)} ${cancelWaiting(queue, context)} ${pauseEntries(queue, context)} ${native('scale_queue')}
    ${unattended ? nothing : hostLine(queue.hostLines.stop, t`Stops taking jobs in one worker process, if the host runs it there.`)}
    ${refused(toggle)} ${refused('scale_queue')}
    ${bridges.map(({ label, href }) => html`<section class="act">${ownershipLabel('bridge', label)}<a href=${href}>${t`Open in ${label.replace(/ bridge$/, '')} ↗`}</a><p>${t`Same sign-in; inspection only.`}</p></section>`)}
    ${links.length > 0 ? html`<section class="act"><ul class="links">${links.map(({ label, href }) => html`<li><a href=${href}>${label}</a></li>`)}</ul></section>` : nothing}`
}

const words: Partial<Record<OperationAction, () => string>> = {
  pause_queue: () => t`No more of its jobs start until it is resumed. Running jobs continue.`,
  resume_queue: () => t`Its jobs may start again, those already waiting first.`,
  scale_queue: () => t`How many of its jobs each executor runs at once.`,
}

function operation(queue: QueueDetail, action: OperationAction, { ask }: PossibleContext) {
  const why = refusedBecause(queue, action)
  const value = action === 'scale_queue' && queue.limit !== null ? { value: queue.limit } : {}
  return html`<section class="act" data-action=${action}>
    ${ownershipLabel('powertools_native')}
    <button type="button" class="button wide ${action === 'resume_queue' && !why ? 'primary' : ''}" ?disabled=${why !== ''} @click=${() => ask({ action, id: queue.name, ...value })}>${`${tx(operationActions[action].label)}…`}</button>
    <p>${why ? html`<b>${t`Not possible now.`}</b> <bdi>${why}</bdi>` : words[action]?.()}</p>
  </section>`
}

function cancelWaiting({ name, due }: QueueDetail, { ask, session }: PossibleContext) {
  if (!due?.count) return nothing
  const permission = session?.permissions.cancel_job
  const lacking = session?.engine.lacks.cancel_job
  const why = lacking ?? (permission?.allowed === false ? (permission.reason ?? t`Your account may not do this.`) : '')
  return html`<section class="act" data-action="cancel_job">
    ${ownershipLabel('powertools_native')}
    <button type="button" class="button wide" ?disabled=${why !== ''} @click=${() => ask({ action: 'cancel_job', selection: { filter: { queue: name, state: 'available' } } })}>${due.how === 'exact' ? t`Cancel the ${due.count} waiting…` : t`Cancel the at least ${due.count} waiting…`}</button>
    <p>${why ? html`<b>${t`Not possible now.`}</b> <bdi>${why}</bdi>` : t`The preview shows which. Jobs created after it are not cancelled.`}</p>
  </section>`
}

function pauseEntries({ name, fedBy: { entries, looked } }: QueueDetail, { ask, session }: PossibleContext) {
  const running = entries.filter(({ paused }) => !paused)
  if (running.length === 0) return nothing
  const permission = session?.permissions.pause_cron_entry
  const why = permission?.allowed === false ? (permission.reason ?? t`Your account may not do this.`) : ''
  const made = running.reduce((sum, { waiting }) => sum + (waiting ?? 0), 0)
  const rest = looked ? looked.jobs - made : 0
  return html`<section class="act" data-action="pause_cron_entry">
    ${ownershipLabel('powertools_native')}
    ${running.map(
      (entry) => html`<button type="button" class="button wide" ?disabled=${why !== ''} @click=${() => ask({ action: 'pause_cron_entry', id: entry.name })}>${t`Pause ${entry.name}…`}${entry.waiting ? html` <span class="muted">${t`${entry.waiting} of ${looked!.jobs}`}</span>` : nothing}</button>`,
    )}
    <p>${why ? html`<b>${t`Not possible now.`}</b> <bdi>${why}</bdi>` : html`${tn(running.length, '# cron entry feeds {0}.', '# cron entries feed {0}.', name)} ${rest > 0 ? tn(rest, '# waiting job comes from elsewhere and is not affected.', '# waiting jobs come from elsewhere and are not affected.') : nothing}`}</p>
  </section>`
}

function hostLine(line: string | undefined, detail: string) {
  if (!line) return nothing
  return html`<section class="act">
    ${ownershipLabel('host_owned')}
    <p class="line"><ops-copy whole label=${t`line`} .value=${line}></ops-copy></p>
    <p>${detail}</p>
  </section>`
}

export const possibleStyles = css`
  .act {
    padding: 10px 16px;
    border-top: 1px solid var(--_line);
  }
  .act > .ownership {
    display: block;
    margin-bottom: 6px;
  }
  .act p {
    margin-top: 5px;
    font-size: var(--_small);
    color: var(--_muted);
    overflow-wrap: anywhere;
  }
  .act p b {
    color: var(--_text);
  }
  .act .line {
    margin-top: 0;
    padding: 5px 6px;
    border-radius: var(--_control-radius);
    background: var(--_sunken);
    color: var(--_text);
  }
  .button.wide {
    display: flex;
    width: 100%;
    justify-content: flex-start;
    white-space: normal;
    text-align: start;
    overflow-wrap: anywhere;
  }
  .button.wide + .button.wide {
    margin-top: 6px;
  }
  .button.wide.primary {
    justify-content: center;
  }
  .links {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 16px;
  }
`
