import { Migration } from '@mikro-orm/migrations'

/** The list of cron entries by name in natural order, so that a page reads only its own entries. */
export class CronOrder extends Migration {
  override up(): void {
    this.addSql(`
      create index cron_entry_natural on cron_entry (
        ((regexp_replace(regexp_replace(lower(name), '(\\d+)', '00000000000000000000\\1', 'g'), '\\d*(\\d{20})', '\\1', 'g')) collate "C"),
        (name collate "C")
      )`)
  }

  override down(): void {
    this.addSql('drop index cron_entry_natural')
  }
}
