import type { JobFilter } from '../engine.ts'
import { engineStates, errorColumn, isHeld, isJobId } from './rows.ts'
import { type Bound, escapeLike } from '../sql.ts'

/** A filter as conditions on `j`, grouped by what can answer them. */
export interface Conditions {
  queue?: string
  /** Excluded from every search; undefined if there are none. */
  notQueues?: string[]
  /** pg-boss's state names; left out if any state matches. */
  states?: string[]
  id?: string
  /** Bounds of `created_on`. */
  created: string[]
  /** Conditions on the arguments, which an index can answer. */
  args: string[]
  /** Bounds of `completed_on`. */
  ended: string[]
  /** Those that must be tested on the row. */
  other: string[]
}

export const timeColumns = { created: 'j.created_on', due: 'j.start_after', finished: 'j.completed_on' }

/** undefined if nothing can match. */
export function conditionsOf(filter: JobFilter, bound: Bound): Conditions | undefined {
  const { states, queue, notQueues, worker, id, tag, args, error, words, time, createdBefore } = filter
  if (worker !== undefined || tag !== undefined || states?.length === 0) return undefined
  if (id !== undefined && !isJobId(id)) return undefined
  const conditions: Conditions = { queue, notQueues: notQueues?.length ? notQueues : undefined, id, created: [], args: [], ended: [], other: [] }
  const { created, ended, other } = conditions
  if (states) {
    conditions.states = engineStates(states)
    if (states.includes('scheduled') && !states.includes('available')) other.push(`(j.state <> 'created' or ${isHeld})`)
    if (states.includes('available') && !states.includes('scheduled')) other.push(`(j.state <> 'created' or not ${isHeld})`)
  }
  if (args !== undefined && !/^\s*\{\s*\}\s*$/.test(args)) conditions.args.push(`j.data @> ${bound.add(args)}::jsonb`)
  if (error !== undefined) {
    // The output of a completed job is not an error, and most jobs have completed.
    conditions.states = (conditions.states ?? ['created', 'retry', 'active', 'cancelled', 'failed']).filter((state) => state !== 'completed')
    if (conditions.states.length === 0) return undefined
    other.push(`j.output is not null and ${errorColumn} ilike ${bound.add(`%${escapeLike(error)}%`)}`)
  }
  if (words !== undefined) {
    const part = bound.add(`%${escapeLike(words)}%`)
    other.push(`((j.output is not null and ${errorColumn} ilike ${part}) or j.data::text ilike ${part})`)
  }
  const at = (instant: Date) => `${bound.add(instant.toISOString())}::timestamptz`
  if (time) {
    const { field, from, to } = time
    const column = timeColumns[field]
    const place = { created, due: other, finished: ended }[field]
    if (from) place.push(`${column} >= ${at(from)}`)
    if (to) place.push(`${column} < ${at(to)}`)
    // A job cannot end before it was created, so this bounds the walk along the creation time as well.
    if (field === 'finished' && to) created.push(`j.created_on < ${at(to)}`)
  }
  if (createdBefore) created.push(`j.created_on < ${at(createdBefore)}`)
  return conditions
}
