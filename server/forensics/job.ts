import { type Bundle, type JobDetail, subjectPath } from '../../schemas/index.ts'
import { describeFailure } from '../describe-failure.ts'
import { OpsError } from '../error.ts'
import { pageOf } from '../host/auth.ts'
import { findJob, getJob, type JobFacts } from '../jobs/detail.ts'
import type { Scope } from '../operations/scope.ts'
import { type Asked, lifeWindow, maxItems } from './asked.ts'
import { assemble } from './assemble.ts'
import { followUpOf } from './audit-event.ts'
import { unknownBundle } from './bundle.ts'
import { diagnoseJob } from './job-diagnosis.ts'
import { assessJobEvidence, missingJob, unansweredJob } from './job-evidence.ts'
import { linksOfJob, pathsOfJob } from './job-paths.ts'
import { withOpenLinks } from './open-links.ts'
import { adviceForJob } from './runbooks/job.ts'
import { runbookOf } from './runbooks/runbook.ts'
import { listTrail, type Trail } from './trail.ts'

const maxEvents = 20

/** The page of a job: the job, its audit events and its bundle, each only if the viewer may see it. */
export async function getJobWithEvidence(scope: Scope, id: string): Promise<JobDetail> {
  const job = await getJob(scope, id)
  const asked = { limit: maxItems }
  const [trail, { allowed }] = await Promise.all([listTrail(scope, 'job', id, asked), scope.viewer.can('view_forensics', pageOf('view_forensics'))])
  return {
    ...job,
    events: trail.withheld.length ? undefined : trail.events.slice(0, maxEvents),
    forensics: allowed ? await withOpenLinks(scope, await openBundle(scope, job, trail, asked)) : undefined,
  }
}

/** The evidence about a job, from the engine, the slot that created it and the audit log. */
export async function jobBundle(scope: Scope, id: string, asked: Asked): Promise<Bundle> {
  const { allowed } = await scope.viewer.can('view_jobs', pageOf('view_jobs'))
  if (!allowed) return unknownBundle(scope, { type: 'job', id }, 'You may not see jobs.', ['jobs'])
  const [job, trail] = await Promise.all([findJobIfAnswered(scope, id), listTrail(scope, 'job', id, asked)])
  if (job === 'no answer') return unansweredJob(scope, id, trail, asked)
  return job ? openBundle(scope, job, trail, asked) : missingJob(scope, id, trail, asked)
}

/** Evidence is wanted most while the engine does not answer: then it is what we have ourselves. */
async function findJobIfAnswered(scope: Scope, id: string): Promise<JobFacts | null | 'no answer'> {
  return findJob(scope, id).catch((error: unknown) => {
    if (error instanceof OpsError && error.code !== 'unavailable') throw error
    scope.kit.log.warn('the engine did not answer for the evidence of a job', { requestId: scope.requestId, ...describeFailure(error) })
    return 'no answer' as const
  })
}

async function openBundle(scope: Scope, job: JobFacts, trail: Trail, asked: Asked): Promise<Bundle> {
  const { kit, now } = scope
  const subject = { type: 'job', id: job.id }
  const about = { queue: job.queue, executor: job.executor, jobId: job.id, cronEntry: job.origin.cronEntry }
  const { chronology, shared } = await assemble(scope, { subject, since: new Date(job.createdAt), trail, job, about }, lifeWindow(asked, job.createdAt, now.toISOString()), asked, ['attempts', 'changes'])
  const completeness = await assessJobEvidence(scope, job, chronology.gaps)
  const diagnosis = diagnoseJob(job)
  return {
    subject: { ...subject, label: job.worker ?? job.queue, href: `${kit.base}${subjectPath('job', job.id)}` },
    diagnosis,
    evidence: job.error === undefined ? undefined : { error: job.error },
    completeness,
    ...shared,
    linkedResources: linksOfJob(scope, job),
    nextPaths: await pathsOfJob(scope, job),
    runbook: runbookOf(scope, adviceForJob(job, diagnosis, completeness), { key: 'job', subject, completeness }),
    followUp: followUpOf(trail.events) ?? (kit.escalation ? undefined : { status: 'unconfigured' }),
    asOf: now.toISOString(),
  }
}
