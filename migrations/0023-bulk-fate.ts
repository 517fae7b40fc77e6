import { Migration } from '@mikro-orm/migrations'

/** What became of the jobs of a run since: counts on the run, and a letter for each job of a batch. */
export class BulkFate extends Migration {
  override up(): void {
    this.addSql('alter table bulk_run add column fate jsonb, add column fate_due_at timestamptz')
    this.addSql('alter table bulk_batch add column fates text')
    this.addSql('create index bulk_run_fate_due on bulk_run (fate_due_at) where fate_due_at is not null')
  }

  override down(): void {
    this.addSql('drop index bulk_run_fate_due')
    this.addSql('alter table bulk_batch drop column fates')
    this.addSql('alter table bulk_run drop column fate_due_at, drop column fate')
  }
}
