import { Migration } from '@mikro-orm/migrations'

/** The log of people, and of people and services, is read in order even where most events are of others. */
export class AuditActors extends Migration {
  override up(): void {
    this.addSql(`
      create index audit_event_accounts on audit_event (occurred_at, id) where actor_type <> 'system';
      create index audit_event_people on audit_event (occurred_at, id) where actor_type not in ('system', 'service');
    `)
  }

  override down(): void {
    this.addSql(`
      drop index audit_event_people;
      drop index audit_event_accounts;
    `)
  }
}
