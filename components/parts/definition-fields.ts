import { html, nothing, type TemplateResult } from 'lit'
import type { CronEntry } from '../../schemas/cron.ts'
import { type CatchUpPolicy, catchUpPolicies, type OverlapPolicy, overlapPolicies } from '../../schemas/vocabulary.ts'
import { viewerZone } from '../core/time.ts'
import { fieldError, type FieldErrors, InvalidFields } from './field-errors.ts'

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

/** The definition of an entry as a form; the name can be set only on creation. */
export function definitionFields(draft: Draft, change: Change, { named, errors }: { named: boolean; errors: FieldErrors }): TemplateResult {
  const line = (name: string, label: string, options: LineOptions) => textLine(name, label, draft, change, { ...options, errors })
  return html`
    ${named ? line('name', 'Name', { hint: 'Letters, digits and . _ : / -. It cannot be changed later.', required: true }) : nothing}
    ${line('queue', 'Queue', { required: true })} ${line('worker', 'Worker', { optional: true })}
    ${line('expression', 'Schedule', { hint: 'Minute, hour, day of month, month, day of week.', required: true, mono: true })}
    ${line('timezone', 'Timezone', { hint: `IANA name, e.g. ${viewerZone}.`, required: true, list: true })}
    ${choice('overlap', 'If the last run is still going', overlapPolicies, draft, change)}
    ${choice('catchUp', 'Missed runs to catch up on', catchUpPolicies, draft, change)}
    ${draft.catchUp === 'all' ? line('maxCatchUp', 'At most', { type: 'number', hint: '1 to 1,000 runs.' }) : nothing}
    ${argsField(draft, change, errors)}
  `
}

/** Client-side validation; only the server can fully validate schedules. */
function complaints(draft: Draft, named: boolean): FieldErrors {
  const { expression, timezone } = { expression: typed(draft.expression), timezone: typed(draft.timezone) }
  const count = Number(draft.maxCatchUp)
  const found: [string, string][] = [
    ['name', named ? nameComplaint(typed(draft.name)) : ''],
    ['queue', typed(draft.queue) ? '' : 'Name the queue that receives the jobs.'],
    ['expression', expression.split(/\s+/).length === 5 ? '' : `Give five fields, like 0 2 * * *${expression ? `; there are ${expression.split(/\s+/).length}` : ''}.`],
    ['timezone', isTimezone(timezone) ? '' : 'Give an IANA timezone, like Europe/Berlin.'],
    ['maxCatchUp', draft.catchUp !== 'all' || (Number.isInteger(count) && count >= 1 && count <= 1000) ? '' : 'Give a whole number from 1 to 1,000.'],
    ['args', argsComplaint(draft.args)],
  ]
  return Object.fromEntries(found.filter(([, message]) => message))
}

function nameComplaint(name: string): string {
  if (!name) return 'Give the entry a name.'
  return /^[A-Za-z0-9][A-Za-z0-9._:/-]*$/.test(name) ? '' : 'Start with a letter or digit, then use letters, digits and . _ : / - only.'
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
  if (draft.args === undefined) return html`<p class="field wide muted">The arguments are hidden from you and stay unchanged.</p>`
  return html`<div class="field wide">
    <label for="args">Arguments <span class="muted">(a JSON object)</span></label>
    <textarea
      id="args"
      class="mono"
      rows="4"
      spellcheck="false"
      aria-invalid=${errors.args ? 'true' : nothing}
      aria-describedby="args-error"
      .value=${draft.args}
      @input=${typing('args', change)}
    ></textarea>
    ${fieldError('args', errors)}
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
}

function textLine(name: string, label: string, draft: Draft, change: Change, { hint, required, optional, mono, list, type = 'text', errors = {} }: LineOptions) {
  return html`<div class="field">
    <label for=${name}>${label} ${optional ? html`<span class="muted">(optional)</span>` : nothing}</label>
    <input
      id=${name}
      type=${type}
      class=${mono ? 'mono' : ''}
      autocomplete="off"
      spellcheck="false"
      ?required=${required}
      list=${list ? `${name}-known` : nothing}
      aria-invalid=${errors[name] ? 'true' : nothing}
      aria-describedby="${name}-error ${name}-hint"
      .value=${draft[name] ?? ''}
      @input=${typing(name, change)}
    />
    ${fieldError(name, errors)} ${hint ? html`<p class="muted small" id="${name}-hint">${hint}</p>` : nothing}
    ${list ? html`<datalist id="${name}-known">${Intl.supportedValuesOf('timeZone').map((zone) => html`<option value=${zone}></option>`)}</datalist>` : nothing}
  </div>`
}

function choice(name: string, label: string, table: Record<string, string>, draft: Draft, change: Change) {
  return html`<div class="field">
    <label for=${name}>${label}</label>
    <select id=${name} @change=${typing(name, change)}>
      ${Object.entries(table).map(([value, word]) => html`<option value=${value} ?selected=${draft[name] === value}>${word}</option>`)}
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
    return isObject(JSON.parse(text || '{}')) ? '' : 'Give a JSON object, like {"scope":"all"}.'
  } catch (error) {
    return `This is not valid JSON: ${(error as Error).message}.`
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
