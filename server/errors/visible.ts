import { type RawBuilder, sql } from 'kysely'
import { query } from '../db/database.ts'
import type { ErrorGroupRow } from '../db/entities.ts'
import type { Engine } from '../engines/engine.ts'
import type { Resource } from '../host/auth.ts'
import { keepAllowed } from '../host/visible.ts'
import type { Scope } from '../operations/scope.ts'

type Rights = Pick<ErrorGroupRow, 'queue' | 'worker' | 'tagSets'>

/** The resource of a group for its operations. */
export function resourceOfGroup({ lacks }: Engine, { fingerprint, queue, worker, tagSets }: Rights & { fingerprint: string }): Resource {
  const tags = lacks.filter_tag === undefined ? [...new Set(tagSets.flat())] : undefined
  return { type: 'error_group', id: fingerprint, queue, worker: lacks.filter_worker === undefined ? worker : undefined, tags }
}

/**
 * May the viewer see everything that was counted in a group? The host is asked about a hypothetical job for each set of tags that
 * its jobs had: one set that is refused withholds the group, because its counts cannot be taken apart.
 */
export async function maySeeGroup({ viewer, kit: { engine } }: Pick<Scope, 'viewer' | 'kit'>, { queue, worker, tagSets }: Rights): Promise<boolean> {
  const job = { type: 'job', id: '*', queue, worker: engine.lacks.filter_worker === undefined ? worker : undefined }
  const sets = engine.lacks.filter_tag === undefined ? tagSets : [undefined]
  const answers = await Promise.all(sets.map((tags) => viewer.can('view_jobs', { ...job, tags })))
  return answers.every(({ allowed }) => allowed)
}

/** A condition on `error_group g` that holds for the groups that the viewer may see. */
export async function visibleGroups(scope: Scope): Promise<RawBuilder<boolean>> {
  const rows = await query(
    scope.em,
    sql<{ queue: string; worker: string; tag_sets: string[][] }>`select distinct queue, worker, tag_sets from ${scope.kit.db.table('error_group')}`,
  )
  const seen = await keepAllowed(rows, ({ tag_sets, ...place }) => maySeeGroup(scope, { ...place, tagSets: tag_sets }))
  // A list of what is allowed, not of what is refused: a group that has gained a set of tags meanwhile is in neither.
  return sql<boolean>`exists (select from jsonb_to_recordset(${JSON.stringify(seen)}::jsonb) as seen (queue text, worker text, tag_sets jsonb)
    where seen.queue = g.queue and seen.worker = g.worker and seen.tag_sets = g.tag_sets)`
}
