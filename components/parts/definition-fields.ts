import { html, nothing, type TemplateResult } from 'lit'
import type { CronEntry } from '../../schemas/cron.ts'
import { type CatchUpPolicy, catchUpPolicies, type OverlapPolicy, overlapPolicies } from '../../schemas/vocabulary.ts'
import { viewerZone } from '../core/time.ts'
import { t, tr, tx } from '../core/words.ts'
import { fieldError, type FieldErrors, InvalidFields } from './field-errors.ts'
import { brokenLine, mendJson, mendName } from './mend.ts'
import './queue-chooser.ts'
import './schedule-preview.ts'
import type { Suggestion } from './schedule-preview.ts'

type Draft = Record<string, string>
type Change = (field: string, value: string) => void

export function emptyDraft(): Draft {
  return { name: '', queue: '', worker: '', expression: '', timezone: 'Etc/UTC', overlap: 'queue_one', catchUp: 'latest', maxCatchUp: '1', args: '{}' }
}

export function draftOf(entry: CronEntry): Draft {
  const { queue, worker = '', expression, timezone, overlap, catchUp, maxCatchUp, args } = entry
  const shown: Draft = isObject(args) ? { args: JSON.stringify(args, null, 2) } : {}
  return { queue, worker, expression, timezone, overlap, catchUp, maxCatchUp: String(maxCatchUp), ...shown }
}

/** Converts the draft to an API request; throws all field errors at once. */
export function definitionInput(draft: Draft, named = false) {
  const wrong = complaints(draft, named)
  if (Object.keys(wrong).length > 0) throw new InvalidFields(wrong)
  return {
    queue: typed(draft.queue),
    ...(typed(draft.worker) ? { worker: typed(draft.worker) } : {}),
    ...(draft.args === undefined ? {} : { args: parseArgs(draft.args) }),
    expression: typed(draft.expression),
    timezone: typed(draft.timezone),
    overlap: draft.overlap as OverlapPolicy,
    catchUp: draft.catchUp as CatchUpPolicy,
    maxCatchUp: Number(draft.maxCatchUp),
  }
}

interface FormState {
  /** Only a new entry has a name to be chosen. */
  named: boolean
  errors: FieldErrors
  /** The entry as it is now, for a change. */
  entry?: CronEntry
}

/** The definition of an entry as a form; what it means follows each keystroke. */
export function definitionFields(draft: Draft, change: Change, { named, errors, entry }: FormState): TemplateResult {
  const line = (name: string, label: string, options: LineOptions) => textLine(name, label, draft, change, { ...options, errors })
  return html`
    ${named ? line('name', t`Name`, { hint: t`Letters, digits and . _ : / -. It cannot be changed later.`, required: true, offer: offerOf(mendName(draft.name ?? ''), (name) => change('name', name), errors.name) }) : nothing}
    <div class="field">
      <label for="queue">${t`Queue`}</label>
      <ops-queue-chooser .value=${draft.queue ?? ''} ?invalid=${Boolean(errors.queue)} @ops-choose=${(event: CustomEvent<string>) => change('queue', event.detail)}></ops-queue-chooser>
      ${fieldError('queue', errors)}
    </div>
    ${line('expression', t`Schedule`, { hint: t`Minute, hour, day of month, month, day of week.`, required: true, mono: true })}
    ${line('timezone', t`Timezone`, { hint: t`IANA name, e.g. ${viewerZone}.`, required: true, list: true })}
    <ops-schedule-preview
      class="field wide"
      .expression=${draft.expression ?? ''}
      .timezone=${draft.timezone ?? ''}
      @ops-suggestion=${({ detail }: CustomEvent<Suggestion>) => change(detail.field, detail.value)}
    ></ops-schedule-preview>
    ${choice('overlap', t`If the last run is still going`, overlapPolicies, draft, change)}
    ${choice('catchUp', t`Missed runs to catch up on`, catchUpPolicies, draft, change)}
    ${draft.catchUp === 'all' ? line('maxCatchUp', t`At most`, { type: 'number', hint: t`1 to 1,000 runs.` }) : nothing}
    ${line('worker', t`Worker`, { optional: true })} ${argsField(draft, change, errors)} ${entry ? changes(draft, entry) : nothing}
  `
}

/** What is different from now, before any preview is taken. */
function changes(draft: Draft, entry: CronEntry) {
  const before = draftOf(entry)
  const names: Record<string, string> = { queue: t`Queue`, worker: t`Worker`, expression: t`Schedule`, timezone: t`Timezone`, overlap: t`Overlap`, catchUp: t`Catch-up`, maxCatchUp: t`At most`, args: t`Arguments` }
  const changed = Object.keys(names).filter((name) => typed(draft[name]) !== typed(before[name]))
  return html`<div class="field wide small" role="status">
    ${changed.length === 0
      ? html`<span class="muted">${t`Nothing is changed yet.`}</span>`
      : html`<b>${t`Changed, compared to now`}</b>
          <ul>
            ${changed.map((name) => html`<li>${names[name]}: ${name === 'args' ? t`other arguments` : html`<del><bdi>${before[name] || t`none`}</bdi></del> ${t`→`} <ins><bdi>${draft[name] || t`none`}</bdi></ins>`}</li>`)}
          </ul>`}
  </div>`
}

/** A button that puts in what was probably meant. */
function offerOf(value: string | undefined, put: (value: string) => void, wanted: string | undefined, words?: string) {
  if (value === undefined || !wanted) return nothing
  return html`<button type="button" class="offer" @click=${() => put(value)}>${words ?? tr`Use ${html`<bdi>${value}</bdi>`}`}</button>`
}

/** Client-side validation; only the server can fully validate schedules. */
function complaints(draft: Draft, named: boolean): FieldErrors {
  const { expression, timezone } = { expression: typed(draft.expression), timezone: typed(draft.timezone) }
  const count = Number(draft.maxCatchUp)
  const found: [string, string][] = [
    ['name', named ? nameComplaint(typed(draft.name)) : ''],
    ['queue', typed(draft.queue) ? '' : t`Name the queue that receives the jobs.`],
    ['expression', expression.split(/\s+/).length === 5 ? '' : expression ? t`Give five fields, like 0 2 * * *; there are ${expression.split(/\s+/).length}.` : t`Give five fields, like 0 2 * * *.`],
    ['timezone', isTimezone(timezone) ? '' : t`Give an IANA timezone, like Europe/Berlin.`],
    ['maxCatchUp', draft.catchUp !== 'all' || (Number.isInteger(count) && count >= 1 && count <= 1000) ? '' : t`Give a whole number from 1 to 1,000.`],
    ['args', argsComplaint(draft.args)],
  ]
  return Object.fromEntries(found.filter(([, message]) => message))
}

function nameComplaint(name: string): string {
  if (!name) return t`Give the entry a name.`
  return /^[A-Za-z0-9][A-Za-z0-9._:/-]*$/.test(name) ? '' : t`Start with a letter or digit, then use letters, digits and . _ : / - only.`
}

function isTimezone(zone: string): boolean {
  try {
    return zone !== '' && Boolean(new Intl.DateTimeFormat('en', { timeZone: zone }))
  } catch {
    return false
  }
}

/** Arguments that the display policy hides from this actor cannot be edited. */
function argsField(draft: Draft, change: Change, errors: FieldErrors) {
  const text = draft.args
  if (text === undefined) return html`<p class="field wide muted">${t`The arguments are hidden from you and stay unchanged.`}</p>`
  const complaint = errors.args || argsComplaint(text)
  return html`<div class="field wide">
    <label for="args">${tr`Arguments ${html`<span class="muted">${t`(a JSON object)`}</span>`}`}</label>
    <textarea
      id="args"
      class="mono"
      dir="ltr"
      rows="4"
      spellcheck="false"
      aria-invalid=${errors.args ? 'true' : nothing}
      aria-describedby="args-error"
      .value=${text}
      @input=${typing('args', change)}
    ></textarea>
    ${complaint ? html`<p class="${errors.args ? 'complaint' : 'muted'} small" id="args-error">${complaint} ${offerOf(mendJson(text), (value) => change('args', value), complaint, t`Mend it`)}</p>` : nothing}
  </div>`
}

interface LineOptions {
  hint?: string
  required?: boolean
  optional?: boolean
  mono?: boolean
  list?: boolean
  type?: string
  errors?: FieldErrors
  /** A button below the error. */
  offer?: unknown
}

function textLine(name: string, label: string, draft: Draft, change: Change, { hint, required, optional, mono, list, type = 'text', errors = {}, offer = nothing }: LineOptions) {
  return html`<div class="field">
    <label for=${name}>${label} ${optional ? html`<span class="muted">${t`(optional)`}</span>` : nothing}</label>
    <input
      id=${name}
      type=${type}
      class=${mono ? 'mono' : ''}
      dir=${mono ? 'ltr' : nothing}
      autocomplete="off"
      spellcheck="false"
      ?required=${required}
      list=${list ? `${name}-known` : nothing}
      aria-invalid=${errors[name] ? 'true' : nothing}
      aria-describedby="${name}-error ${name}-hint"
      .value=${draft[name] ?? ''}
      @input=${typing(name, change)}
    />
    ${fieldError(name, errors)} ${offer} ${hint ? html`<p class="muted small" id="${name}-hint">${hint}</p>` : nothing}
    ${list ? html`<datalist id="${name}-known">${Intl.supportedValuesOf('timeZone').map((zone) => html`<option value=${zone}></option>`)}</datalist>` : nothing}
  </div>`
}

function choice(name: string, label: string, table: Record<string, string>, draft: Draft, change: Change) {
  return html`<div class="field">
    <label for=${name}>${label}</label>
    <select id=${name} @change=${typing(name, change)}>
      ${Object.entries(table).map(([value, word]) => html`<option value=${value} ?selected=${draft[name] === value}>${tx(word)}</option>`)}
    </select>
  </div>`
}

function typing(name: string, change: Change) {
  return (event: Event) => change(name, (event.target as HTMLInputElement).value)
}

function typed(value: string | undefined): string {
  return (value ?? '').trim()
}

function parseArgs(text: string): Record<string, never> {
  return JSON.parse(text || '{}') as Record<string, never>
}

function argsComplaint(text: string | undefined): string {
  try {
    return isObject(JSON.parse(text || '{}')) ? '' : t`Give a JSON object, like {"scope":"all"}.`
  } catch (error) {
    return t`Line ${brokenLine(text || '{}') ?? 1}: this is not valid JSON: ${(error as Error).message}.`
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
