import { Migration } from '@mikro-orm/migrations'

/** What the detector has recognized: one row per trouble, which is reopened when the trouble comes back. */
export class Incident extends Migration {
  override up(): void {
    this.addSql(`
      create table incident (
        id uuid primary key,
        key text not null unique,
        class text not null,
        rank smallint not null,
        scope jsonb not null,
        state text not null check (state in ('pending', 'open', 'resolved')),
        streak integer not null default 0,
        began_at timestamptz not null,
        opened_at timestamptz,
        last_seen_at timestamptz not null,
        resolved_at timestamptz,
        reopened integer not null default 0,
        recent_reopens jsonb not null default '[]',
        flapping_since timestamptz,
        explained_by uuid,
        facts jsonb not null,
        facts_at timestamptz not null,
        acknowledged_at timestamptz,
        acknowledged_by jsonb,
        assigned_at timestamptz,
        assigned_to jsonb,
        silence jsonb
      );
      create index incident_unresolved on incident (rank, began_at, id) where state <> 'resolved';
      create index incident_resolved on incident (resolved_at desc, id) where state = 'resolved';
    `)
  }

  override down(): void {
    this.addSql('drop table incident')
  }
}
