import { sql } from 'kysely'
import type { Completeness, Incident, Runbook } from '../../../schemas/index.ts'
import { loadCoverage } from '../../cron/facts.ts'
import { query } from '../../db/database.ts'
import { attendanceByQueue, listExecutors } from '../../executors/executors.ts'
import { snapshots } from '../../figures/tables.ts'
import { pageOf } from '../../host/auth.ts'
import type { Scope } from '../../operations/scope.ts'
import { findQueue } from '../../queues/read.ts'
import type { Checked } from './incidents/incident-runbook.ts'
import { incidentRunbooks } from './incidents/table.ts'
import { providedBy, runbookOf } from './runbook.ts'

const recentMs = 60_000

/** The runbook of an incident's class, its prerequisites checked now. */
export async function runbookForIncident(scope: Scope, incident: Incident, completeness: Completeness): Promise<Runbook> {
  const { title, needs, cautions, prerequisites, steps } = incidentRunbooks[incident.class]
  const checked = await check(scope, incident)
  const mayAct = Object.values(incident.operations).some(({ allowed }) => allowed)
  const advice = {
    title,
    whyNow: incident.headline,
    prerequisites: [...prerequisites(checked, incident), { label: 'You may act on this incident', met: mayAct }],
    cautions: [...cautions],
    steps: steps(checked, incident),
    needs,
  }
  const provided = checked.queue ? providedBy(checked.queue, scope.kit.engine.lacks) : []
  return runbookOf(scope, advice, { key: incident.class, subject: { type: 'incident', id: incident.id }, completeness, provided })
}

/** Reads our own tables only: a runbook must open while the engine does not answer. */
async function check(scope: Scope, { scope: { queue } }: Incident): Promise<Checked> {
  const { now, viewer } = scope
  const recent = new Date(now.getTime() - recentMs)
  const maySee = queue !== undefined && (await viewer.can('view_queues', pageOf('view_queues'))).allowed
  const [measured, { scheduling }, found] = await Promise.all([isMeasured(scope, recent), loadCoverage(scope, { from: recent, to: now }), maySee ? findQueue(scope, queue) : null])
  const attendance = found ? attendanceByQueue(await listExecutors(scope, { queue: found.name })).get(found.name) : undefined
  return {
    measured,
    scheduling: scheduling.some(({ to }) => to === null || to >= recent),
    queue: found,
    executors: attendance ? { alive: attendance.healthy + attendance.late, missing: attendance.missing } : null,
  }
}

async function isMeasured({ kit: { db }, em }: Scope, since: Date): Promise<boolean> {
  const [row] = await query(em, sql<{ measured: boolean }>`select exists (select from ${snapshots(db)} where at >= ${since}) as measured`)
  return row!.measured
}
