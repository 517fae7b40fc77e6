import { css, html, nothing, type TemplateResult } from 'lit'
import type { NextPath } from '../../schemas/forensics.ts'
import type { Ask } from './operation-fields.ts'
import { ownershipLabel } from './ownership.ts'
import { refusal, shortRefusal } from './refusal.ts'
import { sentence } from './sentence.ts'

/** The next paths, each preceded by its owner. */
export function nextPathList(paths: NextPath[], ask: (ask: Ask) => void): TemplateResult {
  const shared = sharedRefusal(paths)
  return html`<section class="card padded" part="next-paths" aria-labelledby="paths-title">
    <h3 id="paths-title" class="section-title">Next paths</h3>
    ${paths.length === 0 ? html`<p class="muted">None is known.</p>` : nothing}
    ${shared ? html`<p class="small muted read-only-paths"><b>Read-only.</b> ${shared}</p>` : nothing}
    <ol class="paths">
      ${paths.toSorted((a, b) => a.order - b.order).map((path) => nextPathItem(path, ask, shared))}
    </ol>
  </section>`
}

/** The reason shared by all refused operations, so that it is shown only once. */
function sharedRefusal(paths: NextPath[]): string {
  const operations = paths.flatMap(({ operation }) => operation ?? [])
  const [first] = operations
  if (operations.length < 2 || !first?.reason) return ''
  return operations.every(({ allowed, reason }) => !allowed && reason === first.reason) ? first.reason : ''
}

/** Reading one of our own pages is not an audited action, so such a path shows only its owner. */
function nextPathItem(path: NextPath, ask: (ask: Ask) => void, shared: string) {
  const reads = path.ownership === 'powertools_native' && !path.operation
  return html`<li class="path" part="next-path">
    ${ownershipLabel(path.ownership, path.ownershipLabel, reads ? '' : path.posture)}
    <div>${control(path, ask, shared)}</div>
    ${path.detail ? html`<p class="small muted wrap">${sentence(path.detail, { seconds: false })}</p>` : nothing}
  </li>`
}

function control({ operation, href, label, order }: NextPath, ask: (ask: Ask) => void, shared: string) {
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
      ${shared ? shortRefusal(shared, why) : refusal({ allowed, reason }, why)}`
  }
  return href ? html`<a class="go wrap" href=${href}>${label}</a>` : html`<span class="go wrap">${label}</span>`
}

export const nextPathStyles = css`
  .read-only-paths {
    margin-bottom: 10px;
  }
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
