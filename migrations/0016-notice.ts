import { Migration } from '@mikro-orm/migrations'

/** What the host's escalation handler is to be told of, and the webhooks that are sent to it. */
export class Notice extends Migration {
  override up(): void {
    // The trace of the request that confirmed the run, for the events of its batches.
    this.addSql('alter table bulk_run add column trace_parent text')
    this.addSql(`
      -- Written in the transaction of the audit event that it tells of; its id is the event's, and the id of the message.
      create table notice (
        id uuid primary key,
        thread text not null,
        event_type text not null,
        recorded_at timestamptz not null,
        tries integer not null default 0,
        settled_at timestamptz,
        outcome text check (outcome in ('told', 'failed', 'left_out')),
        detail text
      );
      create index notice_waiting on notice (thread, recorded_at) where settled_at is null;
      create index notice_settled on notice (settled_at) where settled_at is not null;

      -- All notices about one incident, or the one about a repair: claimed by one process at a time.
      create table notice_thread (
        id text primary key,
        subject_type text not null,
        subject_id text not null,
        told_state text check (told_state in ('open', 'silenced', 'resolved')),
        told_at timestamptz,
        told_event_id uuid,
        flapping_told_at timestamptz,
        -- When to look at it next; null: not before something is recorded.
        next_at timestamptz,
        claimed_until timestamptz,
        -- How many notices were recorded, so that one recorded while the others are told is not overlooked.
        recorded integer not null default 1,
        -- Grows with every claim, so that a process whose claim has expired writes nothing.
        claims integer not null default 0
      );
      create index notice_thread_next on notice_thread (next_at) where next_at is not null;
    `)
    this.addSql(`
      create table webhook_delivery (
        id uuid primary key,
        -- The notice's id, which every attempt and every redelivery repeats.
        message_id uuid not null,
        endpoint text not null,
        event_type text not null,
        subject_type text not null,
        subject_id text not null,
        resource jsonb,
        body text not null,
        trace_parent text,
        state text not null default 'waiting' check (state in ('waiting', 'delivered', 'dead')),
        created_at timestamptz not null,
        -- When the present row of attempts began: with the delivery, or with its last redelivery.
        started_at timestamptz not null,
        attempts integer not null default 0,
        tries integer not null default 0,
        next_at timestamptz,
        claimed_until timestamptz,
        claims integer not null default 0,
        last_at timestamptz,
        last_status integer,
        last_error text,
        delivered_at timestamptz,
        unique (message_id, endpoint)
      );
      create index webhook_delivery_due on webhook_delivery (endpoint, next_at) where state = 'waiting';
      create index webhook_delivery_list on webhook_delivery (created_at, id);
      create index webhook_delivery_subject on webhook_delivery (subject_type, subject_id);

      -- Endpoints that answered 410 Gone. A changed address has another hash, and begins anew.
      create table webhook_endpoint (
        name text primary key,
        address_hash text not null,
        disabled_at timestamptz not null,
        delivery_id uuid not null
      );
    `)
  }

  override down(): void {
    this.addSql('alter table bulk_run drop column trace_parent')
    this.addSql('drop table webhook_endpoint')
    this.addSql('drop table webhook_delivery')
    this.addSql('drop table notice_thread')
    this.addSql('drop table notice')
  }
}
