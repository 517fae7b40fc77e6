import type { z } from 'zod'
import type { Deploy, markDeploy as endpoint } from '../../schemas/index.ts'
import { OpsError } from '../error.ts'
import { runOperation } from '../operations/pipeline.ts'
import type { Scope } from '../operations/scope.ts'
import { deployResource, findMarked, getDeploy, showDeploy } from './rows.ts'

type Mark = z.output<NonNullable<(typeof endpoint)['body']>>

/**
 * Marks a deploy. A build server may repeat its request: a deploy of this version at this time that is already marked is returned as
 * it is, also if somebody else marked it.
 */
export async function markDeploy(scope: Scope, { version, at: given, url, note }: Mark, key?: string): Promise<Deploy> {
  const at = given === undefined ? undefined : new Date(given).toISOString()
  const marked = await findRepeated(scope, version, at)
  if (marked) return marked
  try {
    const request = { action: 'mark_deploy' as const, subject: { type: 'deploy' as const, id: version }, input: { at, url }, reason: note }
    const { result } = await runOperation(scope, request, key ?? crypto.randomUUID())
    return await getDeploy(scope, String(result.deployId))
  } catch (error) {
    const since = isRace(error) ? await findRepeated(scope, version, at) : undefined
    if (since) return since
    throw error
  }
}

/** Only for an actor who could have marked it; everyone else takes the usual way, to the usual refusal. */
async function findRepeated(scope: Scope, version: string, at: string | undefined): Promise<Deploy | undefined> {
  const { kit, em, viewer } = scope
  if (at === undefined || !viewer.principal || !(await viewer.can('mark_deploy', deployResource(version))).allowed) return undefined
  const row = await findMarked(kit.db, em, version, at)
  return row && showDeploy(scope, row)
}

function isRace(error: unknown): boolean {
  return error instanceof OpsError && (error.code === 'mutation_conflict' || error.code === 'illegal_transition')
}
