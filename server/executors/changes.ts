import { sql } from 'kysely'
import type { ExecutorHealth } from '../../schemas/executor-words.ts'
import { query } from '../db/database.ts'
import { queueHints } from '../db/hint.ts'
import type { ReportedQueue } from '../db/entities.ts'
import type { Kit } from '../kit.ts'
import { healthOf } from './health.ts'
import { silenceOf } from './silence.ts'

const maxExecutors = 2_000

type Healths = Map<string, { health: ExecutorHealth; queues: string[] }>

/** What this process saw last. */
const seen = new WeakMap<Kit, Healths>()

/**
 * Tells the readers of queues that an executor of theirs has started, ended, gone silent or come back. That an executor beats is no
 * change. Every process that looks publishes what it sees; a hint that comes twice costs a reader one more read.
 */
export async function publishExecutorChanges(kit: Kit): Promise<void> {
  const before = seen.get(kit)
  const now = await readHealths(kit)
  seen.set(kit, now)
  if (!before) return
  const changed = [...new Set([...before.keys(), ...now.keys()])].filter((id) => before.get(id)?.health !== now.get(id)?.health)
  const queues = new Set(changed.flatMap((id) => (now.get(id) ?? before.get(id))!.queues))
  for (const hint of queueHints('queues', [...queues])) kit.publishHint(hint)
}

async function readHealths({ db }: Kit): Promise<Healths> {
  const rows = await query(
    db.em(),
    sql<{ id: string; ended: boolean; silent: number; queues: ReportedQueue[] }>`
      select id, ended_at is not null as ended, ${silenceOf(db)} as silent, queues from ${db.table('executor')} executor
      where ended_at is null or ended_at > statement_timestamp() - interval '1 minute' order by beat_at desc limit ${maxExecutors}`,
  )
  return new Map(rows.map(({ id, ended, silent, queues }) => [id, { health: healthOf({ silentSeconds: silent, ended }), queues: queues.map(({ queue }) => queue) }]))
}
