import type { JobFilter } from '../engine.ts'
import { engineStates } from './rows.ts'
import { asUtc, isJobId, type ObanTables, type Shape } from './table.ts'
import { type Bound, escapeLike } from '../sql.ts'

/** A filter as conditions on `j`. */
export interface Conditions {
  /** Those that one of Oban's own indexes answers: state and queue, arguments, id. */
  indexed: string[]
  /** Those that must be tested on the row. */
  other: string[]
}

export const timeColumns = {
  created: 'j.inserted_at',
  due: 'j.scheduled_at',
  finished: 'coalesce(j.completed_at, j.cancelled_at, j.discarded_at)',
}

/** undefined if nothing can match. */
export function conditionsOf(tables: ObanTables, shape: Shape, filter: JobFilter, bound: Bound): Conditions | undefined {
  const { states, queue, notQueues, worker, id, tag, args, error, words, time, createdBefore } = filter
  const indexed: string[] = []
  const other: string[] = []
  if (id !== undefined) {
    if (!isJobId(id)) return undefined
    indexed.push(`j.id = ${bound.add(id)}::bigint`)
  }
  if (states) {
    const stateNames = engineStates(shape, states)
    if (stateNames.length === 0) return undefined
    indexed.push(`j.state = any(${bound.add(stateNames)}::text[]::${tables.stateType}[])`)
  }
  if (queue !== undefined) {
    // Oban's index starts with the state, so a filter by queue names all states.
    if (!states) indexed.push(`j.state = any(${bound.add(shape.states)}::text[]::${tables.stateType}[])`)
    indexed.push(`j.queue = ${bound.add(queue)}`)
  }
  // Not treated as a row test, which is bounded: how many jobs hidden queues hold must not show.
  if (notQueues?.length) indexed.push(`j.queue <> all(${bound.add(notQueues)}::text[])`)
  if (args !== undefined && !/^\s*\{\s*\}\s*$/.test(args)) indexed.push(`j.args @> ${bound.add(args)}::jsonb`)
  if (worker !== undefined) other.push(`j.worker = ${bound.add(worker)}`)
  if (tag !== undefined) other.push(`jsonb_exists(to_jsonb(j.tags), ${bound.add(tag)})`)
  if (error !== undefined) other.push(`to_jsonb(j.errors)->-1->>'error' ilike ${bound.add(`%${escapeLike(error)}%`)}`)
  if (words !== undefined) {
    const part = bound.add(`%${escapeLike(words)}%`)
    other.push(`(to_jsonb(j.errors)->-1->>'error' ilike ${part} or j.args::text ilike ${part})`)
  }
  if (time) {
    const column = timeColumns[time.field]
    if (time.from) other.push(`${column} >= ${asUtc(bound.add(time.from.toISOString()))}`)
    if (time.to) other.push(`${column} < ${asUtc(bound.add(time.to.toISOString()))}`)
  }
  if (createdBefore) other.push(`j.inserted_at < ${asUtc(bound.add(createdBefore.toISOString()))}`)
  return { indexed, other }
}
