import { html, nothing, type TemplateResult } from 'lit'
import type { Queue } from '../../../schemas/queue.ts'
import { type CountMethod, type JobState, jobStates } from '../../../schemas/vocabulary.ts'
import type { exactTime } from '../../core/time.ts'
import { t, tx } from '../../core/words.ts'
import { figure } from '../../parts/count.ts'

export interface StateTabs {
  state: string
  /** Figures of the queues in question; left out where they do not answer what is looked for. */
  queues?: { items: Queue[]; nextCursor?: string; asOf: string }
  href: (state: string) => string
  /** Writes an instant; there as soon as the list is. */
  exact?: typeof exactTime
  locale: string | undefined
}

/** One tab for each state, with how many are in it. The counts change under the eyes; nothing moves by that. */
export function stateTabs({ state, queues, href, locale, exact }: StateTabs): TemplateResult {
  const tab = (word: string, label: string, count: string) => html`<a href=${href(word)} aria-current=${state === word ? 'true' : nothing}
    >${label} <span class="num">${count}</span></a
  >`
  const several = state.includes(',')
  return html`<nav class="tabs" aria-label=${t`States`} part="tabs" title=${queues && exact ? t`As measured ${exact(Date.parse(queues.asOf), { locale })}` : nothing}>
    ${tab('', t`All`, counted(queues, undefined, locale))} ${Object.entries(jobStates).map(([word, label]) => tab(word, tx(label), counted(queues, word as JobState, locale)))}
    ${several ? tab(state, state.split(',').map((each) => tx(each)).join(t` or `), '') : nothing}
  </nav>`
}

/** A sum is only as sure as the least sure of its figures. Without a state it is that of all states. */
function counted(queues: StateTabs['queues'], state: JobState | undefined, locale: string | undefined): string {
  const figures = (queues?.items ?? []).flatMap(({ depth }) => depth.filter((each) => !state || each.state === state))
  if (figures.length === 0) return ''
  const sum = figures.reduce((total, { count }) => total + count, 0)
  const least = (['estimated', 'capped'] as const).find((method) => figures.some(({ how }) => how === method))
  const how: CountMethod = least ?? (queues?.nextCursor ? 'capped' : 'exact')
  return figure(sum, how, locale)
}
