import { css, html, nothing } from 'lit'
import { property } from 'lit/decorators.js'
import type { Bundle } from '../../../schemas/forensics.ts'
import type { IncidentDetail } from '../../../schemas/incident.ts'
import { OpsElement } from '../../core/element.ts'
import { element } from '../../core/register.ts'
import '../../parts/chart.ts'
import '../../parts/export.ts'
import { chipStyles } from '../../parts/chip.ts'
import '../../parts/chronology.ts'
import { chronologyStyles } from '../../parts/chronology.ts'
import '../../parts/deliveries.ts'
import { boundaryStyles, evidenceBoundary } from '../../parts/evidence-boundary.ts'
import { followUpCard, nextPathStyles } from '../../parts/next-paths.ts'
import type { Ask } from '../../parts/operation-fields.ts'
import { ownershipStyles } from '../../parts/ownership.ts'
import { quietStyles } from '../../parts/quiet.ts'
import { runbookEntry, runbookStyles } from '../../parts/runbook.ts'
import { segmentStyles } from '../../parts/segments.ts'
import { base } from '../../theme/base.ts'
import { attend, attendStyles } from './attend.ts'
import { links } from './links.ts'

/** The parts of an incident that are not needed to see what is wrong: the chart, the history, and the runbook. */

/**
 * Who is handling it.
 *
 * @tag ops-incident-attend
 */
@element('ops-incident-attend')
export class OpsIncidentAttend extends OpsElement {
  static override styles = [base, ownershipStyles, quietStyles, attendStyles]

  @property({ attribute: false }) incident?: IncidentDetail
  /** Why this actor may not change any incident; empty if they may. */
  @property({ attribute: false }) refused = ''
  @property({ attribute: false }) ask: (ask: Ask) => void = () => undefined

  override render() {
    return this.incident ? attend(this.incident, { ask: this.ask, session: this.session, readOnly: this.refused }) : nothing
  }
}

/**
 * The history, newest first.
 *
 * @tag ops-incident-history
 */
@element('ops-incident-history')
export class OpsIncidentHistory extends OpsElement {
  static override styles = [base, chipStyles, segmentStyles, chronologyStyles]

  @property({ attribute: false }) bundle?: Bundle

  override render() {
    return this.bundle ? html`<ops-chronology .items=${this.bundle.chronology}></ops-chronology>` : nothing
  }
}

const adviceStyles = css`
  :host {
    display: grid;
    gap: 12px;
    background: none;
  }
  .links ul {
    padding: 8px 16px;
  }
  .links li {
    padding: 4px 0;
    font-size: var(--_medium);
  }
`

/**
 * The host's follow-up, related pages, the runbook, and how complete the evidence is.
 *
 * @tag ops-incident-advice
 */
@element('ops-incident-advice')
export class OpsIncidentAdvice extends OpsElement {
  static override styles = [base, chipStyles, ownershipStyles, nextPathStyles, runbookStyles, boundaryStyles, adviceStyles]

  @property({ attribute: false }) incident?: IncidentDetail
  @property({ attribute: false }) bundle?: Bundle

  override render() {
    const { bundle, incident } = this
    if (!incident) return nothing
    return html`${bundle ? followUpCard(bundle.followUp) : nothing} ${links(incident, this.base)}
      <ops-deliveries subject-type="incident" subject-id=${incident.id}></ops-deliveries> ${bundle ? html`${runbookEntry(bundle.runbook)} ${evidenceBoundary(bundle)}` : nothing}`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-incident-attend': OpsIncidentAttend
    'ops-incident-history': OpsIncidentHistory
    'ops-incident-advice': OpsIncidentAdvice
  }
}
