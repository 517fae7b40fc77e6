import { countOf } from '../../schemas/index.ts'
import { pageOf } from '../host/auth.ts'
import type { Bucket, Overview, ViewAction } from '../../schemas/index.ts'
import * as endpoints from '../../schemas/overview.ts'
import { handle } from '../operations/handle.ts'
import type { Scope } from '../operations/scope.ts'
import { queueAttention, requestAttention } from './attention.ts'
import { fillBuckets } from './buckets.ts'
import { getDiscardedLately, noDiscarded } from './discarded-attention.ts'
import { listEntryGlances, maxEntries } from './cron-attention.ts'
import { listResolved, noResolved } from './resolved.ts'
import { getVitals, type Vitals } from './vitals.ts'

export const overviewHandlers = [handle(endpoints.getOverview, (_input, scope) => getOverview(scope))]

/** Leaves out everything whose own page the actor may not see, and lists it as withheld. */
async function getOverview(scope: Scope): Promise<Overview> {
  const [cron, jobs, queues, audit] = await Promise.all([may(scope, 'view_cron'), may(scope, 'view_jobs'), may(scope, 'view_queues'), may(scope, 'view_audit')])
  const resumed = [...(cron ? ['cron.resumed'] : []), ...(queues ? ['queue.resumed'] : [])]
  const [vitals, entries, blocked, discarded, requests, resolved] = await Promise.all([
    getVitals(scope),
    cron ? listEntryGlances(scope) : { glances: [], capped: false },
    queues ? queueAttention(scope) : [],
    jobs ? getDiscardedLately(scope) : noDiscarded,
    audit ? requestAttention(scope) : [],
    audit ? listResolved(scope, resumed) : noResolved,
  ])
  const buckets = fillBuckets(scope, {
    glances: entries.glances,
    queues: blocked,
    measured: queues ? { asOf: vitals.asOf, stale: vitals.stale } : { asOf: null, stale: false },
    discarded,
    requests,
    resolved,
  })
  return {
    sentence: describeWork(vitals, buckets),
    moving: vitals.moving,
    vitals: vitals.shown,
    buckets,
    withheld: [
      ...(cron ? [] : ['cron entries']),
      ...(jobs ? [] : ['jobs']),
      ...(queues ? [] : ['queues']),
      ...(audit ? [] : ['audit events']),
      ...(entries.capped ? [`entries beyond the first ${maxEntries}`] : []),
    ],
    asOf: scope.now.toISOString(),
  }
}

async function may({ viewer }: Scope, view: ViewAction): Promise<boolean> {
  return (await viewer.can(view, pageOf(view))).allowed
}

/** One sentence: is work moving, and what is wrong. */
function describeWork({ moving, waiting, silent }: Vitals, buckets: Bucket[]): string {
  const start =
    moving === null
      ? silent
        ? `${countOf(waiting, 'job is', 'jobs are')} waiting; the engine does not report whether any has finished`
        : 'Nothing has been measured in the last minute'
      : !moving
        ? `${countOf(waiting, 'job is', 'jobs are')} waiting, and none has finished in five minutes`
        : waiting === 0
          ? 'No jobs are waiting'
          : 'Work is moving'
  const [review, blocked, paused] = (['needs_review', 'blocked', 'waiting'] as const).map((status) => buckets.find((bucket) => bucket.status === status))
  const uncapitalised = ({ diagnosis }: Bucket) => diagnosis.charAt(0).toLowerCase() + diagnosis.slice(1)
  if (review?.count) return `${start}, but ${uncapitalised(review)}`
  if (blocked?.count) return `${start}, but ${uncapitalised(blocked)}`
  if (review?.count === null) return `${start}, but ${uncapitalised(review)}`
  return paused?.count ? `${start}; ${uncapitalised(paused)}` : `${start}.`
}
