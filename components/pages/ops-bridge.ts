import { css, html } from 'lit'
import { property } from 'lit/decorators.js'
import type { Session } from '../../schemas/actor.ts'
import { OpsElement } from '../core/element.ts'
import { element } from '../core/register.ts'
import { t } from '../core/words.ts'
import { chip, chipStyles } from '../parts/chip.ts'
import { ownershipLabel, ownershipStyles } from '../parts/ownership.ts'
import { problemPanel, problemStyles } from '../parts/problem.ts'
import { emptyState, quietStyles, skeletonRows } from '../parts/quiet.ts'
import { base, pageStyles } from '../theme/base.ts'

type BridgeLink = Session['bridges'][number]

/**
 * The dashboards of the engine's own project that are installed here, for looking only.
 *
 * @tag ops-bridge
 * @attr {string} api - Where the API is, e.g. `/ops/jobs/api/v1`; not needed inside `ops-provider`.
 * @attr {'light' | 'dark'} theme - Forces a theme.
 * @attr {string} name - Only the bridge of this name, e.g. `pg-boss`.
 * @fires ops-navigate - A link was clicked; prevent it to go there yourself. The detail is `{ href }`.
 * @slot empty - Shown when no bridge is installed, or the actor may not open it.
 * @csspart heading - The heading.
 * @csspart bridge - One bridge.
 * @csspart chip - What the bridge allows.
 * @csspart ownership - Who owns it.
 * @cssproperty --ops-page-padding - Space around the element, 16px unless set.
 */
@element('ops-bridge')
export class OpsBridge extends OpsElement {
  static override styles = [
    base,
    pageStyles,
    chipStyles,
    ownershipStyles,
    problemStyles,
    quietStyles,
    css`
      .bridges {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 340px), 560px));
        gap: 14px;
      }
      .dashboard {
        display: grid;
        gap: 8px;
        align-content: start;
        justify-items: start;
      }
      .dashboard h3 {
        font-size: var(--_heading);
      }
      .dashboard .button {
        margin-top: 4px;
      }
    `,
  ]

  @property() name = ''

  override render() {
    return html`<header class="page-head">${this.heading(t`Engine dashboard`)}</header>
      ${this.content()}`
  }

  private content() {
    if (this.session) return this.bridges(this.session)
    if (this.sessionProblem) return problemPanel(this.sessionProblem, () => void this.connection?.session.reload())
    return skeletonRows(2)
  }

  private bridges({ bridges, permissions, engine }: Session) {
    const wanted = this.name ? bridges.filter(({ name }) => name === this.name) : bridges
    if (wanted.length > 0) return html`<div class="bridges">${wanted.map((bridge) => this.bridge(bridge, engine.name))}</div>`
    const view = permissions.view_bridge
    if (view && !view.allowed) return emptyState(t`Not allowed`, view.reason ?? t`Your account may not open the engine’s dashboard.`)
    const detail = this.name ? t`The dashboard “${this.name}” is not installed here. Everything native works without it.` : t`The dashboard of this engine is not installed here. Everything native works without it.`
    return emptyState(t`Not installed`, detail)
  }

  private bridge({ label, href }: BridgeLink, engine: string) {
    return html`<section class="card padded dashboard" part="bridge" aria-label=${label}>
      ${chip('bridge', t`Inspection only`)}
      <h3><bdi>${label}</bdi></h3>
      <p>${t`The dashboard that the ${engine} project ships, to look closer at its queues and jobs than these pages do.`}</p>
      <p class="muted">
        ${t`It is read-only for everyone, whatever a role allows elsewhere. What has to change is changed here, where it is previewed and recorded.`}
      </p>
      ${ownershipLabel('bridge', label)}
      <a class="button primary" href=${href}>${t`Open ${label}`}</a>
    </section>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-bridge': OpsBridge
  }
}
