import { Migration } from '@mikro-orm/migrations'

/** When which version of the host's software went live, for charts and chronologies. */
export class Deploy extends Migration {
  override up(): void {
    this.addSql(`
      create table deploy (
        id uuid primary key,
        version text not null,
        at timestamptz not null,
        url text,
        note text,
        marked_by jsonb not null,
        event_id uuid not null,
        unique (version, at)
      );
      create index deploy_at on deploy (at, id);
    `)
  }

  override down(): void {
    this.addSql('drop table deploy')
  }
}
