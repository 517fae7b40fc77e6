import type { JobHint } from '../../../schemas/job.ts'
import { type JobState, jobStates } from '../../../schemas/vocabulary.ts'
import type { Connection } from '../../core/connection.ts'
import { t } from '../../core/words.ts'
import type { SearchKey, SearchOffer } from '../../parts/search-text.ts'
import { complaintAbout } from './arguments.ts'
import type { FilterName, FilterValues } from './filters.ts'

export interface KeySource {
  connection: () => Connection | undefined
  /** What this engine cannot search for, with the reason. */
  lacks: Record<string, string>
  /** What the host has fixed: the reader cannot change it. */
  fixed: readonly FilterName[]
  values: () => FilterValues
  /** Notes the title of a group, so that its chip can be read. */
  name: (fingerprint: string, title: string) => void
}

type Field = 'queue' | 'worker' | 'tag'

/** What can be searched for with this engine. Completions are what the server finds among what the actor may see. */
export function searchKeys({ connection, lacks, fixed, values, name }: KeySource): SearchKey[] {
  const client = () => connection()?.client
  const hinted = (field: Field) => async ({ value }: { value: string }, signal: AbortSignal) =>
    ((await client()?.hintJobs({ query: { field, prefix: value }, signal }))?.values ?? []).map((each) => ({ value: each }))
  const args = async (query: { prefix: string; path?: string }, signal: AbortSignal) => {
    const { queue, state } = values()
    return (await client()?.hintJobs({ query: { field: 'args', ...query, queue: queue || undefined, state: state || undefined }, signal }))?.hints ?? []
  }
  const keys: (SearchKey & { filter: FilterName })[] = [
    { filter: 'words', name: '', label: t`anywhere in error or arguments`, kind: 'words' },
    { filter: 'queue', name: 'queue', label: t`Jobs of this queue`, kind: 'word', excludes: true, values: hinted('queue') },
    { filter: 'state', name: 'state', label: t`Jobs in this state`, kind: 'word', excludes: true, values: stateOffers, complain: ({ value }) => (statesIn(value) ? '' : t`Give one of ${Object.keys(jobStates).join(', ')}.`) },
    { filter: 'error', name: 'error', label: t`Text of the last error`, kind: 'words', values: (typed, signal) => errorOffers(typed.value, values().queue, client(), name, signal) },
    {
      filter: 'args',
      name: 'args',
      label: t`Arguments`,
      kind: 'word',
      path: true,
      several: true,
      complain: complaintAbout,
      paths: async (prefix, signal) => (await args({ prefix }, signal)).map((hint) => ({ value: hint.value, note: noteOf(hint) })),
      values: async ({ path, value }, signal) => (path ? (await args({ prefix: value, path }, signal)).map((hint) => ({ value: hint.value, note: t`${hint.count} of the newest` })) : []),
    },
    { filter: 'worker', name: 'worker', label: t`Jobs of this worker`, kind: 'word', values: hinted('worker') },
    { filter: 'tag', name: 'tag', label: t`Jobs with this tag`, kind: 'word', values: hinted('tag') },
    { filter: 'cronEntry', name: 'cron', label: t`Jobs made by this cron entry`, kind: 'word', values: ({ value }, signal) => cronOffers(value, client(), signal) },
    { filter: 'jobId', name: 'id', label: t`The job with this id`, kind: 'word' },
    { filter: 'incident', name: 'incident', label: t`Jobs that this incident affects`, kind: 'word' },
  ]
  return keys.filter(({ filter }) => !fixed.includes(filter) && !lacks[`filter_${filter === 'jobId' ? 'id' : filter}`])
}

type Client = Connection['client'] | undefined

function statesIn(value: string): boolean {
  return value.split(',').every((state) => Object.hasOwn(jobStates, state))
}

async function stateOffers({ value }: { value: string }): Promise<SearchOffer[]> {
  return (Object.keys(jobStates) as JobState[]).filter((state) => state.startsWith(value.toLowerCase())).map((state) => ({ value: state }))
}

/** Groups of errors, by what is left of a message without its numbers and ids. */
async function errorOffers(typed: string, queue: string, client: Client, name: KeySource['name'], signal: AbortSignal): Promise<SearchOffer[]> {
  const { items = [] } = (await client?.listErrorGroups({ query: { text: typed || undefined, queue: queue || undefined, limit: 8 }, signal })) ?? {}
  return items.map(({ fingerprint, title, queue: of }) => {
    name(fingerprint, title)
    return { value: fingerprint, label: title.slice(0, 120), note: of }
  })
}

async function cronOffers(typed: string, client: Client, signal: AbortSignal): Promise<SearchOffer[]> {
  const { items = [] } = (await client?.listCronEntries({ query: { q: typed || undefined, limit: 12 }, signal })) ?? {}
  return items.map(({ name }) => ({ value: name }))
}

/** What tells the values apart, e.g. `number · 1032 – 1171` or `shop 128 · admin 12`. */
function noteOf({ kind, min, max, often }: JobHint): string {
  if (min !== undefined && max !== undefined) return min === max ? t`number · ${String(min)}` : t`number · ${String(min)} – ${String(max)}`
  if (often?.length) return often.map(({ value, count }) => `${value} ${count}`).join(' · ')
  return { number: t`number`, string: t`text`, boolean: t`true or false`, null: t`nothing`, list: t`list`, mixed: t`different kinds` }[kind]
}
