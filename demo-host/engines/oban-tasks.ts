import type { Pool } from 'pg'

export interface TakenJob {
  id: string
  queue: string
  worker: string
  args: Record<string, unknown>
  attempt: number
  maxAttempts: number
}

/** The statements an Oban node runs on its tables. */
export interface ObanTasks {
  take(queue: string, count: number): Promise<TakenJob[]>
  complete(job: TakenJob, output: Record<string, unknown>): Promise<void>
  fail(job: TakenJob, error: string, seconds: number): Promise<void>
  /** Records that the job was cancelled while it ran. */
  cancel(job: TakenJob, error: string): Promise<void>
  /** Becomes or remains the leader, unless another node is. */
  lead(): Promise<boolean>
  resign(): Promise<void>
  /** Announces this node to the others. */
  ping(): Promise<void>
  /** Makes due jobs available. */
  stage(): Promise<void>
  prune(queues: string[]): Promise<void>
  /** Takes back jobs that an earlier process of this node left executing. */
  takeBackOrphans(): Promise<void>
}

const now = `timezone('utc', clock_timestamp())`

export function createObanTasks({ sql, schema, node, uuid }: { sql: Pool; schema: string; node: string; uuid: string }): ObanTasks {
  const prefix = `"${schema.replaceAll('"', '""')}"`
  const jobs = `${prefix}.oban_jobs`
  const peers = `${prefix}.oban_peers`
  const failure = `errors = array_append(errors, jsonb_build_object('attempt', attempt, 'at', to_char(${now}, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'error', $2::text))`
  return {
    async take(queue, count) {
      const { rows } = await sql.query<TakenJob>(
        `with subset as materialized (
           select id from ${jobs} where state = 'available' and queue = $1 and attempt < max_attempts
           order by priority, scheduled_at, id limit $2 for update skip locked
         )
         update ${jobs} j set state = 'executing', attempted_at = ${now}, attempted_by = array[$3, $4], attempt = j.attempt + 1
         from subset where j.id = subset.id
         returning j.id::text as id, j.queue, j.worker, j.args, j.attempt, j.max_attempts as "maxAttempts"`,
        [queue, count, node, uuid],
      )
      return rows
    },
    async complete({ id }, output) {
      await sql.query(
        `update ${jobs} set state = 'completed', completed_at = ${now}, meta = coalesce(meta, '{}') || jsonb_build_object('output', $2::jsonb) where id = $1`,
        [id, JSON.stringify(output)],
      )
    },
    async fail({ id }, error, seconds) {
      await sql.query(
        `update ${jobs} set ${failure},
           state = case when attempt >= max_attempts then 'discarded' else 'retryable' end::${prefix}.oban_job_state,
           discarded_at = case when attempt >= max_attempts then ${now} end,
           scheduled_at = case when attempt >= max_attempts then scheduled_at else ${now} + make_interval(secs => $3) end
         where id = $1 and state = 'executing'`,
        [id, error, seconds],
      )
    },
    async cancel({ id }, error) {
      await sql.query(`update ${jobs} set ${failure}, state = 'cancelled', cancelled_at = ${now} where id = $1`, [id, error])
    },
    async lead() {
      const { rowCount } = await sql.query(
        `insert into ${peers} as peer (name, node, started_at, expires_at) values ('Oban', $1, ${now}, ${now} + interval '30 s')
         on conflict (name) do update set node = excluded.node, expires_at = excluded.expires_at,
           started_at = case when peer.node = excluded.node then peer.started_at else excluded.started_at end
         where peer.node = excluded.node or peer.expires_at < ${now}`,
        [node],
      )
      return rowCount === 1
    },
    async resign() {
      await sql.query(`delete from ${peers} where name = 'Oban' and node = $1`, [node])
    },
    async ping() {
      await sql.query('select pg_notify($1, $2)', [`${schema}.oban_sonar`, JSON.stringify({ node, ping: true })])
    },
    async stage() {
      await sql.query(
        `update ${jobs} j set state = 'available' from (
           select id from ${jobs} where state in ('scheduled', 'retryable') and scheduled_at <= ${now} order by id limit 5000 for update skip locked
         ) due where j.id = due.id`,
      )
    },
    async prune(queues) {
      await sql.query(
        `delete from ${jobs} where id in (select id from ${jobs} where state in ('completed', 'cancelled', 'discarded')
           and queue = any($1) and scheduled_at < ${now} - interval '1 day' limit 10000)`,
        [queues],
      )
    },
    async takeBackOrphans() {
      await sql.query(
        `update ${jobs} set state = case when attempt < max_attempts then 'available' else 'discarded' end::${prefix}.oban_job_state,
           discarded_at = case when attempt < max_attempts then discarded_at else ${now} end
         where state = 'executing' and attempted_by[1] = $1 and attempted_by[2] <> $2`,
        [node, uuid],
      )
    },
  }
}
