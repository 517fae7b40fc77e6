import { Migration } from '@mikro-orm/migrations'

/** Evidence. The table itself refuses to change what it holds, also for the role that owns it. */
export class AuditEvent extends Migration {
  override up(): void {
    this.addSql(`
      create table audit_event (
        id uuid not null,
        occurred_at timestamptz not null default clock_timestamp(),
        action text not null,
        event_type text not null,
        outcome text not null check (outcome in ('succeeded', 'denied', 'failed', 'requested')),
        code text,
        actor_id text not null,
        actor_type text not null,
        actor_label text not null,
        subject_type text not null,
        subject_id text not null,
        reason text,
        before jsonb,
        after jsonb,
        source text not null check (source in ('page', 'api', 'cli', 'system')),
        request_id text not null,
        preview_id uuid,
        bulk_id uuid,
        metadata jsonb not null default '{}',
        primary key (occurred_at, id)
      ) partition by range (occurred_at);

      -- One index per filter, each with the order of the list, so that a page costs the same at any depth.
      create index audit_event_id on audit_event (id);
      create index audit_event_actor on audit_event (actor_id, occurred_at, id);
      create index audit_event_action on audit_event (action, occurred_at, id);
      create index audit_event_type on audit_event (event_type, occurred_at, id);
      create index audit_event_subject on audit_event (subject_type, subject_id, occurred_at, id);
      create index audit_event_refused on audit_event (outcome, occurred_at, id) where outcome <> 'succeeded';
      -- The planner takes to_tsvector for cheap and would rather call it for every row than use the index; this one says
      -- what it costs. Not in SQL, because such a function is inlined and its cost with it.
      create function reason_words(reason text) returns tsvector language plpgsql immutable cost 2000 as $$
      begin
        return to_tsvector('simple', reason);
      end $$;
      create index audit_event_reason on audit_event using gin (reason_words(reason)) where reason is not null;
    `)
    this.addSql(`
      create function refuse_audit_change() returns trigger language plpgsql as $$
      begin
        raise exception 'audit_event is append-only: % refused', lower(tg_op) using errcode = 'insufficient_privilege';
      end $$;

      create trigger audit_event_append_only before update or delete on audit_event
        for each row execute function refuse_audit_change();
      create trigger audit_event_no_truncate before truncate on audit_event
        for each statement execute function refuse_audit_change();
    `)
    this.addSql(`
      -- Partitions are made ahead of time, by start and by the maintenance loop; whatever they miss lands in the default one.
      create function ensure_audit_partitions(months integer) returns void language plpgsql set search_path from current as $$
      declare
        first date := date_trunc('month', now() at time zone 'utc')::date;
        lower_bound date;
        partition text;
      begin
        for i in 0..months loop
          lower_bound := first + make_interval(months => i);
          partition := 'audit_event_' || to_char(lower_bound, 'YYYY_MM');
          if to_regclass(partition) is null then
            execute format('create table %I partition of audit_event for values from (%L) to (%L)', partition,
              lower_bound::timestamp at time zone 'utc', (lower_bound + interval '1 month')::timestamp at time zone 'utc');
            execute format('create trigger %I before truncate on %I for each statement execute function refuse_audit_change()',
              partition || '_no_truncate', partition);
          end if;
        end loop;
      end $$;

      create table audit_event_default partition of audit_event default;
      create trigger audit_event_default_no_truncate before truncate on audit_event_default
        for each statement execute function refuse_audit_change();
      select ensure_audit_partitions(3);
    `)
    this.addSql(`
      -- How often an actor was refused in a minute; beyond a few, refusals are folded into one counted event.
      create table refusal_tally (
        actor_id text not null,
        minute timestamptz not null,
        count integer not null,
        folded integer not null default 0,
        last jsonb,
        primary key (actor_id, minute)
      );
    `)
  }

  override down(): void {
    this.addSql('drop table refusal_tally')
    this.addSql('drop table audit_event')
    this.addSql('drop function reason_words(text)')
    this.addSql('drop function ensure_audit_partitions(integer)')
    this.addSql('drop function refuse_audit_change()')
  }
}
