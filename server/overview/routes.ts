import { pageOf } from '../host/auth.ts'
import type { Bucket, Overview } from '../../schemas/index.ts'
import type { Scope } from '../operations/scope.ts'
import { fillBuckets } from './buckets.ts'
import { glanceAtEntries, mostEntries } from './cron-attention.ts'
import { readResolved } from './resolved.ts'
import { readVitals, type Vitals } from './vitals.ts'

export const overviewHandlers = {
  getOverview: (_input: unknown, scope: Scope): Promise<Overview> => readOverview(scope),
}

/** What the actor may not see on its own page is not seen here either; that it was left out is said. */
async function readOverview(scope: Scope): Promise<Overview> {
  const [cron, audit] = await Promise.all([may(scope, 'view_cron'), may(scope, 'view_audit')])
  const [vitals, entries, resolved] = await Promise.all([
    readVitals(scope),
    cron ? glanceAtEntries(scope) : { glances: [], capped: false },
    cron && audit ? readResolved(scope) : { events: [], capped: false },
  ])
  const buckets = fillBuckets(scope, { glances: entries.glances, resolved: resolved.events })
  return {
    sentence: sayIt(vitals, buckets),
    moving: vitals.moving,
    vitals: vitals.shown,
    buckets,
    withheld: [
      ...(cron ? [] : ['cron entries']),
      ...(audit ? [] : ['audit events']),
      ...(entries.capped ? [`entries beyond the first ${mostEntries}`] : []),
    ],
    asOf: scope.now.toISOString(),
  }
}

async function may({ viewer }: Scope, view: 'view_cron' | 'view_audit'): Promise<boolean> {
  return (await viewer.can(view, pageOf(view))).allowed
}

/** One sentence: is work moving, and what is wrong. */
function sayIt({ moving, waiting }: Vitals, buckets: Bucket[]): string {
  const count = (status: Bucket['status']) => buckets.find((bucket) => bucket.status === status)?.count ?? 0
  const review = count('needs_review')
  const paused = count('waiting')
  const start =
    moving === null
      ? 'Nothing has been measured in the last minute'
      : !moving
        ? `${waiting} ${waiting === 1 ? 'job waits' : 'jobs wait'} and none has finished in five minutes`
        : waiting === 0
          ? 'No job is waiting'
          : 'Work is moving'
  if (review) return `${start}, but ${review === 1 ? 'one cron entry needs' : `${review} cron entries need`} a decision.`
  if (paused) return `${start}; ${paused === 1 ? 'one cron entry is' : `${paused} cron entries are`} paused.`
  return `${start}.`
}
