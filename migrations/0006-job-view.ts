import { Migration } from '@mikro-orm/migrations'

/** Filters of the job list under a name, each actor's own. */
export class JobView extends Migration {
  override up(): void {
    this.addSql(`
      create table job_view (
        actor_id text not null,
        name text not null,
        filters jsonb not null,
        updated_at timestamptz not null default clock_timestamp(),
        primary key (actor_id, name)
      )
    `)
    // A job's page asks which slot made it.
    this.addSql('create index cron_slot_job on cron_slot (job_id) where job_id is not null')
  }

  override down(): void {
    this.addSql('drop index cron_slot_job')
    this.addSql('drop table job_view')
  }
}
