import { html, nothing, type TemplateResult } from 'lit'
import type { ErrorGroup } from '../../../schemas/error-group.ts'
import { formatCount } from '../../../schemas/plural.ts'
import { listText } from '../../core/lists.ts'
import { exactTime } from '../../core/time.ts'
import { t, tr } from '../../core/words.ts'
import { histogram } from '../../parts/histogram.ts'
import '../../parts/time.ts'
import { burstTag, errorStateTag } from '../../parts/tag.ts'

export interface RowContext {
  open: boolean
  /** The first row with its state explains the word, and so does the first with a burst. */
  explains: { state: boolean; burst: boolean }
  /** The highest step of all rows, so that they share one scale. */
  top: number
  range: string
  locale: string | undefined
  toggle: (fingerprint: string) => void
  /** The host's own controls. */
  rowActions?: (item: never) => unknown
}

/** One group: the message first. */
export function errorRow(group: ErrorGroup, { open, explains, top, range, locale, toggle, rowActions }: RowContext): TemplateResult {
  const { fingerprint, title, errorClass, worker, queue, count, histogram: steps, burst } = group
  const [first, second] = title.split('\n')
  return html`<tr role="row" class="group ${open ? 'open' : ''}" part="row">
    <td role="cell" class="what">
      <button type="button" class="fold" aria-expanded=${open} aria-label=${open ? t`Fold ${first || errorClass} in ${worker}` : t`Unfold ${first || errorClass} in ${worker}`} @click=${() => toggle(fingerprint)}>
        <span class=${open ? '' : 'shut'} aria-hidden="true">${open ? '▾' : '▸'}</span>
      </button>
      <div>
        <p class="message mono" title=${title}><bdi>${first || errorClass}</bdi>${second ? html` <bdi class="muted">${second}</bdi>` : nothing}</p>
        <p class="small muted">${worker === queue ? named(worker) : tr`${named(worker)} in ${html`<bdi>${queue}</bdi>`}`} · <span class="mono">${fingerprint.slice(0, 11)}</span>${group.grouping === 'worker' ? html` · ${t`messages of this worker are not groupable`}` : nothing}</p>
      </div>
    </td>
    <td role="cell" class="state">${errorStateTag(group.state, explains.state)}${burst?.active ? html` ${burstTag(explains.burst)}` : nothing}</td>
    <td role="cell" class="count num"><b>${formatCount(count, locale)}</b></td>
    <td role="cell" class="graph">${histogram({ values: steps.counts, top, label: t`${count} failed in ${range}` })}</td>
    <td role="cell" class="seen small num">
      <ops-time show="relative" at=${group.lastSeenAt}></ops-time>
      <span class="muted">${group.regressedAt && group.resolved ? t`resolved ${exactTime(Date.parse(group.resolved.at), { locale, seconds: false })}` : t`since ${exactTime(Date.parse(group.firstSeenAt), { locale, seconds: false })}`}</span>
    </td>
    <td role="cell" class="versions small">${versions(group)} ${rowActions?.(group as never)}</td>
  </tr>`
}

const named = (name: string) => html`<b class="wrap"><bdi>${name}</bdi></b>`

function versions({ versions: all }: ErrorGroup) {
  const [first, ...others] = all
  if (first === undefined) return html`<span class="muted" aria-label=${t`not known`}>–</span>`
  if (others.length === 0) return html`${tr`${named(first)} only`}`
  return html`<bdi class="wrap">${listText(all.slice(0, 3))}${all.length > 3 ? ', …' : ''}</bdi>`
}
