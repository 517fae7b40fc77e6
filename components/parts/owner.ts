import { css, html, type TemplateResult } from 'lit'
import type { Incident } from '../../schemas/incident.ts'
import { clockTime } from '../core/time.ts'
import { t } from '../core/words.ts'

type Owned = Pick<Incident, 'acknowledged' | 'assignee'>

/** Who is on it: whom it is assigned to, or else who acknowledged it. */
export function ownerOf({ acknowledged, assignee }: Owned): { label: string; at: string } | undefined {
  if (assignee) return { label: assignee.to.label, at: assignee.at }
  return acknowledged ? { label: acknowledged.by.label, at: acknowledged.at } : undefined
}

/** The owner with initials; a dashed circle where nobody is on it yet. */
export function ownerView(incident: Owned, { since = false, locale }: { since?: boolean; locale?: string } = {}): TemplateResult {
  const owner = ownerOf(incident)
  if (!owner) return html`<span class="owner"><span class="avatar none" aria-hidden="true">–</span><span>${t`nobody yet`}</span></span>`
  const at = clockTime(Date.parse(owner.at), locale)
  return html`<span class="owner"
    ><span class="avatar" aria-hidden="true">${initialsOf(owner.label)}</span
    ><span><bdi class="wrap">${owner.label}</bdi> <span class="muted num" title=${owner.at}>${since ? t`is on it since ${at}` : at}</span></span></span
  >`
}

/** `ops-lead` → `OL`. */
function initialsOf(label: string): string {
  const words = label.split(/[\s._@-]+/).filter(Boolean)
  return (words.length > 1 ? words.slice(0, 2).map((word) => [...word][0]!).join('') : [...label].slice(0, 2).join('')).toUpperCase()
}

export const ownerStyles = css`
  .owner {
    display: inline-flex;
    align-items: center;
    gap: 7px;
    font-size: var(--_medium);
  }
  .avatar {
    flex: none;
    display: inline-grid;
    place-items: center;
    width: 24px;
    height: 24px;
    border-radius: 50%;
    background: var(--_accent-soft);
    color: var(--_accent);
    font-size: 11px;
    font-weight: var(--_weight-medium);
  }
  .avatar.none {
    border: 1px dashed var(--_control-line);
    background: none;
    color: var(--_muted);
  }
`
