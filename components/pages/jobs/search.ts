import { type JobState, jobStates } from '../../../schemas/vocabulary.ts'
import type { SearchFilter } from '../../parts/search-text.ts'
import { parseArguments, writeArguments } from './arguments.ts'
import type { FilterName, FilterValues } from './filters.ts'

/** The key of each filter in the search bar; the others have a control of their own. */
const keyOf = { words: '', queue: 'queue', error: 'error', worker: 'worker', tag: 'tag', cronEntry: 'cron', jobId: 'id', incident: 'incident' } as const
type Plain = keyof typeof keyOf

const isFingerprint = (value: string) => /^e\d{1,3}:[0-9a-f]{16}$/.test(value)

/** The filters as conditions of the search bar. The state has its tabs, and times have the range. */
export function conditionsOf(values: FilterValues, titles: ReadonlyMap<string, string>, fixed: readonly FilterName[]): SearchFilter[] {
  const { notQueue, errorGroup, args } = values
  const plain = (Object.keys(keyOf) as Plain[]).filter((name) => values[name] && !fixed.includes(name)).map((name) => ({ key: keyOf[name] as string, value: values[name] }))
  return [
    ...plain,
    ...(notQueue && !fixed.includes('notQueue') ? [{ key: 'queue', value: notQueue, without: true }] : []),
    ...(errorGroup && !fixed.includes('errorGroup') ? [{ key: 'error', value: errorGroup, label: titles.get(errorGroup) }] : []),
    ...(fixed.includes('args') ? [] : parseArguments(args).map((condition) => ({ key: 'args', ...condition }))),
  ]
}

/** The other way round. What the bar does not show stays as it is. */
export function changeFor(conditions: readonly SearchFilter[], fixed: readonly FilterName[]): Partial<FilterValues> {
  const find = (key: string) => conditions.find((each) => each.key === key)
  const [queue, error, state] = ['queue', 'error', 'state'].map(find)
  const group = error && isFingerprint(error.value)
  const change: Partial<FilterValues> = {
    ...Object.fromEntries((Object.keys(keyOf) as Plain[]).map((name) => [name, find(keyOf[name])?.value ?? ''])),
    queue: queue && !queue.without ? queue.value : '',
    notQueue: queue?.without ? queue.value : '',
    error: error && !group ? error.value : '',
    errorGroup: group ? error.value : '',
    args: writeArguments(conditions.filter(({ key }) => key === 'args')),
    ...(state ? { state: statesOf(state) } : {}),
  }
  return Object.fromEntries(Object.entries(change).filter(([name]) => !fixed.includes(name as FilterName)))
}

function statesOf({ value, without }: SearchFilter): string {
  if (!without) return value
  const unwanted = value.split(',')
  return (Object.keys(jobStates) as JobState[]).filter((state) => !unwanted.includes(state)).join(',')
}
