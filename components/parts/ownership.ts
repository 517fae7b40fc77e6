import { css, html, nothing, type TemplateResult } from 'lit'
import { type Ownership, ownerships, postures } from '../../schemas/status-words.ts'
import { tx } from '../core/words.ts'

/** The owner of an action and what that ownership allows; shown in front of the action. */
export function ownershipLabel(ownership: Ownership, label: string = ownerships[ownership], posture: string = postures[ownership]): TemplateResult {
  return html`<span class="ownership" part="ownership"><b>${tx(label)}</b>${posture ? ` · ${tx(posture)}` : nothing}</span>`
}

export const ownershipStyles = css`
  .ownership {
    font-size: var(--_tiny);
    color: var(--_muted);
  }
  .ownership b {
    font-weight: var(--_weight-medium);
    color: var(--_text);
  }
`
