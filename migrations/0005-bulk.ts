import { Migration } from '@mikro-orm/migrations'

/** Selections: the frozen set, in batches that are each done in one transaction, and how every job fared. */
export class Bulk extends Migration {
  override up(): void {
    this.addSql(`
      create table bulk_run (
        id uuid primary key,
        action text not null,
        status text not null check (status in ('previewed', 'queued', 'running', 'aborted', 'finished')),
        actor_id text not null,
        actor jsonb not null,
        selection jsonb not null,
        input jsonb not null default '{}',
        -- A fingerprint of the frozen set: the same set is the same preview.
        set_hash text not null,
        -- Of the event that answers the confirmation: the batch itself when there is one batch only, else the start.
        event_id uuid,
        reason text,
        source text not null,
        request_id text not null,
        preview_id uuid,
        total integer not null,
        eligible integer not null,
        not_eligible jsonb not null default '{}',
        outcomes jsonb not null default '{}',
        created_at timestamptz not null default clock_timestamp(),
        started_at timestamptz,
        -- When a batch of it was last done: the run that waited longest is served next.
        served_at timestamptz,
        finished_at timestamptz,
        aborted_by jsonb
      );
      create index bulk_run_open on bulk_run (created_at) where status in ('queued', 'running');
      create index bulk_run_newest on bulk_run (created_at, id) where status <> 'previewed';
      create index bulk_run_previewed on bulk_run (created_at) where status = 'previewed';
      create unique index bulk_run_event on bulk_run (event_id) where event_id is not null;

      -- A row per batch, not per job: a hundred rows hold a hundred thousand jobs.
      create table bulk_batch (
        bulk_id uuid not null references bulk_run (id) on delete cascade,
        number integer not null,
        -- [{ id, queue, version, state, worker?, tags?, notEligible? }]
        jobs jsonb not null,
        -- How many of them will be changed.
        eligible integer not null,
        status text not null default 'waiting' check (status in ('waiting', 'requested', 'done')),
        -- By place in jobs: [outcome, detail?]; null until the batch is done.
        outcomes jsonb,
        -- When an engine outside our transaction was asked.
        requested_at timestamptz,
        -- How often it failed, and until when it is left in peace because of that.
        tries integer not null default 0,
        not_before timestamptz,
        finished_at timestamptz,
        primary key (bulk_id, number)
      );
      create index bulk_batch_open on bulk_batch (bulk_id, number) where status <> 'done';
      create index bulk_batch_requested on bulk_batch (requested_at) where status = 'requested';
    `)
    this.addSql(`
      -- The jobs that one event of a bulk run tells of, so that the evidence of a job is found by its id.
      alter table audit_event add column jobs text[];
      create index audit_event_jobs on audit_event using gin (jobs) where jobs is not null;
    `)
    this.addSql(`
      -- Changes asked of an engine outside our transaction, from the event that asks to the event that tells the end.
      create table open_request (
        event_id uuid primary key,
        requested_at timestamptz not null default clock_timestamp(),
        action text not null,
        event_type text not null,
        actor jsonb not null,
        subject_type text not null,
        subject_id text not null,
        reason text,
        request_id text not null,
        source text not null,
        preview_id uuid,
        bulk_id uuid,
        -- What was asked and of which state, so that somebody else can find out what became of it.
        detail jsonb not null default '{}',
        -- The second event, which a repeat of the request answers with.
        final_event_id uuid not null
      );
      create index open_request_age on open_request (requested_at);
    `)
  }

  override down(): void {
    this.addSql('drop table open_request')
    this.addSql('alter table audit_event drop column jobs')
    this.addSql('drop table bulk_batch')
    this.addSql('drop table bulk_run')
  }
}
