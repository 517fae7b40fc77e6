import { sql } from 'kysely'
import type { Deploy } from '../../schemas/index.ts'
import type { Principal } from '../../schemas/index.ts'
import { type Database, type Em, query } from '../db/database.ts'
import { OpsError } from '../error.ts'
import type { Resource } from '../host/auth.ts'
import { visible } from '../host/visible.ts'
import { showPrincipal, showText } from '../operations/event.ts'
import type { Scope } from '../operations/scope.ts'

export interface DeployRow {
  id: string
  version: string
  at: string
  url: string | null
  note: string | null
  marked_by: Principal
  event_id: string
}

export const deployColumns = sql`id, version, at::text, url, note, marked_by, event_id`

/** `version` is the subject's id: several deploys of one version are one subject. */
export function deployResource(version: string): Resource {
  return { type: 'deploy', id: version }
}

export async function findMarked(db: Database, em: Em, version: string, at: string): Promise<DeployRow | undefined> {
  const [row] = await query(em, sql<DeployRow>`select ${deployColumns} from ${db.table('deploy')} where version = ${version} and at = ${at}::timestamptz`)
  return row
}

export async function getDeploy(scope: Scope, id: string): Promise<Deploy> {
  const [row] = await query(scope.em, sql<DeployRow>`select ${deployColumns} from ${scope.kit.db.table('deploy')} where id = ${id}`)
  if (!row) throw new OpsError('not_found', `There is no deploy ${id}.`)
  return showDeploy(scope, row)
}

export function visibleDeploys<Row extends { version: string }>({ viewer }: Scope, rows: Row[]): Promise<Row[]> {
  return visible(viewer, rows, 'view_overview', ({ version }) => deployResource(version))
}

/** A deploy as this viewer may see it. An address that the display policy changes is left out, because nobody could follow it. */
export function showDeploy({ viewer }: Scope, { id, version, at, url, note, marked_by, event_id }: DeployRow): Deploy {
  const subject = { type: 'deploy', id: version }
  return {
    id,
    version,
    at: new Date(at).toISOString(),
    url: url !== null && showText('reason', url, viewer, 'view_overview', subject) === url ? url : undefined,
    note: showText('reason', note, viewer, 'view_overview', subject),
    by: showPrincipal(marked_by, viewer, 'view_overview', subject),
    eventId: event_id,
  }
}
