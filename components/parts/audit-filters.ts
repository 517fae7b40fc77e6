import type { AuditEvent } from '../../schemas/audit.ts'
import { auditOutcomes, operationActions, subjectTypes } from '../../schemas/vocabulary.ts'
import { t } from '../core/words.ts'
import { type FilterValues, searchNames } from './audit-filter-names.ts'
import type { SearchFilter, SearchKey, SearchOffer } from './search-text.ts'

/** Conditions of the search bar that are one filter each. */
const simple = { by: 'actor', type: 'actorType', event: 'eventType', action: 'action', outcome: 'outcome', '': 'q' } as const
const left = { by: 'notActor', type: 'notActorType', outcome: 'notOutcome' } as const

/** The values of the filters as conditions of the search bar. */
export function searchOf(values: FilterValues): SearchFilter[] {
  const filters: SearchFilter[] = []
  const add = (key: string, value: string, without?: boolean) => value && filters.push({ key, value, ...(without ? { without } : {}) })
  for (const [key, name] of Object.entries(simple)) add(key, values[name])
  add('on', subjectText(values.subjectType, values.subjectId))
  for (const [key, name] of Object.entries(left)) add(key, values[name], true)
  for (const type of values.notEventType.split(',')) add('event', type, true)
  add('on', subjectText(values.notSubjectType, values.notSubjectId), true)
  return filters
}

/** The conditions of the search bar as filters; those that are not there are empty. */
export function valuesOf(filters: SearchFilter[]): Partial<FilterValues> {
  const values = Object.fromEntries(searchNames.map((name) => [name, ''])) as Record<(typeof searchNames)[number], string>
  for (const { key, value, without } of filters) {
    if (key === 'on') {
      const [type, id] = subjectFrom(value)
      Object.assign(values, without ? { notSubjectType: type, notSubjectId: id } : { subjectType: type, subjectId: id })
    } else if (key === 'event' && without) values.notEventType = [values.notEventType, value].filter(Boolean).join(',')
    else if (without) values[left[key as keyof typeof left]] = value
    else values[simple[key as keyof typeof simple]] = value
  }
  return values
}

/** `cron_entry:nightly_sync`, `nightly_sync` of any type, or `cron_entry:` for all of them. */
function subjectText(type: string, id: string): string {
  return type ? `${type}:${id}` : id
}

function subjectFrom(text: string): [type: string, id: string] {
  const found = /^([a-z_]+):(.*)$/s.exec(text)
  return found && Object.hasOwn({ ...subjectTypes, audit_log: 1, job_list: 1, preview: 1 }, found[1]!) ? [found[1]!, found[2]!] : ['', text]
}

const eventTypes = async () => (await import('../../schemas/event-types.ts')).eventTypes

/** What can be searched for; values are those of the events already loaded, and what the product knows. */
export function searchKeys(loaded: () => AuditEvent[]): SearchKey[] {
  const matching = (values: Iterable<string>, typed: string, note?: string): SearchOffer[] =>
    [...new Set(values)].filter((value) => value.toLowerCase().includes(typed.toLowerCase())).slice(0, 12).map((value) => ({ value, ...(note ? { note } : {}) }))
  return [
    { name: 'by', label: t`Actor, by id`, kind: 'word', excludes: true, values: async ({ value }) => matching(loaded().map(({ actor }) => actor.id), value) },
    { name: 'on', label: t`Subject, e.g. nightly_sync or queue:order_mail`, kind: 'word', excludes: true, values: async ({ value }) => matching(loaded().map(({ subject }) => subjectText(subject.type, subject.id)), value) },
    {
      name: 'event',
      label: t`Event, or how it begins: cron.`,
      kind: 'word',
      excludes: true,
      several: true,
      values: async ({ value }) => {
        const types = await eventTypes()
        return matching(types.flatMap((type) => [type.replace(/\w+$/, ''), type]).filter((type) => type.startsWith(value)), value)
      },
    },
    { name: 'outcome', label: t`How it ended`, kind: 'word', excludes: true, values: async ({ value }) => matching(Object.keys(auditOutcomes), value) },
    { name: 'type', label: t`Type of the actor, e.g. service`, kind: 'word', excludes: true, values: async ({ value }) => matching(loaded().map(({ actor }) => actor.type), value) },
    { name: 'action', label: t`Operation`, kind: 'word', values: async ({ value }) => matching(Object.keys(operationActions), value) },
    { name: '', label: t`Words of a reason`, kind: 'words' },
  ]
}
