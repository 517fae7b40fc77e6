import { Client } from 'pg'
import { PgBoss } from 'pg-boss'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { claimDueEntries } from '../../../server/cron/claim.ts'
import { openState } from '../../../server/cron/state.ts'
import { syncDeclaredEntries } from '../../../server/cron/sync.ts'
import { pgBoss } from '../../../server/engines/pg-boss/index.ts'
import type { Kit } from '../../../server/kit.ts'
import { openKit } from '../../../server/open.ts'
import { createDatabase, type TestDatabase } from '../../support/postgres.ts'
import { auth, displayPolicy } from '../../support/server.ts'

const schedulers = 10
const healthy = ['q1', 'q2', 'q3', 'q4', 'q5']

let database: TestDatabase
let other: Client
let boss: PgBoss
let kit: Kit

beforeEach(async () => {
  database = await createDatabase()
  other = new Client({ connectionString: database.url })
  await other.connect()
  boss = new PgBoss({ connectionString: database.url, supervise: false, schedule: false, max: 2 })
  boss.on('error', () => {})
  await boss.start()
  await boss.createQueue('a_sick', { partition: true })
  for (const queue of healthy) await boss.createQueue(queue, { partition: queue < 'q3' })
  kit = await openKit({ database: { url: database.url, poolSize: schedulers + 4 }, auth, displayPolicy, engine: pgBoss(boss), log: { info() {}, warn() {}, error() {} } })
})

afterEach(async () => {
  await other.end()
  await kit.db.close()
  await boss.stop({ graceful: false })
  await database.drop()
})

async function declareEntries(overlap: 'allow' | 'skip'): Promise<void> {
  const entry = (queue: string) => ({ name: queue, queue, expression: '* * * * *', overlap, catchUp: 'latest' as const })
  await syncDeclaredEntries(kit, ['a_sick', ...healthy].map(entry))
}

/** All at the same time, with the one of `a_sick` first. */
async function makeAllDue(): Promise<void> {
  await other.query(`update ops.cron_entry set next_slot_at = date_trunc('minute', now()) - case name when 'a_sick' then interval '1 minute' else interval '0' end`)
}

/** The healthy entries whose slots got a job, and the transaction that gave it. */
async function listMade(): Promise<{ queue: string; by: string }[]> {
  const { rows } = await other.query<{ queue: string; by: string }>(
    `select job_queue as queue, slot.xmin::text as by from ops.cron_slot slot where job_queue <> 'a_sick' and finished_at is null and job_id is not null`,
  )
  return rows
}

const sickPartition = async () => (await other.query<{ partition: string }>(`select table_name as partition from pgboss.queue where name = 'a_sick'`)).rows[0]!.partition

test('a queue that hangs costs healthy entries one timeout, however many schedulers do not know it yet', async () => {
  await declareEntries('allow')
  await other.query(`
    create sequence attempt;
    create table made (queue text, attempts bigint);
    create function note_attempt() returns trigger language plpgsql as $$ begin
      if new.name = 'a_sick' then perform nextval('attempt'), pg_sleep(3);
      else insert into made select new.name, case when is_called then last_value else 0 end from attempt; end if;
      return new;
    end $$;
    create trigger note_attempt before insert on pgboss.job for each row execute function note_attempt()`)
  await makeAllDue()
  let done = false
  const runs = Array.from({ length: schedulers }, async () => {
    const state = openState()
    while (!done) await claimDueEntries(kit, state)
  })
  await expect.poll(async () => (await other.query('select from made')).rowCount, { timeout: 30_000 }).toBe(healthy.length)
  done = true
  await Promise.all(runs)
  const { rows } = await other.query<{ queue: string; attempts: string }>('select queue, attempts from made order by queue')
  // As long as the transaction that suffered the timeout holds the entries, no other scheduler can take them together with that queue.
  expect(rows.filter(({ attempts }) => Number(attempts) > 1)).toEqual([])
})

test('a queue that does not say whether its jobs have ended is found and left out while the other entries stay locked', async () => {
  await declareEntries('skip')
  await makeAllDue()
  await claimDueEntries(kit, openState())
  await expect.poll(async () => (await listMade()).length).toBe(healthy.length)
  for (const queue of healthy) for (const job of await boss.fetch(queue) ?? []) await boss.complete(queue, job.id)
  await other.query('update ops.cron_slot set slot_at = slot_at - interval \'1 hour\'')
  const before = await listMade()
  await makeAllDue()
  const state = openState()
  await other.query(`begin; lock table pgboss.${await sickPartition()} in access exclusive mode`)
  await claimDueEntries(kit, state)
  await other.query('rollback')
  const made = (await listMade()).filter(({ by }) => !before.some((earlier) => earlier.by === by))
  expect(made.map(({ queue }) => queue).sort()).toEqual(healthy)
  expect(new Set(made.map(({ by }) => by)).size).toBe(1)
  expect([...state.slow]).toEqual(['a_sick'])
})
