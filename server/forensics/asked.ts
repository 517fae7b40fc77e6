import { z } from 'zod'
import { type ChronologyGroup, chronologySources, type ForensicRange, forensicRanges } from '../../schemas/index.ts'
import { cursorCodec } from '../cursor.ts'
import type { Position } from './merge.ts'
import type { Window } from './source.ts'

/** What a reader wants to see of a subject. */
export interface Asked {
  range?: ForensicRange
  before?: Position
  limit: number
  groups?: ReadonlySet<ChronologyGroup>
}

/** As many items as a bundle holds. */
export const maxItems = 200

/** The window of a subject that has been there for longer than anyone wants to look at. */
export function rangeWindow({ before, limit, range }: Asked, now: Date, usual: ForensicRange, since?: Date): Window {
  const chosen = range ?? usual
  const from = now.getTime() - forensicRanges[chosen].seconds * 1_000
  // The clock of this process may lag behind the creation of the subject.
  const start = since ? Math.min(Math.max(from, since.getTime()), now.getTime() - 1_000) : from
  return { from: new Date(start), axisFrom: new Date(from), to: now, range: chosen, before, limit }
}

/** The whole life of a subject. */
export function lifeWindow({ before, limit }: Asked, from: string, to: string): Window {
  return { from: new Date(from), to: new Date(Math.max(Date.parse(to), Date.parse(from) + 1_000)), before, limit }
}

export const chronologyCursors = cursorCodec<Position>(
  'chronology',
  z.strictObject({
    at: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/).refine((at) => !Number.isNaN(Date.parse(at))),
    source: z.enum(Object.keys(chronologySources) as [Position['source'], ...Position['source'][]]),
    id: z.string().max(800),
  }),
)
