import { sql } from 'kysely'
import { z } from 'zod'
import { query } from '../db/database.ts'
import { Incident, type IncidentRow } from '../db/entities.ts'
import { toRow } from '../db/row.ts'
import type { EngineJob } from '../engines/engine.ts'
import { errorGroupOfJob, findJobsOfGroup } from '../errors/jobs-of-group.ts'
import type { FindJobSet } from '../kit.ts'
import type { Affected } from './class.ts'
import { findClass } from './classes.ts'
import { visibleIncidents } from './rights.ts'

/** What the repairs of an incident apply to. Nothing if its facts have another shape, e.g. those of an older version. */
export function affectedBy({ class: name, facts: stored }: Pick<IncidentRow, 'class' | 'facts'>): Affected {
  const described = findClass(name)
  const facts = described?.facts.safeParse(stored)
  return described && facts?.success ? described.affected(facts.data) : {}
}

/** The jobs of an incident; undefined if the viewer may not see it, or if it is not about jobs. */
export const findAffectedJobs: FindJobSet = async (asking, id) => {
  const { kit: { db }, em, viewer } = asking
  if (!z.uuid().safeParse(id).success) return undefined
  const [row] = await query(em, sql<Record<string, unknown>>`select * from ${db.table('incident')} where id = ${id}`)
  const [incident] = row ? await visibleIncidents(viewer, [toRow(Incident, row)]) : []
  const jobs = incident && affectedBy(incident).jobs
  if (!jobs || 'ids' in jobs || incident.scope.fingerprint === undefined) return jobs
  return { ...jobs, keep: await testOfError(asking, incident.scope.fingerprint) }
}

/** Other errors of the same queue do not belong to it. */
async function testOfError(asking: Parameters<FindJobSet>[0], fingerprint: string): Promise<(job: EngineJob) => boolean> {
  const group = await findJobsOfGroup(asking, fingerprint)
  const inGroup = group && 'keep' in group ? group.keep : undefined
  return (job) => errorGroupOfJob(asking.kit, job) === fingerprint || (inGroup?.(job) ?? false)
}
