import { Migration } from '@mikro-orm/migrations'

/** Events of a repair name the incident that it was for, which is how they are found from there. */
export class IncidentRepairs extends Migration {
  override up(): void {
    this.addSql(`create index audit_event_incident on audit_event ((metadata ->> 'incident'), occurred_at, id) where metadata ->> 'incident' is not null`)
  }

  override down(): void {
    this.addSql('drop index audit_event_incident')
  }
}
