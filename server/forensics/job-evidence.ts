import { countOf, formatCount } from '../../schemas/index.ts'
import { sql } from 'kysely'
import type { Bundle } from '../../schemas/index.ts'
import { query } from '../db/database.ts'
import type { JobFacts } from '../jobs/detail.ts'
import type { Scope } from '../operations/scope.ts'
import { unknownBundle } from './bundle.ts'
import { eventItem, newestFirst } from './chronology.ts'
import type { Trail } from './trail.ts'
import { auditEvents } from '../operations/event.ts'

/** Complete only if the engine stored every attempt and the audit log covers the whole life of the job. */
export async function assessJobEvidence(scope: Scope, job: JobFacts, trail: Trail): Promise<Bundle['completeness']> {
  const gaps = [...attemptGaps(scope, job), ...trail.gaps, ...(await logGap(scope, job))]
  if (gaps.length) return { state: 'partial_evidence', reasons: gaps }
  return { state: 'complete', reasons: ['The engine stored every attempt of this job, and the audit log reaches back to its creation.'] }
}

function attemptGaps({ kit: { engine } }: Scope, { attempt, attempts }: JobFacts): string[] {
  if (attempt === 0) return []
  if (engine.attemptHistory === 'none') return [`${engine.name} stores no attempts; only the job's own timestamps are known.`]
  if (engine.attemptHistory === 'last' && attempt > 1) return [`${engine.name} stores only the last attempt in full; earlier attempts have an error at most.`]
  return attempts.length < attempt ? [`The engine counted ${countOf(attempt, 'attempt')} but stored only ${formatCount(attempts.length)}.`] : []
}

/** Before the first event nothing was recorded, so the absence of events proves nothing. */
async function logGap({ kit: { db }, em }: Scope, { createdAt }: JobFacts): Promise<string[]> {
  const [first] = await query(
    em,
    sql<{ at: string }>`select occurred_at::text as at from ${auditEvents(db)} order by occurred_at limit 1`,
  )
  const begins = first && new Date(first.at)
  if (begins && begins <= new Date(createdAt)) return []
  return [
    begins
      ? `The audit log begins at ${begins.toISOString()}, after this job was created; what was done before is not recorded.`
      : 'The audit log is empty, so it is unknown when recording began.',
  ]
}

/** A job the engine does not know: it never existed, or it was not retained. The bundle says which only if that is known. */
export function missingJob(scope: Scope, id: string, trail: Trail): Bundle {
  const { engine } = scope.kit
  const subject = { type: 'job', id }
  const historyGap = engine.lacks.finished_jobs ?? (engine.capabilities.keepsFinishedJobs ? undefined : `${engine.name} does not keep finished jobs.`)
  const bundle = unknownBundle(scope, subject, 'Supply the id of a job that the engine still has.', trail.withheld)
  if (!historyGap && !trail.events.length) return bundle
  const reason = historyGap ?? `${engine.name} no longer has this job; its retention policy may have removed it.`
  const known = trail.events.length > 0
  return {
    ...bundle,
    diagnosis: known
      ? { status: 'resolved', title: 'The engine no longer has this job.', detail: `${reason} The audit log still shows what was done to it here.`, provenance: 'durable' }
      : { status: 'needs_review', title: 'No history of this job is available.', detail: `${reason} It may have ended, or it may never have existed.`, provenance: 'unknown' },
    completeness: { state: known ? 'partial_evidence' : 'history_unavailable', reasons: [reason, ...trail.gaps] },
    chronology: newestFirst(trail.events.map((event) => eventItem(scope, event))),
  }
}
