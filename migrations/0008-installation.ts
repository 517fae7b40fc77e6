import { Migration } from '@mikro-orm/migrations'

/** What all processes of an installation share and nobody else knows: one random secret of 32 bytes. */
export class Installation extends Migration {
  override up(): void {
    this.addSql(`
      create table installation (
        id smallint primary key default 1 check (id = 1),
        secret bytea not null check (length(secret) = 32),
        created_at timestamptz not null default clock_timestamp()
      )
    `)
    // Made by the database, so that it stands in no log of statements; gen_random_uuid() draws from a strong source.
    this.addSql(`insert into installation (secret) values (sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())))`)
  }

  override down(): void {
    this.addSql('drop table installation')
  }
}
