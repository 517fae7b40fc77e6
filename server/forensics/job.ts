import { type Bundle, type ChronologyItem, type JobDetail, subjectPath } from '../../schemas/index.ts'
import { pageOf } from '../host/auth.ts'
import { findJob, getJob, type JobFacts } from '../jobs/detail.ts'
import type { Scope } from '../operations/scope.ts'
import { followUpOf } from './audit-event.ts'
import { unknownBundle } from './bundle.ts'
import { eventItem, newestFirst } from './chronology.ts'
import { diagnoseJob } from './job-diagnosis.ts'
import { linksOfJob, pathsOfJob } from './job-paths.ts'
import { runbookForJob } from './job-runbook.ts'
import { assessJobEvidence, missingJob } from './job-evidence.ts'
import { listTrail, type Trail } from './trail.ts'

const maxEvents = 20

/** The page of a job: the job, its audit events and its bundle, each only if the viewer may see it. */
export async function getJobWithEvidence(scope: Scope, id: string): Promise<JobDetail> {
  const job = await getJob(scope, id)
  const [trail, { allowed }] = await Promise.all([listTrail(scope, 'job', id), scope.viewer.can('view_forensics', pageOf('view_forensics'))])
  return {
    ...job,
    events: trail.withheld.length ? undefined : trail.events.slice(0, maxEvents),
    forensics: allowed ? await openBundle(scope, job, trail) : undefined,
  }
}

/** The evidence about a job, from the engine, the slot that created it and the audit log. */
export async function jobBundle(scope: Scope, id: string): Promise<Bundle> {
  const { allowed } = await scope.viewer.can('view_jobs', pageOf('view_jobs'))
  if (!allowed) return unknownBundle(scope, { type: 'job', id }, 'You may not see jobs.', ['jobs'])
  const [job, trail] = await Promise.all([findJob(scope, id), listTrail(scope, 'job', id)])
  return job ? openBundle(scope, job, trail) : missingJob(scope, id, trail)
}

async function openBundle(scope: Scope, job: JobFacts, trail: Trail): Promise<Bundle> {
  const { kit, now } = scope
  const completeness = await assessJobEvidence(scope, job, trail)
  const diagnosis = diagnoseJob(job)
  return {
    subject: { type: 'job', id: job.id, label: job.worker ?? job.queue, href: `${kit.base}${subjectPath('job', job.id)}` },
    diagnosis,
    completeness,
    window: { from: job.createdAt, to: now.toISOString() },
    chronology: newestFirst([...trail.events.map((event) => eventItem(scope, event)), ...momentsOf(job, now)]),
    linkedResources: linksOfJob(scope, job, trail.events),
    nextPaths: await pathsOfJob(scope, job),
    runbook: runbookForJob(job, diagnosis, completeness),
    followUp: followUpOf(trail.events) ?? (kit.escalation ? undefined : { status: 'unconfigured' }),
    withheld: trail.withheld,
    asOf: now.toISOString(),
  }
}

/** What the engine itself recorded. Future instants are not history. */
function momentsOf(job: JobFacts, now: Date): ChronologyItem[] {
  return job.timeline
    .filter(({ at }) => new Date(at) <= now)
    .map(({ at, label }) => ({
      at,
      label: label.charAt(0).toUpperCase() + label.slice(1),
      detail: job.attempts.find(({ number, error }) => error !== undefined && label === `attempt ${number} failed`)?.error,
      source: label === 'cron slot' ? 'cron' : 'engine',
      provenance: 'durable',
      ref: { type: 'job', id: job.id },
    }))
}
