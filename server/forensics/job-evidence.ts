import { type Bundle, countOf, type EvidenceGap, formatCount } from '../../schemas/index.ts'
import type { JobFacts } from '../jobs/detail.ts'
import type { Scope } from '../operations/scope.ts'
import { type Asked, rangeWindow } from './asked.ts'
import { assemble, judge } from './assemble.ts'
import { unknownBundle } from './bundle.ts'
import { gapBefore, reachOfAuditLog } from './reach.ts'
import type { Trail } from './trail.ts'

/** Complete only if the engine stored every attempt and the audit log covers the whole life of the job. */
export async function assessJobEvidence(scope: Scope, job: JobFacts, found: EvidenceGap[]): Promise<Bundle['completeness']> {
  const gaps = [...attemptGaps(scope, job), ...found, ...(await logGap(scope, job))]
  return judge({ reasons: [], gaps, complete: 'The engine stored every attempt of this job, and the audit log reaches back to its creation.' })
}

function attemptGaps({ kit: { engine }, now }: Scope, { attempt, attempts, createdAt, finishedAt }: JobFacts): EvidenceGap[] {
  const gap = (reason: string): EvidenceGap[] => [{ source: 'engine', from: createdAt, to: finishedAt ?? now.toISOString(), reason }]
  if (attempt === 0) return []
  if (engine.attemptHistory === 'none') return gap(`${engine.name} stores no attempts; only the job's own timestamps are known`)
  if (engine.attemptHistory === 'last' && attempt > 1) return gap(`${engine.name} stores only the last attempt in full; earlier attempts have an error at most`)
  return attempts.length < attempt ? gap(`The engine counted ${countOf(attempt, 'attempt')} but stored only ${formatCount(attempts.length)}`) : []
}

async function logGap(scope: Scope, { createdAt }: JobFacts): Promise<EvidenceGap[]> {
  const missing = 'after this job was created; what was done before is not recorded'
  return gapBefore(await reachOfAuditLog(scope), { source: 'audit', from: new Date(createdAt), what: 'the audit log', missing })
}

/** A job the engine does not know: it never existed, or it was not retained. The bundle says which only if that is known. */
export async function missingJob(scope: Scope, id: string, trail: Trail, asked: Asked): Promise<Bundle> {
  const { engine } = scope.kit
  const subject = { type: 'job', id }
  const historyGap = engine.lacks.finished_jobs ?? (engine.capabilities.keepsFinishedJobs ? undefined : `${engine.name} does not keep finished jobs.`)
  const bundle = unknownBundle(scope, subject, 'Supply the id of a job that the engine still has.', trail.withheld)
  if (!historyGap && !trail.events.length) return bundle
  const reason = historyGap ?? `${engine.name} no longer has this job; its retention policy may have removed it.`
  const known = trail.events.length > 0
  const gaps: EvidenceGap[] = [{ source: 'engine', reason: reason.replace(/\.$/, '') }, ...trail.gaps]
  return {
    ...bundle,
    ...(known ? (await assemble(scope, { subject, since: new Date(0), trail, about: { jobId: id } }, rangeWindow(asked, scope.now, '21d'), asked)).shared : {}),
    diagnosis: known
      ? { status: 'resolved', title: 'The engine no longer has this job.', detail: `${reason} The audit log still shows what was done to it here.`, provenance: 'durable' }
      : { status: 'needs_review', title: 'No history of this job is available.', detail: `${reason} It may have ended, or it may never have existed.`, provenance: 'unknown' },
    completeness: judge({ reasons: [reason], gaps, complete: '', unreached: !known }),
  }
}

/** The engine does not answer: nothing is known of the job but what was done to it here. */
export async function unansweredJob(scope: Scope, id: string, trail: Trail, asked: Asked): Promise<Bundle> {
  const subject = { type: 'job', id }
  const reason = `${scope.kit.engine.name} does not answer, so whether it has this job is not known`
  const known = trail.events.length > 0
  const gaps: EvidenceGap[] = [{ source: 'engine', reason }, ...trail.gaps]
  return {
    ...unknownBundle(scope, subject, 'Try again when the engine answers.', trail.withheld),
    ...(known ? (await assemble(scope, { subject, since: new Date(0), trail, about: { jobId: id } }, rangeWindow(asked, scope.now, '21d'), asked)).shared : {}),
    diagnosis: { status: 'unknown', title: 'The engine does not answer.', detail: known ? 'The audit log shows what was done to the job here.' : 'What happened to the job is not known until it does.', provenance: 'unknown' },
    completeness: judge({ reasons: [], gaps, complete: '', unreached: !known }),
  }
}
