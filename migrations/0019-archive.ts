import { Migration } from '@mikro-orm/migrations'

/** What has been archived and deleted because it was old enough: up to which time, and into which file. */
export class Archive extends Migration {
  override up(): void {
    this.addSql(`
      create table archive (
        id uuid primary key,
        kind text not null,
        file text not null,
        sha256 text not null,
        rows bigint not null,
        from_at timestamptz not null,
        -- The newest row that was deleted.
        to_at timestamptz not null,
        archived_at timestamptz not null default clock_timestamp()
      );
      create index archive_reach on archive (kind, to_at);
    `)
  }

  override down(): void {
    this.addSql('drop table archive')
  }
}
