import { css, html, nothing, type TemplateResult } from 'lit'
import type { Incident } from '../../schemas/incident.ts'
import { exactTime } from '../core/time.ts'
import { languageTag, t, tn, tx } from '../core/words.ts'
import { term } from './term.ts'

/** The marks next to the status: acknowledged, silenced, flapping, reopened. */
export function incidentMarks({ acknowledged, silenced, flappingSince, reopened, state }: Incident, locale?: string): TemplateResult {
  return html`${state === 'open' ? nothing : mark(tx(state))} ${acknowledged ? mark(t`acknowledged`) : nothing}
  ${silenced ? mark(t`silenced ${silenceInWords(silenced, locale)}`) : nothing} ${flappingSince ? mark(term('flapping', t`flapping`)) : nothing}
  ${reopened > 0 && !flappingSince ? mark(tn(reopened, 'reopened', 'reopened # times')) : nothing}`
}

export function mark(words: unknown): TemplateResult {
  return html`<span class="mark num">${words}</span>`
}

/** `until 21 Nov 14:00 UTC, or more than 500 jobs`. */
export function silenceInWords({ until, untilRate, untilCount }: NonNullable<Incident['silenced']>, locale?: string): string {
  const ends = [
    ...(until === undefined ? [] : [exactTime(Date.parse(until), { locale, seconds: false })]),
    ...(untilRate === undefined ? [] : [t`more than ${untilRate} fail per minute`]),
    ...(untilCount === undefined ? [] : [t`more than ${untilCount} jobs`]),
  ]
  return t`until ${new Intl.ListFormat(languageTag(), { type: 'disjunction' }).format(ends)}`
}

export const markStyles = css`
  .mark {
    display: inline-block;
    padding: 1px 8px;
    border-radius: var(--_chip-radius);
    background: var(--_resolved-soft);
    color: var(--_resolved);
    font-size: var(--_tiny);
    font-weight: var(--_weight-medium);
    line-height: 18px;
  }
`
