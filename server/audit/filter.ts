import { type RawBuilder, sql } from 'kysely'
import { type AuditFilters, type AuditListFilters, eventTypesFrom } from '../../schemas/index.ts'
import type { Database } from '../db/database.ts'
import { systemPrincipal } from '../host/viewer.ts'
import { auditEvents } from '../operations/event.ts'
import type { Scope } from '../operations/scope.ts'

/**
 * The filters of the log as conditions on `event`. What narrows has an index in the order of the list; what leaves out is tested
 * for each event on the way there.
 */
export async function filterConditions(scope: Scope, filters: AuditListFilters): Promise<RawBuilder<unknown>[]> {
  const { db } = scope.kit
  const { actor, actorType, actors, action, eventType, outcome, from, to, q } = filters
  return [
    actor !== undefined && sql`actor_id = ${actor}`,
    actorType !== undefined && sql`actor_type = ${actorType}`,
    actors !== undefined && kinds[actors],
    action !== undefined && sql`action = ${action}`,
    eventType !== undefined && sql`event_type = any(${eventTypesFrom(eventType)})`,
    // A literal, because the planner does not match a parameter with the partial index of refusals.
    outcome !== undefined && sql`outcome = ${sql.lit(outcome)}`,
    ...subjectConditions(db, filters, await maySeeRunsOf(scope, filters)),
    from !== undefined && sql`occurred_at >= ${from}::timestamptz`,
    to !== undefined && sql`occurred_at < ${to}::timestamptz`,
    q !== undefined && sql`${db.table('reason_words')}(reason) @@ plainto_tsquery('simple', ${q}) and reason is not null`,
    ...exclusions(filters),
    ...(leavesOutBatches(filters) ? [withoutBatches(db)] : []),
  ].filter((condition) => condition !== false)
}

/** Literals, each with a partial index of its own but for the system's, which has the index of its id. */
const kinds: Record<NonNullable<AuditFilters['actors']>, RawBuilder<unknown>> = {
  people: sql`actor_type not in ('system', 'service')`,
  accounts: sql`actor_type <> 'system'`,
  system: sql`actor_id = ${sql.lit(systemPrincipal.id)} and actor_type = 'system'`,
}

/** A bulk run's event covers many jobs; only a viewer who may see the job learns that the run included it. */
async function maySeeRunsOf({ kit: { engine }, viewer }: Scope, { subjectType, subjectId: id }: AuditFilters): Promise<boolean> {
  if (subjectType !== 'job' || id === undefined) return true
  const [job] = await engine.read([id]).catch(() => [])
  const { allowed } = await viewer.can('view_jobs', { type: 'job', id, queue: job?.queue, worker: job?.worker, tags: job?.tags })
  return allowed
}

function subjectConditions(db: Database, { subjectType, subjectId }: AuditFilters, withRuns: boolean) {
  if (subjectType === 'job' && subjectId !== undefined && withRuns) return [aboutJob(db, subjectId)]
  if (subjectType === 'incident' && subjectId !== undefined) return [aboutIncident(db, subjectId)]
  return [subjectType !== undefined && sql`subject_type = ${subjectType}`, subjectId !== undefined && sql`subject_id = ${subjectId}`]
}

/** A job's events include those of bulk runs. Uses two indexes; an `or` would scan the log. */
function aboutJob(db: Database, id: string): RawBuilder<unknown> {
  const table = auditEvents(db)
  return sql`id = any(array(
    select id from ${table} where subject_type = 'job' and subject_id = ${id}
    union all select id from ${table} where jobs @> array[${id}]::text[]))`
}

/** An incident's events include those of its repairs, which name it. */
function aboutIncident(db: Database, id: string): RawBuilder<unknown> {
  const table = auditEvents(db)
  return sql`id = any(array(
    select id from ${table} where subject_type = 'incident' and subject_id = ${id}
    union all select id from ${table} where metadata ->> 'incident' = ${id}))`
}

function exclusions({ notActor, notActorType, notEventType, notOutcome, notSubjectType, notSubjectId }: AuditFilters) {
  const types = notEventType?.split(',').flatMap((beginning) => (beginning.trim() ? eventTypesFrom(beginning.trim()) : []))
  return [
    neither(notActor !== undefined && sql`actor_id = ${notActor}`, notActorType !== undefined && sql`actor_type = ${notActorType}`),
    neither(notSubjectType !== undefined && sql`subject_type = ${notSubjectType}`, notSubjectId !== undefined && sql`subject_id = ${notSubjectId}`),
    types !== undefined && sql`event_type <> all(${types}::text[])`,
    notOutcome !== undefined && sql`outcome <> ${notOutcome}`,
  ]
}

function neither(...parts: (RawBuilder<unknown> | false)[]): RawBuilder<unknown> | false {
  const given = parts.filter((part) => part !== false)
  return given.length > 0 && sql`not (${sql.join(given, sql` and `)})`
}

/** With these filters, an event of a batch may be what is looked for, without its run's first event being found. */
function leavesOutBatches({ batches, eventType, outcome, subjectId }: AuditListFilters): boolean {
  return batches === 'no' && eventType === undefined && outcome === undefined && subjectId === undefined
}

/**
 * Without the batches and the end of runs in the background, whose start is an event of its own. A smaller run has only the event
 * of its one batch. Runs are kept for 30 days and processed within them, which lets the planner skip partitions.
 */
function withoutBatches(db: Database): RawBuilder<unknown> {
  return sql`event_type <> 'bulk.finished' and not (subject_type = 'bulk' and metadata ? 'batch' and (metadata ->> 'batch' <> '1' or exists (
    select from ${auditEvents(db)} started where started.subject_type = 'bulk' and started.subject_id = event.subject_id
      and started.event_type = 'bulk.started' and started.occurred_at between event.occurred_at - interval '31 days' and event.occurred_at)))`
}
