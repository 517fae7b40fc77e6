import { type RawBuilder, sql } from 'kysely'
import type { JobFilters, JobView, Principal } from '../../schemas/index.ts'
import { query } from '../db/database.ts'
import { OpsError } from '../error.ts'
import type { Scope } from '../operations/scope.ts'

const maxViews = 100

interface Row {
  name: string
  filters: Record<string, string>
  updated_at: string
}

/** The actor's own views and nobody else's: the actor is part of every key. */
export async function listJobViews(scope: Scope): Promise<{ items: JobView[]; asOf: string }> {
  const { kit, em, viewer } = scope
  const asOf = scope.now.toISOString()
  if (!viewer.principal) return { items: [], asOf }
  const rows = await query(
    em,
    sql<Row>`select name, filters, updated_at::text from ${kit.db.table('job_view')} where ${ownedBy(viewer.principal)} order by name`,
  )
  return { items: rows.map(showView), asOf }
}

export async function saveJobView(scope: Scope, name: string, filters: JobFilters & { order?: string }): Promise<JobView> {
  const { kit, em } = scope
  const actor = requireName(scope)
  const table = kit.db.table('job_view')
  // Two saves at once may both find room; one view too many does no harm.
  const [row] = await query(
    em,
    sql<Row>`
      insert into ${table} as view (actor_type, actor_id, name, filters, updated_at)
      select ${actor.type}, ${actor.id}, ${name}, ${JSON.stringify(filters)}::jsonb, ${scope.now}
      where exists (select from ${table} where ${ownedBy(actor)} and name = ${name})
        or (select count(*) from ${table} where ${ownedBy(actor)}) < ${maxViews}
      on conflict (actor_type, actor_id, name) do update set filters = excluded.filters, updated_at = excluded.updated_at
      returning name, filters, updated_at::text`,
  )
  if (!row) throw new OpsError('invalid_request', `You have ${maxViews} saved views; delete one before you save another.`)
  return showView(row)
}

export async function deleteJobView(scope: Scope, name: string): Promise<{ deleted: boolean }> {
  const { kit, em } = scope
  const actor = requireName(scope)
  const rows = await query(em, sql`delete from ${kit.db.table('job_view')} where ${ownedBy(actor)} and name = ${name} returning 1`)
  return { deleted: rows.length > 0 }
}

function ownedBy({ type, id }: Principal): RawBuilder<unknown> {
  return sql`actor_type = ${type} and actor_id = ${id}`
}

function requireName({ viewer }: Scope): Principal {
  if (viewer.principal) return viewer.principal
  throw new OpsError('unattributable_actor', 'Your account has no name to keep views under, so nothing can be saved for it.')
}

function showView({ name, filters, updated_at }: Row): JobView {
  return { name, filters, updatedAt: new Date(updated_at).toISOString() }
}
