import { type Executor, lateSeconds, missingSeconds } from '../../schemas/index.ts'
import type { EngineExecutor } from '../engines/engine.ts'
import { type FindingKind, findFinding } from '../figures/finding.ts'
import type { Scope } from '../operations/scope.ts'
import { healthOf } from './health.ts'

/** As JSON stores it. */
type Stored = Omit<EngineExecutor, 'startedAt' | 'beatAt'> & { startedAt: string | null; beatAt: string | null }

/** The executors in the engine's own list, read in the background. */
export const engineExecutors: FindingKind<Stored[] | null> = {
  key: 'engine_executors',
  async find({ engine }) {
    const listed = (await engine.listExecutors?.()) ?? null
    return listed && listed.map(({ startedAt, beatAt, ...rest }) => ({ ...rest, startedAt: startedAt?.toISOString() ?? null, beatAt: beatAt?.toISOString() ?? null }))
  },
}

/**
 * The executors that only the engine's own list has: those of queues that no companion attends. Slots in use, rates and jobs in hand
 * are not in it. If the list is too old, it is as if there were none.
 */
export async function listEngineExecutors(scope: Scope, attended: ReadonlySet<string>): Promise<Executor[]> {
  const finding = await findFinding(scope, engineExecutors)
  if (!finding?.fresh) return []
  return (finding.data ?? []).flatMap((listed) => {
    const queues = listed.queues.filter(({ name }) => !attended.has(name))
    return queues.length ? [showListed({ ...listed, queues }, scope.now)] : []
  })
}

function showListed({ id, name, host, startedAt, beatAt, queues }: Stored, now: Date): Executor {
  const silentSeconds = beatAt === null ? null : (now.getTime() - Date.parse(beatAt)) / 1000
  const silentAfter = (seconds: number) => (silentSeconds !== null && silentSeconds >= seconds ? new Date(Date.parse(beatAt!) + seconds * 1000).toISOString() : null)
  const slots = queues.reduce<number | null>((sum, queue) => (sum === null || queue.slots === null ? null : sum + queue.slots), 0)
  return {
    id,
    name,
    host,
    pid: null,
    version: null,
    source: 'engine',
    health: healthOf({ silentSeconds, ended: false }),
    startedAt,
    beatAt,
    endedAt: null,
    lateAt: silentAfter(lateSeconds),
    missingAt: silentAfter(missingSeconds),
    queues: queues.map((queue) => ({ ...queue, used: null, limit: null, donePerMinute: null, failedPerMinute: null })),
    slots,
    held: null,
    oldestHeldAt: null,
    donePerMinute: null,
    failedPerMinute: null,
  }
}
