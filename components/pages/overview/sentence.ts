import { html, nothing, type TemplateResult } from 'lit'
import type { Overview, Trouble } from '../../../schemas/overview.ts'
import { sentence } from '../../parts/sentence.ts'
import { statusTones } from '../../parts/status-tone.ts'

type Told = Pick<Overview, 'troubles' | 'rest'>

/** One problem per line, worst first; the rest follows in grey. */
export function sentenceView({ troubles, rest }: Told): TemplateResult {
  return html`<p class="sentence ${troubles.length ? '' : 'calm-only'}">
    ${troubles.map((trouble, index) => html`${index ? html`<br />` : nothing}${troubleView(trouble)} `)}<span class="calm">${sentence(rest, { seconds: false })}</span>
  </p>`
}

/** Only the name is a link, as in ordinary prose. */
function troubleView({ text, about, href }: Trouble): TemplateResult {
  const at = about === undefined ? -1 : text.indexOf(about)
  if (at < 0) return html`<a href=${href}>${sentence(text, { seconds: false })}</a>`
  return html`<bdi dir="ltr">${sentence(text.slice(0, at), { seconds: false })}<a href=${href}><bdi>${about}</bdi></a>${sentence(text.slice(at + about!.length), { seconds: false })}</bdi>`
}

/** The colour of the edge: that of the worst problem. Green only if the figures are fresh, work is moving and nothing is wrong. */
export function toneOf({ troubles: [worst], moving, figures, buckets }: Pick<Overview, 'troubles' | 'moving' | 'figures' | 'buckets'>): string {
  if (worst) return statusTones[worst.status]
  const unknown = buckets.some(({ count }) => count === null)
  return moving === true && figures === 'fresh' && !unknown ? 'moving' : ''
}
