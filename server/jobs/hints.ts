import type { JobHint } from '../../schemas/index.ts'
import { keepAllowed } from '../host/visible.ts'
import type { Scope } from '../operations/scope.ts'
import { listRefusedQueues } from '../queues/known.ts'
import { type ArgumentsAsked, listArgumentHints } from './argument-hints.ts'
import { showTags } from './show.ts'

const maxHints = 20
/** More than are shown, because some may be hidden. */
const maxFetched = 200

export interface HintsAsked extends ArgumentsAsked {
  field: 'queue' | 'worker' | 'tag' | 'args'
}

export interface Hints {
  values: string[]
  hints?: JobHint[]
  asOf: string
}

/** Suggests values to filter by, except values that the viewer may not see. */
export async function hintJobs(scope: Scope, { field, ...asked }: HintsAsked): Promise<Hints> {
  const asOf = scope.now.toISOString()
  if (scope.kit.engine.lacks[`filter_${field}`] !== undefined && field !== 'queue') return { values: [], asOf }
  if (field !== 'args') return { values: await listValues(scope, field, asked.prefix), asOf }
  const hints = await listArgumentHints(scope, asked)
  return { values: hints.map(({ value }) => value), hints, asOf }
}

async function listValues(scope: Scope, field: 'queue' | 'worker' | 'tag', prefix: string): Promise<string[]> {
  const values = await scope.kit.engine.hints(field, prefix, maxFetched, await listRefusedQueues(scope))
  return (await keepAllowed(values, (value) => maySuggest(scope, field, value))).slice(0, maxHints)
}

/** A worker or tag is authorized as a hypothetical job that has it. */
async function maySuggest({ viewer }: Scope, field: 'queue' | 'worker' | 'tag', value: string): Promise<boolean> {
  if (field === 'queue') return (await viewer.can('view_jobs', { type: 'queue', id: value, queue: value })).allowed
  if (field === 'worker') return (await viewer.can('view_jobs', { type: 'job', id: '*', worker: value })).allowed
  const { allowed } = await viewer.can('view_jobs', { type: 'job', id: '*', tags: [value] })
  return allowed && showTags(viewer, [value], 'view_jobs')[0] === value
}
