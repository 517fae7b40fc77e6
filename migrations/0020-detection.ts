import { Migration } from '@mikro-orm/migrations'

/** What the detector remembers between two looks: since when the evidence of an incident has been gone, and when it last looked. */
export class Detection extends Migration {
  override up(): void {
    this.addSql(`
      alter table incident add absent_since timestamptz, add frozen_at timestamptz;
      create index incident_watched on incident (key) where state <> 'resolved' or streak > 0 or flapping_since is not null or silence is not null;
      create table detection (
        key text primary key,
        ticked_at timestamptz not null,
        took_ms double precision not null,
        sources jsonb not null
      );
    `)
  }

  override down(): void {
    this.addSql('drop table detection')
    this.addSql('drop index incident_watched')
    this.addSql('alter table incident drop absent_since, drop frozen_at')
  }
}
