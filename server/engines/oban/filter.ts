import type { JobFilter } from '../engine.ts'
import { engineStates } from './rows.ts'
import { asUtc, isJobId, type ObanTables, type Shape } from './table.ts'
import { type Bound, literally } from '../sql.ts'

/** A filter as conditions on `j`. */
export interface Conditions {
  /** Those that an index of Oban's own answers: state and queue, arguments, id. */
  indexed: string[]
  /** Those that need the row itself. */
  other: string[]
}

const timeColumns = {
  created: 'j.inserted_at',
  due: 'j.scheduled_at',
  finished: 'coalesce(j.completed_at, j.cancelled_at, j.discarded_at)',
}

/** undefined when nothing can match. */
export function conditionsOf(tables: ObanTables, shape: Shape, filter: JobFilter, bound: Bound): Conditions | undefined {
  const { states, queue, notQueues, worker, id, tag, args, error, time, createdBefore } = filter
  const indexed: string[] = []
  const other: string[] = []
  if (id !== undefined) {
    if (!isJobId(id)) return undefined
    indexed.push(`j.id = ${bound.add(id)}::bigint`)
  }
  if (states) {
    const known = engineStates(shape, states)
    if (known.length === 0) return undefined
    indexed.push(`j.state = any(${bound.add(known)}::text[]::${tables.stateType}[])`)
  }
  if (queue !== undefined) {
    // Oban's index begins with the state, so all states are named with the queue.
    if (!states) indexed.push(`j.state = any(${bound.add(shape.states)}::text[]::${tables.stateType}[])`)
    indexed.push(`j.queue = ${bound.add(queue)}`)
  }
  // Not bounded like a test of the row: how many jobs the others hold must not show.
  if (notQueues?.length) indexed.push(`j.queue <> all(${bound.add(notQueues)}::text[])`)
  if (args !== undefined && !/^\s*\{\s*\}\s*$/.test(args)) indexed.push(`j.args @> ${bound.add(args)}::jsonb`)
  if (worker !== undefined) other.push(`j.worker = ${bound.add(worker)}`)
  if (tag !== undefined) other.push(`jsonb_exists(to_jsonb(j.tags), ${bound.add(tag)})`)
  if (error !== undefined) other.push(`to_jsonb(j.errors)->-1->>'error' ilike ${bound.add(`%${literally(error)}%`)}`)
  if (time) {
    const column = timeColumns[time.field]
    if (time.from) other.push(`${column} >= ${asUtc(bound.add(time.from.toISOString()))}`)
    if (time.to) other.push(`${column} < ${asUtc(bound.add(time.to.toISOString()))}`)
  }
  if (createdBefore) other.push(`j.inserted_at < ${asUtc(bound.add(createdBefore.toISOString()))}`)
  return { indexed, other }
}
