import type { AuditEvent, JobDetail } from '../../schemas/index.ts'
import { readRows, visibleEvents } from '../audit/list.ts'
import { pageOf } from '../host/auth.ts'
import { getJob } from '../jobs/detail.ts'
import type { Scope } from '../operations/scope.ts'

const mostEvents = 20

/** A job's own page: the job, what was done to it, and its bundle, each for who may see it. */
export async function getJobWithEvidence(scope: Scope, id: string): Promise<JobDetail> {
  const job = await getJob(scope, id)
  return { ...job, events: await readEvents(scope, id) }
}

async function readEvents(scope: Scope, id: string): Promise<AuditEvent[] | undefined> {
  const { allowed } = await scope.viewer.can('view_audit', pageOf('view_audit'))
  if (!allowed) return undefined
  const rows = await readRows(scope, { subjectType: 'job', subjectId: id }, mostEvents)
  return visibleEvents(rows, scope.viewer, 'view_forensics')
}
