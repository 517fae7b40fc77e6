import { Client, Pool } from 'pg'
import { createObanTables } from '../../demo-host/engines/oban-tables.ts'
import { oban, type ObanOptions } from '../../server/engines/oban/index.ts'
import type { Engine, SqlExecutor } from '../../server/engines/engine.ts'
import { createDatabase } from './postgres.ts'

export interface ObanWorld {
  url: string
  pool: Pool
  engine: Engine
  /** One row of `oban_jobs`, whatever its state; times are seconds from now. Answers its id. */
  insert(job?: ObanJob): Promise<string>
  /** Equal rows, one after the other. */
  insertMany(job: ObanJob, count: number): Promise<string[]>
  row(id: string): Promise<Record<string, unknown>>
  /** Does the work in a transaction, as an operation does. */
  transact<T>(work: (tx: SqlExecutor) => Promise<T>): Promise<T>
  /** Payloads sent on Oban's channels while the work ran. */
  heard(work: () => Promise<unknown>): Promise<{ channel: string; payload: Record<string, unknown> }[]>
  stop(): Promise<void>
}

export interface ObanJob {
  state?: string
  queue?: string
  worker?: string
  args?: string
  meta?: object
  tags?: string[]
  errors?: object[]
  attempt?: number
  maxAttempts?: number
  attemptedBy?: string[]
  scheduledIn?: number
  insertedIn?: number
  attemptedIn?: number
  completedIn?: number
  cancelledIn?: number
  discardedIn?: number
}

/** A database of its own with Oban's tables as its migrations leave them at that version. */
export async function startOban(version: number, { schema = 'public', ...options }: Partial<ObanOptions> = {}): Promise<ObanWorld> {
  const database = await createDatabase({ empty: true })
  const pool = new Pool({ connectionString: database.url, max: 6, options: '-c TimeZone=Asia/Kathmandu' })
  pool.on('error', () => {})
  await createObanTables(pool, { schema, version })
  const prefix = `"${schema.replaceAll('"', '""')}"`
  const jobs = `${prefix}.oban_jobs`
  const insertMany = async (job: ObanJob, count: number): Promise<string[]> => {
    const { rows } = await pool.query<{ id: string }>(
      `insert into ${jobs} (state, queue, worker, args, meta, tags, errors, attempt, max_attempts, attempted_by,
         inserted_at, scheduled_at, attempted_at, completed_at, cancelled_at, discarded_at)
       select ($1::text)::${prefix}.oban_job_state, $2, $3, $4::jsonb, $5::jsonb, $6::text[],
         array(select jsonb_array_elements($7::jsonb)), $8, $9, $10::text[], at($11), at($12), at($13), at($14), at($15), at($16)
       from generate_series(1, $17::int) returning id::text as id`.replace(/at\((\$\d+)\)/g, `timezone('utc', now()) + make_interval(secs => $1::float8)`),
      [
        job.state ?? 'available',
        job.queue ?? 'default',
        job.worker ?? 'Shop.Mailer',
        job.args ?? '{}',
        JSON.stringify(job.meta ?? {}),
        job.tags ?? [],
        JSON.stringify(job.errors ?? []),
        job.attempt ?? 0,
        job.maxAttempts ?? 20,
        job.attemptedBy ?? null,
        job.insertedIn ?? 0,
        job.scheduledIn ?? 0,
        job.attemptedIn ?? null,
        job.completedIn ?? null,
        job.cancelledIn ?? null,
        job.discardedIn ?? null,
        count,
      ],
    )
    return rows.map(({ id }) => id)
  }
  return {
    url: database.url,
    pool,
    engine: oban({ pool, schema, ...options }),
    insert: async (job = {}) => (await insertMany(job, 1))[0]!,
    insertMany,
    async row(id) {
      const { rows } = await pool.query<Record<string, unknown>>(
        `select j.*, scheduled_at <= timezone('utc', clock_timestamp()) as due,
           abs(extract(epoch from timezone('utc', clock_timestamp()) - coalesce(cancelled_at, discarded_at, scheduled_at)))::float8 as age
         from ${jobs} j where id = $1`,
        [id],
      )
      return rows[0]!
    },
    async transact(work) {
      const client = await pool.connect()
      try {
        await client.query('begin')
        const answer = await work({ executeSql: (text, values) => client.query(text, values) })
        await client.query('commit')
        return answer
      } catch (error) {
        await client.query('rollback')
        throw error
      } finally {
        client.release()
      }
    },
    heard: (work) => listenWhile(database.url, schema, work),
    async stop() {
      await pool.end()
      await database.drop()
    },
  }
}

async function listenWhile(url: string, schema: string, work: () => Promise<unknown>): Promise<{ channel: string; payload: Record<string, unknown> }[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const heard: { channel: string; payload: Record<string, unknown> }[] = []
    const end = new Promise<void>((resolve) => {
      client.on('notification', ({ channel, payload }) => {
        if (channel === 'end') resolve()
        else heard.push({ channel, payload: JSON.parse(payload!) as Record<string, unknown> })
      })
    })
    await client.query(`listen "${schema}.oban_signal"; listen "${schema}.oban_insert"; listen "end"`)
    await work()
    await client.query(`notify "end"`)
    await end
    return heard
  } finally {
    await client.end()
  }
}

/** The list of running producers as Oban Pro and Oban for Python keep it. */
export async function addProducers({ pool }: ObanWorld): Promise<void> {
  await pool.query(
    `create unlogged table oban_producers (
       uuid uuid primary key, name text not null default 'Oban', node text not null, queue text not null, meta jsonb not null default '{}',
       started_at timestamp not null default timezone('utc', now()), updated_at timestamp not null default timezone('utc', now())
     )`,
  )
}

/** Unique jobs as Oban Pro and Oban for Python hold them: by an index, while the job is in one of the states of its bitmap. */
export async function addUniqueIndex({ pool }: ObanWorld): Promise<void> {
  await pool.query(
    `create function oban_state_to_bit(state oban_job_state) returns jsonb language sql immutable strict as $$
       select to_jsonb(array_position(array['scheduled', 'available', 'executing', 'retryable', 'completed', 'cancelled', 'discarded'], state::text) - 1)
     $$`,
  )
  await pool.query(
    `alter table oban_jobs add column uniq_key text generated always as
       (case when meta->'uniq_bmp' @> oban_state_to_bit(state) then meta->>'uniq_key' end) stored`,
  )
  await pool.query('create unique index oban_jobs_unique_index on oban_jobs (uniq_key) where uniq_key is not null')
}
