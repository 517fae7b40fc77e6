import { html, nothing, type TemplateResult } from 'lit'
import { now } from '../core/clock.ts'
import { exactTime, viewerZone } from '../core/time.ts'
import { t, texts, tx } from '../core/words.ts'
import { fieldError, type FieldErrors, InvalidFields } from './field-errors.ts'
import { localMinute } from './local-minute.ts'
import type { Draft, FieldsByAction } from './operation-fields.ts'

const minute = 60_000
const subject = (id: string) => ({ type: 'incident' as const, id })

type Change = (field: string, value: string) => void

/** When a silence ends by time. `none`: only by rate or number, but after 30 days at the latest. */
const ends: Record<string, { label: string; at?: () => number }> = texts({
  '30m': { label: '30 min', at: () => now() + 30 * minute },
  '1h': { label: '1 h', at: () => now() + 60 * minute },
  '4h': { label: '4 h', at: () => now() + 240 * minute },
  tomorrow: { label: 'until tomorrow, 09:00', at: tomorrowAtNine },
  at: { label: 'until another time…' },
  none: { label: 'no time (30 days at most)' },
})

/** The input fields of operations on incidents and on groups of errors, besides the reason. */
export const incidentFields: FieldsByAction = {
  silence_incident: {
    eager: true,
    needsEntry: false,
    start: () => ({ end: '1h' }),
    render: (draft, change, { errors }) => silenceForm(draft, change, errors),
    request: (draft, { id = '' }) => ({ action: 'silence_incident', subject: subject(id), input: silenceOf(draft) }),
  },
  silence_error_group: {
    eager: true,
    needsEntry: false,
    start: () => ({ end: '1h' }),
    render: (draft, change, { errors }) => silenceForm(draft, change, errors, t`or until more than this many have failed since`),
    request: (draft, { id = '' }) => ({ action: 'silence_error_group', subject: { type: 'error_group', id }, input: silenceOf(draft) }),
  },
  assign_incident: {
    eager: false,
    needsEntry: false,
    start: () => ({ type: 'user' }),
    render: (draft, change, { errors }) => assignForm(draft, change, errors),
    request: (draft, { id = '' }) => ({ action: 'assign_incident', subject: subject(id), input: { to: accountOf(draft) } }),
  },
}

/** The reader's own nine o'clock. */
function tomorrowAtNine(): number {
  const at = new Date(now())
  at.setDate(at.getDate() + 1)
  return at.setHours(9, 0, 0, 0)
}

/** Rounded to the minute, so that the same choice gives the same preview. */
function endOf({ end = '1h', until = '' }: Draft): number | undefined {
  if (end === 'at') return Date.parse(until)
  const at = ends[end]?.at?.()
  return at === undefined ? undefined : Math.ceil(at / minute) * minute
}

function silenceOf(draft: Draft) {
  const at = endOf(draft)
  const wrong: FieldErrors = {}
  if (at !== undefined && !(at > now())) wrong.until = t`Choose a time in the future.`
  const untilRate = limitOf('untilRate', draft, wrong)
  const untilCount = limitOf('untilCount', draft, wrong)
  if (at === undefined && untilRate === undefined && untilCount === undefined) wrong.end = t`Without a time, give at least one of the two numbers.`
  if (Object.keys(wrong).length > 0) throw new InvalidFields(wrong)
  return { ...(at !== undefined && { until: new Date(at).toISOString() }), ...(untilRate !== undefined && { untilRate }), ...(untilCount !== undefined && { untilCount }) }
}

function limitOf(name: 'untilRate' | 'untilCount', draft: Draft, wrong: FieldErrors): number | undefined {
  const given = (draft[name] ?? '').trim()
  if (!given) return undefined
  const value = Number(given)
  if (!(value > 0) || (name === 'untilCount' && !Number.isInteger(value))) wrong[name] = name === 'untilCount' ? t`Give a whole number above 0.` : t`Give a number above 0.`
  return value
}

function silenceForm(draft: Draft, change: Change, errors: FieldErrors, count = t`or until more than this many jobs are affected`): TemplateResult {
  const { end = '1h', until = '' } = draft
  const at = endOf(draft)
  return html`<div class="field">
      <label for="end">${t`Silence for`}</label>
      <select id="end" aria-invalid=${errors.end ? 'true' : nothing} aria-describedby="end-error end-hint" @change=${(event: Event) => change('end', (event.target as HTMLSelectElement).value)}>
        ${Object.entries(ends).map(([word, { label }]) => html`<option value=${word} ?selected=${word === end}>${tx(label)}</option>`)}
      </select>
      ${fieldError('end', errors)} ${end === 'at' ? nothing : fieldError('until', errors)}
      ${at === undefined || Number.isNaN(at) ? html`<p class="muted small" id="end-hint"></p>` : html`<p class="muted small" id="end-hint">${t`until ${exactTime(at, { seconds: false })}`}</p>`}
    </div>
    ${end === 'at'
      ? html`<div class="field">
          <label for="until">${t`Until`} <span class="muted">${t`(${viewerZone} time)`}</span></label>
          <input id="until" type="datetime-local" .value=${until} min=${localMinute(now())} aria-invalid=${errors.until ? 'true' : nothing} aria-describedby="until-error"
            @change=${(event: Event) => change('until', (event.target as HTMLInputElement).value)} />
          ${fieldError('until', errors)}
        </div>`
      : nothing}
    ${limitField('untilRate', t`or until more than this many fail per minute`, draft, change, errors)}
    ${limitField('untilCount', count, draft, change, errors)}`
}

function limitField(name: 'untilRate' | 'untilCount', label: string, draft: Draft, change: Change, errors: FieldErrors) {
  return html`<div class="field">
    <label for=${name}>${label} <span class="muted">${t`(optional)`}</span></label>
    <input id=${name} inputmode="decimal" autocomplete="off" .value=${draft[name] ?? ''} aria-invalid=${errors[name] ? 'true' : nothing} aria-describedby="${name}-error"
      @change=${(event: Event) => change(name, (event.target as HTMLInputElement).value)} />
    ${fieldError(name, errors)}
  </div>`
}

function accountOf({ account = '', type = '' }: Draft) {
  const [id, kind] = [account.trim(), type.trim()]
  if (!id || !kind) throw new InvalidFields({ ...(!id && { account: t`Give the id of an account.` }), ...(!kind && { type: t`Give its type, e.g. user.` }) })
  return { id, type: kind }
}

function assignForm(draft: Draft, change: Change, errors: FieldErrors): TemplateResult {
  const field = (name: 'account' | 'type', label: string, error: string) => html`<div class="field">
    <label for=${name}>${label}</label>
    <input id=${name} maxlength="200" autocomplete="off" spellcheck="false" required .value=${draft[name] ?? ''} aria-invalid=${errors[name] || errors[error] ? 'true' : nothing} aria-describedby="${name}-error ${error}-error"
      @input=${(event: Event) => change(name, (event.target as HTMLInputElement).value)} />
    ${fieldError(name, errors)} ${name === 'account' ? fieldError(error, errors) : nothing}
  </div>`
  return html`${field('account', t`Account id, as it appears in the audit log`, 'to')} ${field('type', t`Type of the account`, 'to')}`
}
