import { sql } from 'kysely'
import { query } from '../../db/database.ts'
import type { Kit } from '../../kit.ts'
import { error, type Finding, ok, warning } from './finding.ts'

/** Whether the evidence is still protected, on the table and each of its partitions, and whether upcoming partitions exist. */
export async function checkAudit(kit: Kit): Promise<Finding[]> {
  return [await checkAppendOnly(kit), await checkPartitions(kit)]
}

interface Protection {
  table: string
  update: boolean
  delete: boolean
  truncate: boolean
}

/**
 * A trigger protects when it is enabled, fires before, has no condition, and its function still raises. pg_trigger.tgtype is a
 * set of bits: 1 for each row, 2 before, 8 delete, 16 update, 32 truncate.
 */
async function checkAppendOnly({ db }: Kit): Promise<Finding> {
  const tables = await query(
    db.em(),
    sql<Protection>`
      select tree.relid::regclass::text as table,
        coalesce(bool_or(refusal.tgtype & 19 = 19), false) as update,
        coalesce(bool_or(refusal.tgtype & 11 = 11), false) as delete,
        coalesce(bool_or(refusal.tgtype & 34 = 34), false) as truncate
      from pg_partition_tree(${`${db.schema}.audit_event`}::regclass) tree
      left join lateral (
        select t.tgtype from pg_trigger t join pg_proc f on f.oid = t.tgfoid
        where t.tgrelid = tree.relid and t.tgenabled in ('O', 'A') and t.tgqual is null and cardinality(t.tgattr::int2[]) = 0
          and f.prosrc ~* '^[[:space:]]*begin[[:space:]]+raise[[:space:]]+exception[[:space:]]'
      ) refusal on true
      group by tree.relid order by 1`,
  )
  const [role] = await query(db.em(), sql<{ role: string }>`select current_setting('session_replication_role') as role`)
  const open = tables.flatMap(({ table, ...refused }) => Object.entries(refused).flatMap(([what, refuses]) => (refuses ? [] : [`${what} on ${table}`])))
  if (open.length) return error('append-only', `nothing refuses ${open.join(', ')}`, 'A trigger was dropped or disabled; find out who did it, and recreate it as in the migration 0001-audit-event.')
  if (role!.role !== 'origin') return error('append-only', `session_replication_role is ${role!.role}, which disables the triggers for this user`, "Set it to 'origin'.")
  return ok('append-only', `audit_event and its ${tables.length - 1} partitions refuse update, delete and truncate`)
}

async function checkPartitions({ db }: Kit): Promise<Finding> {
  const [row] = await query(
    db.em(),
    sql<{ missing: string[]; strays: boolean }>`
      select array(
          select to_char(month, 'YYYY_MM') from generate_series(date_trunc('month', now() at time zone 'utc'),
            date_trunc('month', now() at time zone 'utc') + interval '1 month', interval '1 month') month
          where to_regclass(format('%I.%I', ${db.schema}::text, 'audit_event_' || to_char(month, 'YYYY_MM'))) is null
        ) as missing,
        exists (select from ${db.table('audit_event_default')}) as strays`,
  )
  const { missing, strays } = row!
  if (missing.length) {
    return warning('partitions', `no partition for ${missing.join(', ')}`, 'A process that runs ops.start() creates them ahead of time; until then events go to audit_event_default.')
  }
  if (strays) return warning('partitions', 'audit_event_default holds events', 'For a while no process created partitions ahead of time; the events are safe, but listing them is slower.')
  return ok('partitions', 'this month and the next have partitions')
}
