import { html, nothing, type TemplateResult } from 'lit'
import type { CronEntry } from '../../schemas/cron.ts'
import { now } from '../core/clock.ts'
import { exactTime, viewerZone } from '../core/time.ts'
import { t } from '../core/words.ts'
import { definitionFields, definitionInput, draftOf, emptyDraft } from './definition-fields.ts'
import { fieldError, type FieldErrors, InvalidFields } from './field-errors.ts'
import { localMinute } from './local-minute.ts'
import type { Draft, FieldsByAction } from './operation-fields.ts'

const subject = (id: string) => ({ type: 'cron_entry' as const, id })

/** The input fields of operations on cron entries, besides the reason. */
export const cronFields: FieldsByAction = {
  pause_cron_entry: {
    eager: true,
    needsEntry: false,
    start: () => ({}),
    render: (draft, change, { errors }) => resumeField(draft.resumeAt ?? '', change, errors),
    request: ({ resumeAt }, { id = '' }) => {
      if (resumeAt && Date.parse(resumeAt) <= now()) throw new InvalidFields({ resumeAt: t`Choose a time in the future.` })
      return { action: 'pause_cron_entry', subject: subject(id), input: resumeAt ? { resumeAt: new Date(resumeAt).toISOString() } : {} }
    },
  },
  skip_cron_slot: {
    eager: true,
    needsEntry: true,
    start: (_, entry) => ({ slotAt: entry?.coming.find(({ skipped }) => !skipped)?.at ?? '' }),
    render: (draft, change, { entry }) => slotField(draft.slotAt ?? '', change, entry),
    request: ({ slotAt }, { id = '' }) => {
      if (!slotAt) throw new Error(t`This entry has no upcoming run to skip.`)
      return { action: 'skip_cron_slot', subject: subject(id), input: { slotAt } }
    },
  },
  unskip_cron_slot: {
    eager: true,
    needsEntry: true,
    start: (_, entry) => ({ slotAt: entry?.coming.find(({ skipped }) => skipped)?.at ?? '' }),
    render: (draft, change, { entry }) => slotField(draft.slotAt ?? '', change, entry, true),
    request: ({ slotAt }, { id = '' }) => {
      if (!slotAt) throw new Error(t`This entry has no skipped run to come.`)
      return { action: 'unskip_cron_slot', subject: subject(id), input: { slotAt } }
    },
  },
  create_cron_entry: {
    eager: false,
    needsEntry: false,
    start: emptyDraft,
    render: (draft, change, { errors }) => definitionFields(draft, change, { named: true, errors }),
    request: (draft) => ({ action: 'create_cron_entry', subject: subject((draft.name ?? '').trim()), input: definitionInput(draft, true) }),
  },
  update_cron_entry: {
    eager: false,
    needsEntry: true,
    start: (_, entry) => (entry ? draftOf(entry) : {}),
    render: (draft, change, { errors, entry }) => definitionFields(draft, change, { named: false, errors, entry }),
    request: (draft, { id = '' }, entry) => ({ action: 'update_cron_entry', subject: subject(id), input: changed(draft, entry) }),
  },
}

/** Only the fields that were edited, so that concurrent changes to other fields are not overwritten. */
function changed(draft: Draft, entry: CronEntry | undefined) {
  const wanted = definitionInput(draft)
  const present: Record<string, unknown> = entry ? definitionInput(draftOf(entry)) : {}
  const different = Object.entries(wanted).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(present[key]))
  if (different.length === 0) throw new Error(t`You have not changed anything yet.`)
  return Object.fromEntries(different)
}

function resumeField(value: string, change: (field: string, value: string) => void, errors: FieldErrors): TemplateResult {
  const at = value ? Date.parse(value) : Number.NaN
  return html`<div class="field">
    <label for="resumeAt">${t`Resume by itself`} <span class="muted">${t`(optional, ${viewerZone} time)`}</span></label>
    <input
      id="resumeAt"
      type="datetime-local"
      .value=${value}
      min=${localMinute(now())}
      aria-invalid=${errors.resumeAt ? 'true' : nothing}
      aria-describedby="resumeAt-error resumeAt-hint"
      @change=${(event: Event) => change('resumeAt', (event.target as HTMLInputElement).value)}
    />
    ${fieldError('resumeAt', errors)}
    <p class="muted small" id="resumeAt-hint">${Number.isNaN(at) ? t`Without a time it stays paused until someone resumes it.` : exactTime(at, { zone: 'UTC', seconds: false })}</p>
  </div>`
}

/** `back`: the runs that are skipped are offered, instead of the others. */
function slotField(value: string, change: (field: string, value: string) => void, entry?: CronEntry, back = false): TemplateResult {
  const offered = (entry?.coming ?? []).filter(({ skipped }) => skipped || !back)
  return html`<div class="field">
    <label for="slotAt">${back ? t`Run that shall happen after all` : t`Run to skip`}</label>
    <select id="slotAt" @change=${(event: Event) => change('slotAt', (event.target as HTMLSelectElement).value)}>
      ${offered.map(
        ({ at, skipped }) => html`<option value=${at} ?selected=${at === value} ?disabled=${skipped && !back}>
          ${exactTime(Date.parse(at), { zone: entry?.timezone, seconds: false })}${skipped && !back ? ` (${t`already skipped`})` : nothing}
        </option>`,
      )}
    </select>
  </div>`
}
