import { html, nothing, type TemplateResult } from 'lit'
import type { CronEntry } from '../../schemas/cron.ts'
import { type CatchUpPolicy, catchUpPolicies, type OverlapPolicy, overlapPolicies } from '../../schemas/vocabulary.ts'
import { viewerZone } from '../core/time.ts'

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

export function definitionInput(draft: Draft) {
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

/** The definition of an entry as a form; the name can only be given once. */
export function definitionFields(draft: Draft, change: Change, named: boolean): TemplateResult {
  return html`
    ${named ? line('name', 'Name', draft, change, { hint: 'Letters, digits and . _ : / -; stays for good.', required: true }) : nothing}
    ${line('queue', 'Queue', draft, change, { required: true })} ${line('worker', 'Worker', draft, change, { optional: true })}
    ${line('expression', 'Schedule', draft, change, { hint: 'Minute, hour, day of month, month, day of week.', required: true, mono: true })}
    ${line('timezone', 'Timezone', draft, change, { hint: `IANA name, e.g. ${viewerZone}.`, required: true, list: true })}
    ${choice('overlap', 'When the last run is still going', overlapPolicies, draft, change)}
    ${choice('catchUp', 'Missed runs to catch up', catchUpPolicies, draft, change)}
    ${draft.catchUp === 'all' ? line('maxCatchUp', 'At most', draft, change, { type: 'number', hint: '1 to 1000 runs.' }) : nothing}
    ${argsField(draft, change)}
  `
}

/** Arguments the display policy hides from this person can only stay as they are. */
function argsField(draft: Draft, change: Change) {
  if (draft.args === undefined) return html`<p class="field wide muted">The arguments are hidden from you and stay as they are.</p>`
  return html`<div class="field wide">
    <label for="args">Arguments <span class="muted">(a JSON object)</span></label>
    <textarea id="args" class="mono" rows="4" spellcheck="false" .value=${draft.args} @input=${typing('args', change)}></textarea>
  </div>`
}

interface LineOptions {
  hint?: string
  required?: boolean
  optional?: boolean
  mono?: boolean
  list?: boolean
  type?: string
}

function line(name: string, label: string, draft: Draft, change: Change, { hint, required, optional, mono, list, type = 'text' }: LineOptions) {
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
      aria-describedby=${hint ? `${name}-hint` : nothing}
      .value=${draft[name] ?? ''}
      @input=${typing(name, change)}
    />
    ${hint ? html`<p class="muted small" id="${name}-hint">${hint}</p>` : nothing}
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
  let value: unknown
  try {
    value = JSON.parse(text || '{}')
  } catch (error) {
    throw new Error(`Arguments are not valid JSON: ${(error as Error).message}`, { cause: error })
  }
  if (!isObject(value)) throw new Error('Arguments must be a JSON object, like {"scope":"all"}.')
  return value as Record<string, never>
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
