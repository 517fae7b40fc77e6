import { sql } from 'kysely'
import { query } from '../db/database.ts'
import type { EngineJob, JobFilter, JobPage } from '../engines/engine.ts'
import type { Scope } from '../operations/scope.ts'
import { matches } from './filter.ts'

/** Slots looked at for one page; a filter that matches few of them gives a short page and the place to go on. */
const maxSlots = 2_000
const batch = 500

interface SlotJob {
  slot_id: string
  slot_at: string
  job_id: string
}

export interface CronJobsAsked {
  entry: string
  filter: JobFilter
  order: 'newest' | 'oldest'
  after?: string
  limit: number
}

/**
 * Jobs that a cron entry made, in the order of its slots: our own table knows which they are, and the engine is asked for
 * them by id. An entry that the viewer may not see made no jobs.
 */
export async function listJobsOfCronEntry(scope: Scope, { entry, filter, order, after, limit }: CronJobsAsked): Promise<JobPage<EngineJob>> {
  if (!(await maySeeEntry(scope, entry))) return { jobs: [] }
  const jobs: EngineJob[] = []
  const places: string[] = []
  let last = after
  for (let looked = 0; looked < maxSlots; looked += batch) {
    const slots = await listSlots(scope, entry, order, last)
    const found = new Map((await scope.kit.engine.read(slots.map(({ job_id }) => job_id))).map((job) => [job.id, job]))
    for (const slot of slots) {
      const job = found.get(slot.job_id)
      last = `${slot.slot_at}|${slot.slot_id}`
      if (!job || !matches(filter, job)) continue
      jobs.push(job)
      places.push(last)
      if (jobs.length === limit) return { jobs, places, next: last }
    }
    if (slots.length < batch) return { jobs, places }
  }
  return { jobs, places, next: last, searched: `${maxSlots} runs of the entry for one page` }
}

function listSlots({ kit: { db }, em }: Scope, entry: string, order: 'newest' | 'oldest', after?: string): Promise<SlotJob[]> {
  const [at, id] = after?.split('|') ?? []
  const side = order === 'newest' ? sql`<` : sql`>`
  const direction = order === 'newest' ? sql`desc` : sql`asc`
  const behind = at === undefined ? sql`` : sql`and (slot.slot_at, slot.id) ${side} (${at}::timestamptz, ${id}::bigint)`
  return query(
    em,
    sql<SlotJob>`
      select slot.id::text as slot_id, slot.slot_at::text, slot.job_id from ${db.table('cron_slot')} slot
      where slot.entry_id = (select id from ${db.table('cron_entry')} where name = ${entry}) and slot.job_id is not null ${behind}
      order by slot.slot_at ${direction}, slot.id ${direction} limit ${batch}`,
  )
}

async function maySeeEntry({ kit: { db }, em, viewer }: Scope, name: string): Promise<boolean> {
  const [entry] = await query(
    em,
    sql<{ queue: string; worker: string | null }>`select queue, worker from ${db.table('cron_entry')} where name = ${name}`,
  )
  if (!entry) return false
  return (await viewer.can('view_cron', { type: 'cron_entry', id: name, queue: entry.queue, worker: entry.worker ?? undefined })).allowed
}
