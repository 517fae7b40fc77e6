import { Migration } from '@mikro-orm/migrations'

/** Cron entries, what they were when, the slots that were claimed, and when somebody was there to claim them. */
export class Cron extends Migration {
  override up(): void {
    this.addSql(`
      create table cron_entry (
        id uuid primary key,
        name text not null unique,
        source text not null check (source in ('code', 'runtime', 'fixture')),
        queue text not null,
        worker text,
        args jsonb not null default '{}',
        expression text not null,
        timezone text not null,
        overlap text not null check (overlap in ('allow', 'skip', 'queue_one', 'cancel_previous')),
        catch_up text not null check (catch_up in ('none', 'latest', 'all')),
        max_catch_up integer not null check (max_catch_up between 1 and 1000),
        version integer not null default 1,
        paused_at timestamptz,
        paused_by jsonb,
        pause_reason text,
        pause_event_id uuid,
        resume_at timestamptz,
        retired_at timestamptz,
        -- The next instant a scheduler must look at; null when the expression never fires again.
        next_slot_at timestamptz,
        -- An enqueue that fails is tried again later and does not hold up other entries.
        last_error text,
        retry_at timestamptz,
        created_at timestamptz not null,
        updated_at timestamptz not null
      );
      create index cron_entry_due on cron_entry (next_slot_at) where paused_at is null and retired_at is null;
      create index cron_entry_resume on cron_entry (resume_at) where resume_at is not null;

      -- The expression as it was from an instant on; history is computed from what was true then. A null expression: retired.
      create table cron_revision (
        entry_id uuid not null references cron_entry on delete cascade,
        from_at timestamptz not null,
        expression text,
        timezone text not null,
        primary key (entry_id, from_at)
      );

      create table cron_slot (
        id bigint generated always as identity primary key,
        entry_id uuid not null references cron_entry on delete cascade,
        kind text not null check (kind in ('scheduled', 'manual')),
        slot_at timestamptz not null,
        state text not null check (state in
          ('claimed', 'queued_follow_up', 'skipped_overlap', 'skipped_by_operator', 'missed_fire', 'scheduler_down')),
        decided_at timestamptz not null,
        -- Set together when a job was made. An engine that cannot join the transaction makes the job after the claim.
        claimed_at timestamptz,
        job_queue text,
        job_id text,
        job_state text,
        finished_at timestamptz,
        note text,
        event_id uuid,
        -- A slot is claimed once, whoever tries.
        unique (entry_id, kind, slot_at)
      );
      create index cron_slot_recent on cron_slot (entry_id, slot_at desc);
      create index cron_slot_open on cron_slot (entry_id, id) where job_id is not null and finished_at is null;
      -- The rounds of the scheduler over all open slots.
      create index cron_slot_unfinished on cron_slot (id) where job_id is not null and finished_at is null;
      create index cron_slot_last_run on cron_slot (entry_id, slot_at desc) where claimed_at is not null;
      create index cron_slot_age on cron_slot (slot_at);
      create index cron_slot_missed on cron_slot (slot_at) where state in ('missed_fire', 'scheduler_down');
      -- At most one follow-up waits.
      create unique index cron_slot_waiting on cron_slot (entry_id) where state = 'queued_follow_up' and job_id is null and claimed_at is null;
      create index cron_slot_lost on cron_slot (claimed_at) where job_id is null and claimed_at is not null;

      create table cron_coverage (
        id bigint generated always as identity primary key,
        kind text not null check (kind in ('scheduling', 'paused')),
        -- Null for scheduling: one scheduler serves every entry.
        entry_id uuid references cron_entry on delete cascade,
        from_at timestamptz not null,
        -- Null while the pause lasts; a scheduler moves it on as long as it lives.
        to_at timestamptz,
        check ((kind = 'scheduling') = (entry_id is null))
      );
      create index cron_coverage_scheduling on cron_coverage (to_at) where kind = 'scheduling';
      create index cron_coverage_paused on cron_coverage (entry_id, from_at) where kind = 'paused';
    `)
  }

  override down(): void {
    this.addSql('drop table cron_coverage')
    this.addSql('drop table cron_slot')
    this.addSql('drop table cron_revision')
    this.addSql('drop table cron_entry')
  }
}
