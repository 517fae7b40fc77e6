import { operationsOn, type Permission, type Queue } from '../../schemas/index.ts'
import { showPrincipal, showText } from '../operations/event.ts'
import type { Scope } from '../operations/scope.ts'
import { isObeyedByExecutors, whyNotQueue } from './legality.ts'
import { dueOf, type FactsRow, type KnownQueue, perMeasuredMinute } from './facts.ts'
import { isQuiet } from './order.ts'
import type { MinuteRow } from './read.ts'
import { ageOfFigures } from '../figures/age.ts'

/** A queue as this viewer may see it. */
export async function showQueue(scope: Scope, known: KnownQueue, minutes: MinuteRow[]): Promise<Queue> {
  const { row, facts, attendance } = known
  const counts = scope.kit.engine.lacks.finished_jobs === undefined
  const waits = minutes.flatMap(({ wait }) => (wait === null ? [] : [wait]))
  const { status, diagnosis, cause, since, incident, failing } = known.status
  return {
    name: row.queue,
    status,
    diagnosis,
    cause,
    since: since?.toISOString(),
    incident: incident ? { id: incident.id, title: incident.title } : null,
    age: ageOfFigures(facts.asOf, scope.now),
    quiet: isQuiet(known, scope.now),
    depth: row.depth ?? [],
    oldestAvailableAt: iso(row.oldest_available_at) ?? null,
    due: row.as_of === null ? null : { count: dueOf(row), how: row.due_how ?? 'exact' },
    oldestDueAt: facts.oldestDueAt?.toISOString() ?? null,
    paused: showPause(scope, row),
    executors: facts.executors,
    attendance: attendance ? { healthy: attendance.healthy, late: attendance.late, missing: attendance.missing, slots: attendance.slots, used: attendance.used } : null,
    limit: row.job_limit,
    finishedPerMinute: counts ? rate(minutes, ({ finished }) => finished) : null,
    failedPerMinute: counts ? rate(minutes, ({ failed }) => failed) : null,
    lately: {
      startedPerMinute: counts ? perMeasuredMinute(row, row.started) : known.endedPerMinute,
      failedPerMinute: facts.failedPerMinute ?? null,
      usualFailedPerMinute: facts.usualFailedPerMinute ?? null,
      failing,
      waitP95Seconds: row.delay,
    },
    // Percentiles cannot be merged exactly; the worst minute's value is an upper bound for the hour.
    waitP95Seconds: waits.length ? Math.max(...waits) : null,
    series: minutes.map(({ at, wait, ...rest }) => ({ ...rest, at: new Date(at).toISOString(), waitP95Seconds: wait })),
    operations: await permissionsOn(scope, row),
    asOf: iso(row.as_of) ?? scope.now.toISOString(),
  }
}

/** The engine decides whether the queue is paused; actor and reason are known if the pause was made here and still holds. */
function showPause({ viewer }: Scope, { queue, paused, paused_at, paused_by, reason, event_id }: FactsRow): Queue['paused'] {
  if (!paused) return null
  const subject = { type: 'queue', id: queue }
  return {
    at: iso(paused_at),
    by: paused_by ? showPrincipal(paused_by, viewer, 'view_queues', subject) : undefined,
    reason: showText('reason', reason, viewer, 'view_queues', subject),
    eventId: event_id ?? undefined,
  }
}

async function permissionsOn({ kit, viewer }: Scope, { queue, paused, pause_unreported, attending }: FactsRow): Promise<Record<string, Permission>> {
  const nameless: Permission = { allowed: false, reason: 'Your account can view but not change anything, because it cannot be named in evidence.' }
  const resource = { type: 'queue', id: queue, queue }
  const answers = operationsOn('queue').map(async (action): Promise<[string, Permission]> => {
    const permission = viewer.principal ? await viewer.can(action, resource) : nameless
    const byExecutors = isObeyedByExecutors(kit.engine, action)
    // One that is paused and has lost its executors can still be resumed, for those that start later.
    const obeyed = byExecutors && (attending > 0 || paused === true)
    const reason = permission.allowed ? whyNotQueue(kit.engine, action, pause_unreported && !byExecutors ? null : paused, obeyed) : undefined
    return [action, reason === undefined ? permission : { allowed: false, reason }]
  })
  return Object.fromEntries(await Promise.all(answers))
}

function rate(minutes: MinuteRow[], pick: (minute: MinuteRow) => number): number | null {
  return minutes.length ? minutes.reduce((sum, minute) => sum + pick(minute), 0) / minutes.length : null
}

function iso(timestamp: string | null): string | undefined {
  return timestamp === null ? undefined : new Date(timestamp).toISOString()
}
