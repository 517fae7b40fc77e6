import { Migration } from '@mikro-orm/migrations'

/** Failed attempts, read from the engine in the background and grouped by the error that they failed with. */
export class Errors extends Migration {
  override up(): void {
    this.addSql(`
      create table error_group (
        fingerprint text primary key,
        grouping text not null check (grouping in ('default', 'host', 'worker')),
        queue text not null,
        worker text not null,
        tag_sets jsonb not null default '[]',
        error_class text not null,
        title text not null,
        sample text not null,
        stack text,
        first_seen_at timestamptz not null,
        last_seen_at timestamptz not null,
        -- Failed before anybody was reading: not new, however recent.
        preexisting boolean not null,
        count bigint not null default 0,
        final_count bigint not null default 0,
        examples jsonb not null default '[]',
        resolved_at timestamptz,
        resolved_by jsonb,
        regressed_at timestamptz,
        silence jsonb,
        created_at timestamptz not null
      );
      create index error_group_last_seen on error_group (last_seen_at);
      create index error_group_worker on error_group (queue, worker, created_at);

      create table error_minute (
        fingerprint text not null,
        minute timestamptz not null,
        count integer not null default 0,
        final_count integer not null default 0,
        primary key (fingerprint, minute)
      );
      create index error_minute_minute on error_minute (minute);

      -- Executors and versions that an error was seen on, by hour.
      create table error_origin (
        fingerprint text not null,
        hour timestamptz not null,
        kind text not null check (kind in ('executor', 'version')),
        name text not null,
        count integer not null default 0,
        primary key (fingerprint, hour, kind, name)
      );
      create index error_origin_hour on error_origin (hour);

      -- Failures that were counted and that the engine may return again.
      create table error_seen (
        job_id text not null,
        attempt text not null,
        until timestamptz not null,
        primary key (job_id, attempt)
      );
      create index error_seen_until on error_seen (until);

      -- How far the engine's failures have been read. One row.
      create table error_feed (
        id smallint primary key default 1 check (id = 1),
        started_at timestamptz not null,
        -- Everything that failed before this was read.
        read_to timestamptz not null,
        -- The read that is under way, page by page.
        sweep_from timestamptz,
        sweep_at timestamptz,
        cursor text,
        sweeps integer not null default 0,
        searched text,
        fed_to timestamptz
      );

      -- When nobody read, so that what the engine had forgotten by then is missing.
      create table error_gap (
        from_at timestamptz primary key,
        to_at timestamptz not null
      );

      -- What is usual, as sums that lose half their weight every twelve hours: of a queue (fingerprint empty) and of each group.
      create table error_baseline (
        queue text not null,
        fingerprint text not null default '',
        failures double precision not null default 0,
        attempts double precision not null default 0,
        dispersion double precision not null default 0,
        weight double precision not null default 0,
        fed_to timestamptz not null,
        burst_since timestamptz,
        burst_seen_at timestamptz,
        primary key (queue, fingerprint)
      );
    `)
  }

  override down(): void {
    for (const table of ['error_baseline', 'error_gap', 'error_feed', 'error_seen', 'error_origin', 'error_minute', 'error_group']) this.addSql(`drop table ${table}`)
  }
}
