import { Migration } from '@mikro-orm/migrations'

/** More of each queue and minute, the minutes of the engine as a whole, and how long jobs usually run. */
export class Figures extends Migration {
  override up(): void {
    this.addSql(`
      alter table queue_figure
        add due bigint,
        add due_how text,
        add oldest_due_at timestamptz,
        add started bigint,
        add delay_p95_seconds double precision,
        add moved_at timestamptz,
        add usual_seconds double precision,
        add usual_failed double precision;

      alter table queue_minute
        add started bigint,
        add discarded bigint,
        add due bigint,
        add executing bigint,
        add oldest_due_seconds double precision,
        add delay_p95_seconds double precision,
        add run_p50_seconds double precision,
        add run_p95_seconds double precision;

      create table engine_minute (
        minute timestamptz primary key,
        seconds double precision not null,
        finished bigint not null,
        failed bigint not null,
        started bigint,
        discarded bigint,
        waiting bigint not null,
        due bigint,
        executing bigint not null,
        oldest_due_seconds double precision,
        delay_p95_seconds double precision,
        run_p50_seconds double precision,
        run_p95_seconds double precision
      );

      create table usual_duration (
        queue text not null,
        worker text not null,
        as_of timestamptz not null,
        durations jsonb not null,
        primary key (queue, worker)
      );
    `)
  }

  override down(): void {
    this.addSql('drop table usual_duration')
    this.addSql('drop table engine_minute')
    this.addSql(`alter table queue_minute drop run_p95_seconds, drop run_p50_seconds, drop delay_p95_seconds, drop oldest_due_seconds, drop executing, drop due,
      drop discarded, drop started`)
    this.addSql('alter table queue_figure drop usual_failed, drop usual_seconds, drop moved_at, drop delay_p95_seconds, drop started, drop oldest_due_at, drop due_how, drop due')
  }
}
