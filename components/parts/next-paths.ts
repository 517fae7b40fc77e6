import { css, html, nothing, type TemplateResult } from 'lit'
import type { NextPath } from '../../schemas/forensics.ts'
import type { Ask } from './confirm.ts'
import { ownershipLabel } from './ownership.ts'
import { refusal } from './quiet.ts'

/** Where one can go from here, each with its owner in front of it. */
export function nextPathList(paths: NextPath[], ask: (ask: Ask) => void): TemplateResult {
  return html`<section class="card padded" part="next-paths" aria-labelledby="paths-title">
    <h3 id="paths-title" class="section-title">Next paths</h3>
    ${paths.length === 0 ? html`<p class="muted">None is known.</p>` : nothing}
    <ol class="paths">
      ${paths.toSorted((a, b) => a.order - b.order).map((path) => nextPathItem(path, ask))}
    </ol>
  </section>`
}

function nextPathItem(path: NextPath, ask: (ask: Ask) => void) {
  return html`<li class="path" part="next-path">
    ${ownershipLabel(path.ownership, path.ownershipLabel, path.posture)}
    <div>${control(path, ask)}</div>
    ${path.detail ? html`<p class="small muted wrap">${path.detail}</p>` : nothing}
  </li>`
}

function control({ operation, href, label, order }: NextPath, ask: (ask: Ask) => void) {
  if (operation) {
    const { action, subject, allowed, reason } = operation
    const why = `why-not-${order}`
    return html`<button
        type="button"
        class="button"
        ?disabled=${!allowed}
        aria-describedby=${allowed ? nothing : why}
        @click=${() => ask({ action, id: subject.id })}
      >
        ${`${label}…`}
      </button>
      ${refusal({ allowed, reason }, why)}`
  }
  return href ? html`<a class="go wrap" href=${href}>${label}</a>` : html`<span class="go wrap">${label}</span>`
}

export const nextPathStyles = css`
  .path {
    display: grid;
    gap: 4px;
    padding: 10px 0;
    border-top: 1px solid var(--_line);
  }
  .path:first-child {
    border-top: 0;
    padding-top: 0;
  }
  .path:last-child {
    padding-bottom: 0;
  }
  .path .button {
    max-width: 100%;
    white-space: normal;
    overflow-wrap: anywhere;
    text-align: start;
  }
  .path .refusal {
    display: block;
    margin-top: 2px;
  }
  .go {
    font-weight: 600;
  }
`
