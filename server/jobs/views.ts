import type { JobFilters, JobView, Principal } from '../../schemas/index.ts'
import { JobView as JobViewEntity, type Row } from '../db/entities.ts'
import { OpsError } from '../error.ts'
import type { Scope } from '../operations/scope.ts'

const maxViews = 100

/** Only the actor's own views: the actor is part of every key. */
export async function listJobViews(scope: Scope): Promise<{ items: JobView[]; asOf: string }> {
  const { em, viewer, now } = scope
  const views = viewer.principal ? await em.find(JobViewEntity, ownedBy(viewer.principal), { orderBy: { name: 'asc' } }) : []
  return { items: views.map(showView), asOf: now.toISOString() }
}

/** Two concurrent saves may both pass the limit; one extra view does no harm. */
export async function saveJobView(scope: Scope, name: string, filters: JobFilters & { order?: string }): Promise<JobView> {
  const { em, now } = scope
  const owned = ownedBy(requireName(scope))
  const isNew = (await em.count(JobViewEntity, { ...owned, name })) === 0
  if (isNew && (await em.count(JobViewEntity, owned)) >= maxViews) {
    throw new OpsError('invalid_request', `You have ${maxViews} saved views; delete one before you save another.`)
  }
  return showView(await em.upsert(JobViewEntity, { ...owned, name, filters, updatedAt: now }))
}

export async function deleteJobView(scope: Scope, name: string): Promise<{ deleted: boolean }> {
  const deleted = await scope.em.nativeDelete(JobViewEntity, { ...ownedBy(requireName(scope)), name })
  return { deleted: deleted > 0 }
}

function ownedBy({ type, id }: Principal): { actorType: string; actorId: string } {
  return { actorType: type, actorId: id }
}

function requireName({ viewer }: Scope): Principal {
  if (viewer.principal) return viewer.principal
  throw new OpsError('unattributable_actor', 'Your account has no name to store views under, so it cannot save any.')
}

function showView({ name, filters, updatedAt }: Pick<Row<typeof JobViewEntity>, 'name' | 'filters' | 'updatedAt'>): JobView {
  return { name, filters, updatedAt: updatedAt.toISOString() }
}
