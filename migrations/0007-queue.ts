import { Migration } from '@mikro-orm/migrations'

/** Queues: who paused them through us, how they looked when last measured, and their last day minute by minute. */
export class Queue extends Migration {
  override up(): void {
    this.addSql(`
      create table queue_pause (
        queue text primary key,
        paused_at timestamptz not null,
        paused_by jsonb not null,
        reason text,
        event_id uuid not null
      );

      create table queue_figure (
        queue text primary key,
        as_of timestamptz not null,
        depth jsonb not null,
        oldest_available_at timestamptz,
        paused boolean,
        executors integer,
        job_limit integer
      );

      create table queue_minute (
        queue text not null,
        minute timestamptz not null,
        finished bigint not null default 0,
        failed bigint not null default 0,
        waiting bigint,
        wait_p95_seconds double precision,
        primary key (queue, minute)
      );
      create index queue_minute_age on queue_minute (minute);

      -- What the overview tells and no request may look for in the engine, found out behind the scenes.
      create table finding (
        key text primary key,
        as_of timestamptz not null,
        data jsonb not null
      );
    `)
  }

  override down(): void {
    this.addSql('drop table finding')
    this.addSql('drop table queue_minute')
    this.addSql('drop table queue_figure')
    this.addSql('drop table queue_pause')
  }
}
