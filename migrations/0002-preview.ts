import { Migration } from '@mikro-orm/migrations'

/** What an operator was shown before confirming, and the answers of one-shot requests. */
export class Preview extends Migration {
  override up(): void {
    this.addSql(`
      create table preview (
        id uuid primary key,
        token text not null,
        actor_id text not null,
        action text not null,
        subject_type text not null,
        subject_id text not null,
        input jsonb not null,
        plan jsonb not null,
        plan_hash text not null,
        created_at timestamptz not null,
        expires_at timestamptz not null,
        drifted_at timestamptz,
        consumed_at timestamptz,
        event_id uuid
      );
      -- Same actor, same plan, still ready: the same preview. The database decides, also when two tabs race.
      create unique index preview_ready on preview (actor_id, plan_hash) where drifted_at is null and consumed_at is null;
      create index preview_expiry on preview (expires_at);

      create table idempotency_key (
        actor_id text not null,
        key text not null,
        request_hash text not null,
        -- The event that answered it, or the refusal.
        event_id uuid,
        refusal jsonb,
        expires_at timestamptz not null,
        primary key (actor_id, key)
      );
      create index idempotency_key_expiry on idempotency_key (expires_at);
    `)
  }

  override down(): void {
    this.addSql('drop table idempotency_key')
    this.addSql('drop table preview')
  }
}
