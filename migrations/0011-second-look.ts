import { Migration } from '@mikro-orm/migrations'

/** Changes of jobs that somebody else may have overtaken, to be looked at again after their commit. */
export class SecondLook extends Migration {
  override up(): void {
    this.addSql(`
      -- Written with the change, deleted when nobody can overtake it any more.
      create table second_look (
        id uuid primary key default gen_random_uuid(),
        event_id uuid not null,
        -- The engine's word for what was done, e.g. cancel.
        action text not null,
        bulk_id uuid,
        batch integer,
        -- [{ id, queue }]
        jobs jsonb not null,
        changed_at timestamptz not null,
        due_at timestamptz not null,
        tries integer not null default 0,
        -- The engine's own note of who may still overtake it.
        unsettled text
      );
      create index second_look_due on second_look (due_at);
    `)
  }

  override down(): void {
    this.addSql('drop table second_look')
  }
}
