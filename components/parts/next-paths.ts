import { css, html, nothing, type TemplateResult } from 'lit'
import type { Bundle, NextPath } from '../../schemas/forensics.ts'
import { followUpStatuses } from '../../schemas/vocabulary.ts'
import { t, tx } from '../core/words.ts'
import type { Ask } from './operation-fields.ts'
import { ownershipLabel } from './ownership.ts'
import { refusal, shortRefusal } from './refusal.ts'
import { sentence } from './sentence.ts'
import './time.ts'

/** The next paths, each preceded by its owner: first the operations, then the pages to look at. */
export function nextPathList(paths: NextPath[], followUp: Bundle['followUp'], ask: (ask: Ask) => void, linked: Bundle['linkedResources'] = []): TemplateResult {
  const ordered = paths.toSorted((a, b) => a.order - b.order)
  const acts = ordered.filter(({ operation }) => operation)
  const ways = ordered.filter(({ operation }) => !operation)
  const shared = sharedRefusal(acts)
  const first = acts.find(({ operation }) => operation?.allowed)
  return html`<div class="next-paths" part="next-paths">
    ${acts.length
      ? html`<section class="card" aria-labelledby="paths-title">
          <h3 id="paths-title" class="side-title">${t`What may be done`}</h3>
          ${shared ? html`<p class="small muted act"><b>${t`Read-only.`}</b> ${shared}</p>` : nothing}
          <ol>
            ${acts.map((path) => html`<li class="act" part="next-path">${owner(path)} ${control(path, ask, shared, path === first)} ${detailOf(path)}</li>`)}
          </ol>
        </section>`
      : nothing}
    ${ways.length || linked.length
      ? html`<ol class="card ways" aria-label=${t`Where to look, and whom to ask`}>
          ${linked.map(linkedItem)} ${ways.map((path) => html`<li part="next-path">${owner(path)} ${way(path)} ${path.ownership === 'host_owned' ? followUpNote(followUp) : nothing}</li>`)}
        </ol>`
      : nothing}
    ${ways.some(({ ownership }) => ownership === 'host_owned') ? nothing : followUpCard(followUp)}
  </div>`
}

/** Another subject that belongs to it. */
function linkedItem({ label, href }: Bundle['linkedResources'][number]) {
  return html`<li part="linked">${ownershipLabel('powertools_native', undefined, '')} <a class="wrap" href=${href}>${t`Evidence: ${label}`}</a></li>`
}

/** The reason shared by all refused operations, so that it is shown only once. */
function sharedRefusal(paths: NextPath[]): string {
  const operations = paths.flatMap(({ operation }) => operation ?? [])
  const [first] = operations
  if (operations.length < 2 || !first?.reason) return ''
  return operations.every(({ allowed, reason }) => !allowed && reason === first.reason) ? first.reason : ''
}

/** Reading one of our own pages is not an audited action, so such a path shows only its owner. */
function owner({ ownership, ownershipLabel: label, posture, operation }: NextPath) {
  return ownershipLabel(ownership, label, ownership === 'powertools_native' && !operation ? '' : posture)
}

function detailOf({ detail }: NextPath) {
  return detail ? html`<p class="small muted wrap">${sentence(detail, { seconds: false })}</p>` : nothing
}

function control({ operation, label, order }: NextPath, ask: (ask: Ask) => void, shared: string, primary: boolean) {
  const { action, subject, allowed, reason } = operation!
  const why = `why-not-${order}`
  return html`<button
      type="button"
      class="button ${primary ? 'primary' : ''}"
      data-action=${action}
      ?disabled=${!allowed}
      aria-describedby=${allowed ? nothing : why}
      @click=${() => ask({ action, id: subject.id })}
    >
      ${t`${label}…`}
    </button>
    ${shared ? shortRefusal(shared, why) : refusal({ allowed, reason }, why)}`
}

function way(path: NextPath) {
  const { href, label } = path
  return href ? html`<a class="wrap" href=${href} title=${path.detail ?? nothing}>${label}</a>` : html`<span class="wrap">${label}</span> ${detailOf(path)}`
}

/** What we observed of the host's follow-up; whether it reached anyone, only the host knows. */
function followUpNote(followUp: Bundle['followUp']) {
  if (!followUp) return nothing
  const { status, detail, at } = followUp
  return html`<p class="small muted" part="follow-up">
    <b>${tx(followUpStatuses[status] ?? status)}</b>${at ? html` <ops-time at=${at} show="relative"></ops-time>` : nothing}${status === 'unconfigured'
      ? t` — this host has no escalation handler.`
      : html`${detail ? html`: <span class="wrap">${detail}</span>` : nothing}`}
  </p>`
}

export function followUpCard(followUp: Bundle['followUp']): TemplateResult | typeof nothing {
  return followUp ? html`<section class="card ways" aria-label=${t`Follow-up of the host`}>${followUpNote(followUp)}</section>` : nothing
}

export const nextPathStyles = css`
  .next-paths {
    display: grid;
    gap: 12px;
  }
  .side-title {
    padding: 10px 16px;
  }
  .act {
    display: grid;
    gap: 5px;
    padding: 10px 16px 12px;
    border-top: 1px solid var(--_line);
  }
  .act .button {
    width: 100%;
    min-height: 30px;
    white-space: normal;
    overflow-wrap: anywhere;
  }
  .act .refusal {
    display: block;
  }
  .ways {
    padding: 8px 16px 10px;
    font-size: var(--_medium);
  }
  .ways a {
    text-decoration: underline;
    text-underline-offset: 2px;
  }
  .ways li {
    padding: 5px 0;
  }
`
