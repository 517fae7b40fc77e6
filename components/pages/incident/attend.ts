import { css, html, nothing, type TemplateResult } from 'lit'
import type { OperationOn } from '../../../schemas/actions.ts'
import type { Session } from '../../../schemas/actor.ts'
import type { IncidentDetail } from '../../../schemas/incident.ts'
import { t, tr } from '../../core/words.ts'
import '../../parts/menu.ts'
import type { MenuItem } from '../../parts/menu.ts'
import type { Ask } from '../../parts/operation-fields.ts'
import { ownershipLabel } from '../../parts/ownership.ts'
import { shortRefusal } from '../../parts/refusal.ts'

type IncidentAction = OperationOn<'incident'>

/** Who is handling it: acknowledge, assign, silence, note. */
export function attend(incident: IncidentDetail, { ask, session, readOnly }: { ask: (ask: Ask) => void; session?: Session; readOnly: string }): TemplateResult {
  const { id, operations, acknowledged, assignee, silenced, state } = incident
  const me = session?.actor
  const mine = me && assignee && assignee.to.id === me.id && assignee.to.type === me.type
  const button = (action: IncidentAction, label: string, extra: Partial<Ask> = {}, kind = '') => {
    const permission = operations[action]
    return html`<button
      type="button"
      data-action=${action}
      class="button ${kind}"
      ?disabled=${!permission?.allowed}
      title=${permission?.allowed ? nothing : (permission?.reason ?? nothing)}
      aria-describedby=${permission?.allowed ? nothing : 'attend-why'}
      @click=${() => ask({ action, id, ...extra })}
    >
      ${label}
    </button>`
  }
  const items: MenuItem[] = [
    menuItem(incident, ask, 'assign_incident', t`Assign to somebody else…`),
    ...(assignee ? [menuItem(incident, ask, 'assign_incident', t`Assign to nobody…`, { input: { to: null } })] : []),
    ...(acknowledged ? [menuItem(incident, ask, 'unacknowledge_incident', t`Undo acknowledgement…`)] : []),
  ]
  return html`<section class="card attend" part="attend" aria-label=${t`Who takes care of it`}>
    <div class="act">
      ${ownershipLabel('powertools_native')}
      <div class="buttons">
        ${state === 'open' && !acknowledged ? button('acknowledge_incident', t`Acknowledge…`, {}, 'wide') : nothing}
        ${state === 'open' && !mine ? button('assign_incident', assignee ? t`Take over…` : t`Assign to me…`, { input: {} }) : nothing}
        ${state === 'open' ? (silenced ? button('unsilence_incident', t`End silence…`) : button('silence_incident', t`Silence…`)) : nothing} ${button('note_incident', t`Add note…`)}
        ${state === 'open' ? html`<ops-menu label=${t`More about who takes care of it`} .items=${items}></ops-menu>` : nothing}
      </div>
      ${readOnly ? shortRefusal(readOnly, 'attend-why') : nothing}
      ${silenced ? html`<p class="small muted wrap">${tr`Silenced by ${html`<bdi>${silenced.by.label}</bdi>`}`}${silenced.reason ? html`: <bdi class="quote">${silenced.reason}</bdi>` : nothing}</p>` : nothing}
      ${acknowledged && state === 'open' ? html`<p class="small muted">${t`Acknowledged until it resolves or reopens.`}</p>` : nothing}
    </div>
  </section>`
}

function menuItem({ id, operations }: IncidentDetail, ask: (ask: Ask) => void, action: IncidentAction, label: string, extra: Partial<Ask> = {}): MenuItem {
  const permission = operations[action]
  return { action, label, refused: permission?.allowed ? undefined : (permission?.reason ?? t`Your account may not do this.`), choose: () => ask({ action, id, ...extra }) }
}

export const attendStyles = css`
  :host {
    background: none;
  }
  .act {
    display: grid;
    gap: 6px;
    padding: 12px 16px;
  }
  .buttons {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
  }
  .buttons .button {
    flex: 1;
  }
  .buttons .wide {
    flex: 1 0 100%;
  }
  @media (pointer: coarse) {
    .button {
      min-height: 44px;
    }
  }
`
