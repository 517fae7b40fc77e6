import type { Queue } from 'bullmq'
import { Pool } from 'pg'
import type { JobState } from '../../schemas/index.ts'
import type { BullWorld } from '../support/bullmq.ts'
import type { Raw } from './model-world.ts'

/** BullMQ's own rows or keys, read without BullMQ. */
export interface BullRows {
  look(queues: Queue[]): Promise<Map<string, Raw>>
  isPaused(queue: Queue): Promise<boolean>
  close(): Promise<void>
}

export function bullRows({ where }: BullWorld): BullRows {
  const { options, onPostgres } = JSON.parse(where) as { options: { connection: { connectionString: string } }; onPostgres: boolean }
  return onPostgres ? onTables(options.connection.connectionString) : onKeys()
}

function onTables(connectionString: string): BullRows {
  const pool = new Pool({ connectionString, max: 2 })
  pool.on('error', () => {})
  return {
    async look(queues) {
      const { rows } = await pool.query<Raw & { id: string }>(
        `select queue || ':' || id as id, j::text as mark,
           case state::text when 'active' then 'executing' when 'failed' then 'discarded' when 'waiting' then 'available'
             when 'delayed' then case when attempts_made > 0 then 'retryable' else 'scheduled' end else state::text end as state
         from bullmq.job j where queue = any($1) order by added_at_ms, j.id`,
        [queues.map(({ name }) => name)],
      )
      return new Map(rows.map(({ id, ...raw }) => [id, raw]))
    },
    async isPaused({ name }) {
      const { rows } = await pool.query(`select from bullmq.meta where queue = $1 and field = 'paused' and value = '1'`, [name])
      return rows.length === 1
    },
    close: () => pool.end(),
  }
}

/** As much of a Redis client as is used here. */
interface Keys {
  lrange(key: string, from: number, to: number): Promise<string[]>
  zrange(key: string, from: number, to: number): Promise<string[]>
  hgetall(key: string): Promise<Record<string, string>>
  hexists(key: string, field: string): Promise<number>
}

const lists: Record<string, JobState> = { wait: 'available', paused: 'available', active: 'executing' }
const sets: Record<string, JobState> = { delayed: 'scheduled', prioritized: 'available', completed: 'completed', failed: 'discarded' }

/** The client of BullMQ's own Redis backend. */
const keysOf = (queue: Queue): Promise<Keys> => (queue.getBackend() as unknown as { client: Promise<Keys> }).client

function onKeys(): BullRows {
  const look = async (queue: Queue, found: Map<string, Raw>): Promise<void> => {
    const keys = await keysOf(queue)
    const keep = async (id: string, state: JobState): Promise<void> => {
      const job = await keys.hgetall(queue.toKey(id))
      if (!job.timestamp) return
      const begun = state === 'scheduled' && Number(job.atm ?? 0) > 0
      found.set(`${queue.name}:${id}`, { state: begun ? 'retryable' : state, mark: JSON.stringify([state, job]) })
    }
    for (const [name, state] of Object.entries(lists)) for (const id of await keys.lrange(queue.toKey(name), 0, -1)) await keep(id, state)
    for (const [name, state] of Object.entries(sets)) for (const id of await keys.zrange(queue.toKey(name), 0, -1)) await keep(id, state)
  }
  return {
    async look(queues) {
      const found = new Map<string, Raw>()
      for (const queue of queues) await look(queue, found)
      return found
    },
    isPaused: async (queue) => (await (await keysOf(queue)).hexists(queue.toKey('meta'), 'paused')) === 1,
    close: async () => {},
  }
}
