import { Migration } from '@mikro-orm/migrations'

/** What the engine looked like at moments of the last day; pages read these rows and never count. */
export class Snapshot extends Migration {
  override up(): void {
    this.addSql(`
      create table snapshot (
        at timestamptz primary key,
        seconds double precision not null,
        waiting bigint not null,
        executing bigint not null,
        finished bigint not null,
        wait_p95_seconds double precision,
        how text not null
      )
    `)
  }

  override down(): void {
    this.addSql('drop table snapshot')
  }
}
