import { sql } from 'kysely'
import { z } from 'zod'
import type { BulkItem, BulkOutcome } from '../../../schemas/index.ts'
import { cursorCodec } from '../../cursor.ts'
import { query } from '../../db/database.ts'
import { visible } from '../../host/visible.ts'
import type { Scope } from '../scope.ts'
import { getRun } from './read.ts'
import type { BatchJob, BulkRunRow, PlacedOutcome } from './rows.ts'

/** At most this many batches are read for one page; a filter by a rare outcome gives a short page with a cursor. */
const maxBatches = 50

interface Place {
  /** Number of the batch, and position of the next job in it. */
  number: number
  place: number
}

export interface ItemPage {
  items: BulkItem[]
  nextCursor?: string
  asOf: string
}

export interface ItemsQuery {
  outcome?: BulkOutcome
  limit: number
  cursor?: string
}

/** The jobs of a run with their outcomes, in the order in which they were frozen. Jobs that the viewer may not see are left out. */
export async function listItems(scope: Scope, id: string, { outcome, limit, cursor }: ItemsQuery): Promise<ItemPage> {
  const run = await getRun(scope, id)
  const items: BulkItem[] = []
  let at = (await cursors.parse(scope.kit.db, cursor)) ?? { number: 0, place: 0 }
  for (let batches = 0; batches < maxBatches; batches++) {
    const batch = await findBatch(scope, id, at.number)
    if (!batch) return { items, asOf: scope.now.toISOString() }
    const shown = await itemsOf(scope, run, batch, at.place, outcome)
    const room = limit - items.length
    items.push(...shown.slice(0, room).map(({ item }) => item))
    if (shown.length > room) return { items, nextCursor: await cursors.write(scope.kit.db, { number: at.number, place: shown[room]!.place }), asOf: scope.now.toISOString() }
    at = { number: at.number + 1, place: 0 }
  }
  return { items, nextCursor: await cursors.write(scope.kit.db, at), asOf: scope.now.toISOString() }
}

interface Batch {
  jobs: BatchJob[]
  outcomes: PlacedOutcome[] | null
}

async function findBatch({ kit: { db }, em }: Scope, id: string, number: number): Promise<Batch | undefined> {
  const [batch] = await query(em, sql<Batch>`select jobs, outcomes from ${db.table('bulk_batch')} where bulk_id = ${id} and number = ${number}`)
  return batch
}

async function itemsOf({ viewer }: Scope, run: BulkRunRow, { jobs, outcomes }: Batch, from: number, wanted?: BulkOutcome) {
  const items = jobs.slice(from).map((job, index) => ({ place: from + index, item: itemOf(run, job, outcomes?.[from + index]), job }))
  const matching = items.filter(({ item }) => wanted === undefined || item.outcome === wanted)
  return visible(viewer, matching, 'view_jobs', ({ job: { id, queue, worker, tags } }) => ({ type: 'job', id, queue, worker, tags }))
}

/** A job that was not eligible is listed with the reason from the preview; the run's outcomes do not count it. */
function itemOf(run: BulkRunRow, { id, queue, state, notEligible }: BatchJob, outcome: PlacedOutcome | undefined): BulkItem {
  if (notEligible !== undefined) return { id, queue, state, outcome: 'not_eligible', detail: notEligible }
  const [result, detail] = outcome ?? [run.status === 'aborted' ? 'aborted' : 'waiting']
  return { id, queue, state, outcome: result, detail }
}

const cursors = cursorCodec<Place>('items of a bulk run', z.strictObject({ number: z.int().min(0).max(999_999), place: z.int().min(0).max(9_999) }))
