import { Migration } from '@mikro-orm/migrations'

/**
 * An actor is a type and an id. Previews keep no token, but what the host is asked about again. A bulk run knows the queues of its
 * set, and a change that is asked of an engine outside our transaction claims its subject.
 */
export class ActorIdentity extends Migration {
  override up(): void {
    this.addSql(`
      -- Previews that nobody confirmed live half an hour. Their tokens stood in the table, so they end here.
      delete from preview where consumed_at is null;
      alter table preview drop column token, add column actor_type text, add column resource jsonb;
      update preview set actor_type = coalesce(plan -> 'actor' ->> 'type', 'unknown');
      alter table preview alter column actor_type set not null;
      drop index preview_ready;
      create unique index preview_ready on preview (actor_type, actor_id, plan_hash) where drifted_at is null and consumed_at is null;
      create index preview_unconsumed on preview (actor_type, actor_id, created_at) where consumed_at is null;

      alter table idempotency_key add column actor_type text;
      update idempotency_key set actor_type = coalesce(
        (select event.actor_type from audit_event event where event.id = idempotency_key.event_id limit 1),
        (select run.actor ->> 'type' from bulk_run run where run.event_id = idempotency_key.event_id),
        (select open.actor ->> 'type' from open_request open where open.final_event_id = idempotency_key.event_id limit 1));
      -- A key that was refused did nothing, and may be judged anew.
      delete from idempotency_key where actor_type is null;
      alter table idempotency_key drop constraint idempotency_key_pkey, add primary key (actor_type, actor_id, key);

      alter table refusal_tally add column actor_type text;
      update refusal_tally set actor_type = coalesce(last -> 'actor' ->> 'type', 'unknown');
      alter table refusal_tally drop constraint refusal_tally_pkey, add primary key (actor_type, actor_id, minute);

      alter table job_view add column actor_type text;
      update job_view set actor_type = coalesce(
        (select event.actor_type from audit_event event where event.actor_id = job_view.actor_id order by occurred_at desc limit 1), 'user');
      alter table job_view drop constraint job_view_pkey, add primary key (actor_type, actor_id, name);
    `)
    this.addSql(`
      -- Queue to { total, eligible, sample }: how many jobs of the set are in it, and one of those to be changed.
      alter table bulk_run add column actor_type text, add column queues jsonb not null default '{}';
      update bulk_run set actor_type = coalesce(actor ->> 'type', 'unknown'), queues = coalesce((
        select jsonb_object_agg(queue, jsonb_build_object('total', total, 'eligible', eligible, 'sample', sample))
        from (
          select job ->> 'queue' as queue, count(*) as total, count(*) filter (where job ->> 'notEligible' is null) as eligible,
            (array_agg(jsonb_strip_nulls(jsonb_build_object('id', job -> 'id', 'worker', job -> 'worker', 'tags', job -> 'tags')))
              filter (where job ->> 'notEligible' is null))[1] as sample
          from bulk_batch batch, jsonb_array_elements(batch.jobs) job
          where batch.bulk_id = bulk_run.id and job ->> 'queue' <> ''
          group by 1) counted), '{}');
      alter table bulk_run alter column actor_type set not null;
      create index bulk_run_shown on bulk_run (actor_type, actor_id, created_at) where status = 'previewed';
    `)
    this.addSql(`
      -- While a change of a subject is asked of an engine outside our transaction, no second one is.
      alter table open_request add column claim text unique;

      -- Work that one process at a time does, and during which no transaction is open.
      create table turn (
        name text primary key,
        holder uuid not null,
        until timestamptz not null
      );
    `)
  }

  override down(): void {
    this.addSql(`
      drop table turn;
      alter table open_request drop column claim;
      drop index bulk_run_shown;
      alter table bulk_run drop column actor_type, drop column queues;

      -- Two actors of one id become one again; of what both have, one is kept.
      delete from job_view a using job_view b where a.actor_id = b.actor_id and a.name = b.name and a.actor_type > b.actor_type;
      alter table job_view drop constraint job_view_pkey, drop column actor_type, add primary key (actor_id, name);
      delete from refusal_tally a using refusal_tally b where a.actor_id = b.actor_id and a.minute = b.minute and a.actor_type > b.actor_type;
      alter table refusal_tally drop constraint refusal_tally_pkey, drop column actor_type, add primary key (actor_id, minute);
      delete from idempotency_key a using idempotency_key b where a.actor_id = b.actor_id and a.key = b.key and a.actor_type > b.actor_type;
      alter table idempotency_key drop constraint idempotency_key_pkey, drop column actor_type, add primary key (actor_id, key);

      delete from preview where consumed_at is null;
      drop index preview_unconsumed;
      drop index preview_ready;
      alter table preview drop column actor_type, drop column resource, add column token text not null default '';
      alter table preview alter column token drop default;
      create unique index preview_ready on preview (actor_id, plan_hash) where drifted_at is null and consumed_at is null;
    `)
  }
}
