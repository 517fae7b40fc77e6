import type { Pool } from 'pg'

export interface ObanTablesOptions {
  /** Oban's `prefix`. */
  schema?: string
  /** The version of Oban's migrations to create, 11 or newer. */
  version?: number
}

const newest = 15

/**
 * Creates Oban's tables if there are none, as its migrations would, version by version. A database that was migrated by an Elixir
 * application is left unchanged.
 */
export async function createObanTables(sql: Pool, { schema = 'public', version = newest }: ObanTablesOptions = {}): Promise<void> {
  const client = await sql.connect()
  try {
    await client.query('begin')
    await client.query(`select pg_advisory_xact_lock(hashtext('oban tables'))`)
    const { rows } = await client.query<{ present: boolean }>('select to_regclass($1) is not null as present', [`${quoted(schema)}.oban_jobs`])
    if (!rows[0]!.present) for (const statement of statementsFor(quoted(schema), schema, version)) await client.query(statement)
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  } finally {
    client.release()
  }
}

function statementsFor(prefix: string, schema: string, version: number): string[] {
  const states = ['available', ...(version >= 14 ? ['suspended'] : []), 'scheduled', 'executing', 'retryable', 'completed', 'discarded', 'cancelled']
  const utc = `timestamp without time zone`
  return [
    `create schema if not exists ${prefix}`,
    `create type ${prefix}.oban_job_state as enum (${states.map((state) => `'${state}'`).join(', ')})`,
    `create table ${prefix}.oban_jobs (
       id bigserial primary key,
       state ${prefix}.oban_job_state not null default 'available',
       queue text not null default 'default' constraint queue_length check (char_length(queue) > 0 and char_length(queue) < 128),
       worker text not null constraint worker_length check (char_length(worker) > 0 and char_length(worker) < 128),
       args jsonb not null default '{}',
       errors jsonb[] not null default array[]::jsonb[],
       attempt integer not null default 0,
       max_attempts integer not null default 20 constraint positive_max_attempts check (max_attempts > 0),
       inserted_at ${utc} not null default timezone('UTC', now()),
       scheduled_at ${utc} not null default timezone('UTC', now()),
       attempted_at ${utc},
       completed_at ${utc},
       attempted_by text[],
       discarded_at ${utc},
       priority integer not null default 0,
       tags text[] default array[]::text[],
       meta jsonb default '{}',
       cancelled_at ${utc},
       constraint attempt_range check (attempt between 0 and max_attempts)
     )`,
    `create index oban_jobs_state_queue_priority_scheduled_at_id_index on ${prefix}.oban_jobs (state, queue, priority, scheduled_at, id)`,
    `create index oban_jobs_args_index on ${prefix}.oban_jobs using gin (args)`,
    `create index oban_jobs_meta_index on ${prefix}.oban_jobs using gin (meta)`,
    `create unlogged table ${prefix}.oban_peers (
       name text primary key, node text not null, started_at ${utc} not null, expires_at ${utc} not null
     )`,
    ...(version >= 12 ? [addNonNegativePriority(prefix)] : [addOldPriority(prefix), ...insertTrigger(prefix, schema)]),
    ...(version >= 13
      ? [
          `create index oban_jobs_state_cancelled_at_index on ${prefix}.oban_jobs (state, cancelled_at)`,
          `create index oban_jobs_state_discarded_at_index on ${prefix}.oban_jobs (state, discarded_at)`,
        ]
      : []),
    ...(version >= 15
      ? [`create index oban_jobs_staging_idx on ${prefix}.oban_jobs (scheduled_at, id) where state in ('scheduled', 'retryable')`]
      : []),
    `comment on table ${prefix}.oban_jobs is '${version}'`,
  ]
}

const addNonNegativePriority = (prefix: string) =>
  `alter table ${prefix}.oban_jobs add constraint non_negative_priority check (priority >= 0) not valid`

const addOldPriority = (prefix: string) =>
  `alter table ${prefix}.oban_jobs add constraint priority_range check (priority between 0 and 3)`

/** Before version 12 a trigger on the table notified producers of new jobs. */
function insertTrigger(prefix: string, schema: string): string[] {
  return [
    `create function ${prefix}.oban_jobs_notify() returns trigger language plpgsql as $$
     begin
       if new.state = 'available' then
         perform pg_notify('${schema.replaceAll("'", "''")}.oban_insert', json_build_object('queue', new.queue)::text);
       end if;
       return null;
     end $$`,
    `create trigger oban_notify after insert on ${prefix}.oban_jobs for each row execute function ${prefix}.oban_jobs_notify()`,
  ]
}

const quoted = (identifier: string) => `"${identifier.replaceAll('"', '""')}"`
