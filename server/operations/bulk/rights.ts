import { type RawBuilder, sql } from 'kysely'
import type { JobFilters, Permission, Principal, SelectionRequest } from '../../../schemas/index.ts'
import { type Database, query } from '../../db/database.ts'
import { OpsError } from '../../error.ts'
import { pageOf, type Resource } from '../../host/auth.ts'
import { isSameActor } from '../../host/viewer.ts'
import { keepAllowed } from '../../host/visible.ts'
import type { Kit } from '../../kit.ts'
import type { Operation } from '../operation.ts'
import type { ActingScope, Scope } from '../scope.ts'
import { type BulkRunRow, type QueueShare, uuid } from './rows.ts'

/** Authorization of selections and runs as a whole; their jobs are authorized one by one. */

/** Checked first, because searching a selection is expensive: may the actor do this to any job at all? */
export async function requireSomeRight(scope: ActingScope, operation: Operation, { selection }: SelectionRequest): Promise<void> {
  const { viewer, em, kit } = scope
  const general = await viewer.can(operation.action, pageOf('view_jobs'))
  // A selection by ids is cheap: the host is asked about each of them.
  if (general.allowed || 'ids' in selection) return
  const special = 'bulk' in selection ? askAboutRun(scope, operation, await findShares({ kit, em }, selection.bulk)) : askAboutFilter(scope, operation, selection.filter)
  if (!(await special).some(({ allowed }) => allowed)) throw new OpsError('forbidden', general.reason ?? `${operation.action} is not allowed.`)
}

function askAboutFilter({ viewer }: Scope, { action }: Operation, { queue, worker, tag }: JobFilters): Promise<Permission[]> {
  const named: Resource[] = []
  if (queue !== undefined) named.push({ type: 'queue', id: queue, queue })
  if (worker !== undefined || tag !== undefined) named.push({ type: 'job', id: '*', queue, worker, tags: tag === undefined ? undefined : [tag] })
  return Promise.all(named.map((resource) => viewer.can(action, resource)))
}

/** Asks about one of the eligible jobs of each queue. */
function askAboutRun({ viewer }: Scope, { action, many }: Operation, queues: Record<string, QueueShare>): Promise<Permission[]> {
  const samples = Object.entries(queues).flatMap(([queue, { sample }]) => (sample ? [{ ...sample, queue, version: '', state: 'discarded' as const }] : []))
  return Promise.all(samples.map((job) => viewer.can(action, many!.resource(job))))
}

/** Rights may have been revoked: before a set is shown again, the host is asked about each of its queues. */
export async function requireRightToSet(scope: Scope, operation: Operation, bulkId: string): Promise<void> {
  const answers = await askAboutRun(scope, operation, await findShares(scope, bulkId))
  const denied = answers.find(({ allowed }) => !allowed)
  if (denied) throw new OpsError('forbidden', denied.reason ?? `${operation.action} is no longer allowed on these jobs.`)
}

async function findShares({ kit, em }: Pick<Scope, 'kit' | 'em'>, bulkId: string): Promise<Record<string, QueueShare>> {
  const [run] = await query(em, sql<Pick<BulkRunRow, 'queues'>>`select queues from ${kit.db.table('bulk_run')} where id = ${bulkId}`)
  return run?.queues ?? {}
}

/** An actor may see their own runs, and runs all of whose queues they may see: totals and reason concern all of them. */
export async function maySeeRun(scope: Pick<Scope, 'viewer'>, { id, actor, queues }: Pick<BulkRunRow, 'id' | 'actor' | 'queues'>): Promise<boolean> {
  if (scope.viewer.principal && isSameActor(scope.viewer.principal, actor)) return true
  return mayAll(scope, runResources(id, queues))
}

/** A run referred to by an event. `queues` comes from the event, for runs that have been deleted since. */
export interface NamedRun {
  id: string
  queues?: string[]
}

/** The ids of the given runs that the viewer may see. */
export async function findVisibleRuns(scope: Scope, named: NamedRun[]): Promise<Set<string>> {
  const runs = [...new Map(named.map((run) => [run.id, run])).values()]
  const ids = runs.map(({ id }) => id).filter((id) => uuid.test(id))
  const stored = ids.length
    ? await query(scope.em, sql<Pick<BulkRunRow, 'id' | 'actor' | 'queues'>>`select id, actor, queues from ${scope.kit.db.table('bulk_run')} where id = any(${ids}::uuid[])`)
    : []
  const byId = new Map(stored.map((run) => [run.id, run]))
  const visible = await keepAllowed(runs, async ({ id, queues = [] }) => {
    const run = byId.get(id)
    if (run) return maySeeRun(scope, run)
    return mayAll(scope, runResources(id, Object.fromEntries(queues.map((queue) => [queue, true]))))
  })
  return new Set(visible.map(({ id }) => id))
}

/** Ids of the runs that an actor started, as text, for use inside a larger statement. */
export function runsOf(db: Database, { type, id }: Pick<Principal, 'type' | 'id'>): RawBuilder<unknown> {
  return sql`select id::text from ${db.table('bulk_run')} where actor_type = ${type} and actor_id = ${id}`
}

async function mayAll({ viewer }: Pick<Scope, 'viewer'>, resources: Resource[]): Promise<boolean> {
  const answers = await Promise.all(resources.map((resource) => viewer.can('view_jobs', resource)))
  return answers.every(({ allowed }) => allowed)
}

/** The resource that a run's events record. */
export function resourceOfRun({ id, queues }: Pick<BulkRunRow, 'id' | 'queues'>): { type: 'bulk'; id: string; queues: string[] } {
  return { type: 'bulk', id, queues: Object.keys(queues) }
}

/** Publishes a hint that a run has changed, to those who may see all of it. */
export function publishRun(kit: Kit, run: Pick<BulkRunRow, 'id' | 'queues'>, topics: string[] = ['bulk', 'audit']): void {
  const { queues: allQueues, ...about } = resourceOfRun(run)
  for (const topic of topics) kit.publishHint(topic === 'bulk' ? { topic, subject: about, allQueues } : { topic, about, allQueues })
}

/** The resources to authorize for a run: one for each queue of its set. */
export function runResources(id: string, queues: Record<string, unknown>): Resource[] {
  const names = Object.keys(queues)
  return names.length ? names.map((queue) => ({ type: 'bulk', id, queue })) : [{ type: 'bulk', id }]
}
